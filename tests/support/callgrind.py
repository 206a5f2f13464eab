# SPDX-License-Identifier: Apache-2.0
"""How many instructions one object executed, function by function, as callgrind wrote them down.

Read from callgrind's own file: callgrind_annotate names the object of a line only where the code
comes from the function's own source file, so that what was inlined from elsewhere, half of all
after optimising the library as a whole, would go uncounted.
"""

import collections
import re

POSITION = re.compile(r"(ob|fn|cob|cfn)=\((\d+)\)(?: (.*))?$")
COST = re.compile(r"[-+*\d]\S* (\d+)$")
BYTES = re.compile(r"_*(mem|str)")


def instructions(path, ending):
    """Of the objects whose name ends so, {function: count}; what they have libc do with bytes
    (memcpy and kin) is counted under "libc"."""
    names, count = {}, collections.Counter()
    at = dict.fromkeys(("ob", "fn", "cob", "cfn"), "")
    called = False
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            position, cost = POSITION.match(line), COST.match(line)
            if position:
                key, number, text = position.groups()
                name = (key[-2:], number)
                if text is not None:
                    names[name] = text
                at[key] = names[name]
                if key == "ob" or key == "fn":
                    at["cob"] = at["ob"]
            elif line.startswith("calls="):
                called = True
            elif cost:
                if at["ob"].endswith(ending) and not called:
                    count[at["fn"]] += int(cost.group(1))
                elif at["ob"].endswith(ending) and "/libc" in at["cob"] and BYTES.match(at["cfn"]):
                    count["libc"] += int(cost.group(1))
                if called:
                    at["cob"] = at["ob"]
                called = False
    return count
