/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every file of replaced functions needs. A hook is a doorway: our part before, the real call
 * exactly once with the same arguments, our part after, the same result. It parses nothing,
 * allocates nothing and takes no lock.
 */
#ifndef HOOKS_HOOK_H
#define HOOKS_HOOK_H

#define HOOK __attribute__((visibility("default")))

#define RETURN_ADDRESS __builtin_extract_return_addr(__builtin_return_address(0))

/*
 * A call that a library makes to itself goes straight on; see hooks.md 0.2 for why not by a depth
 * counter. What a library itself calls for each call of the program ends with PASS_FIRST_OF, before
 * anything is kept for later, and has the rest, PASS_OTHER_OF included, in a function apart.
 * @family: libpq or libcurl, as their headers in call/ name their functions.
 */
#define PASS_FIRST_OF(family, name, ...)                                                           \
	do {                                                                                       \
		const struct family *inside = family##_first();                                    \
		if (family##_is_inside(inside, RETURN_ADDRESS) && inside->name)                    \
			return inside->name(__VA_ARGS__);                                          \
	} while (0)

#define PASS_OTHER_OF(family, name, caller, ...)                                                   \
	do {                                                                                       \
		const struct family *other = family##_inside_other(caller);                        \
		if (__builtin_expect(other && other->name, 0))                                     \
			return other->name(__VA_ARGS__);                                           \
	} while (0)

#endif
