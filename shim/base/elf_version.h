/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions of symbols: what one object asks for and another provides. Two libraries that define one
 * name, such as the libcurls of OpenSSL and GnuTLS, are told apart by nothing else.
 *
 * Threads: pure functions. Failure: false; tables that are malformed provide nothing.
 */
#ifndef BASE_ELF_VERSION_H
#define BASE_ELF_VERSION_H

#include "base/elf.h"

/* The version in which the object imports @name; false when it has none, or does not import it. */
bool elf_asks(const struct elf *elf, const char *name, struct elf_version *ret);

/*
 * Whether the symbol @index has the version @wanted, or is its object's without any; null: whether
 * it is the default of its name (check_match() of glibc's elf/dl-lookup.c).
 */
bool elf_provides(const struct elf *elf, size_t index, const struct elf_version *wanted);

#endif
