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

#endif
