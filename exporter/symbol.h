/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of functions: from a place in a loaded file to the function in that file's symbol table
 * (.symtab, where it was stripped .dynsym). 64-bit ELF of this machine's byte order; no debug
 * information, no demangling.
 *
 * The file is not trusted: every number in it is checked against the file's size before use, and
 * the work is linear in it. Ownership: names borrow from the mapping and end with symbol_close().
 * Threads: each file by one thread at a time. No malloc, no stdio.
 */
#ifndef EXPORTER_SYMBOL_H
#define EXPORTER_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Larger files are not read. */
#define SYMBOL_FILE_MAX ((size_t)4 << 30)

struct symbol_file {
	struct slice image;	/* the mapped file */
};

/* Maps the regular file at @path. False when it cannot be read (errno), is empty or too large. */
bool symbol_open(const char *path, struct symbol_file *ret);
void symbol_close(struct symbol_file *file);

/*
 * The function of @image, a whole ELF file, that made the call which returns to @offset; @offset is
 * the return address less the load address (l_addr). The byte before it is looked up: a call at a
 * function's end returns behind it. Position-independent files and fixed-address programs, for
 * these also when @offset counts from the first mapped page. False: no function there.
 */
bool symbol_find(struct slice image, uint64_t offset, struct slice *ret);

#endif
