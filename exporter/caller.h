/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for the callers of a summary: keeps the files that they lie in mapped while a report is
 * written, each opened once.
 *
 * Ownership: names borrow from the mappings until caller_names_end(). Threads: one. No malloc. What
 * cannot be found out is an empty name.
 */
#ifndef EXPORTER_CALLER_H
#define EXPORTER_CALLER_H

#include <stddef.h>

#include "base/slice.h"
#include "exporter/summary.h"
#include "exporter/symbol.h"

#define CALLER_FILES 32	/* mapped at one time; the functions of further files stay unnamed */

struct caller_names {
	size_t count;
	struct caller_file {
		struct slice path;
		struct symbol_file file;	/* an empty image: cannot be read */
	} file[CALLER_FILES];
};

/*
 * The function that @caller lies in; empty when it is unknown. A zeroed structure is ready for use.
 */
struct slice caller_function(struct caller_names *names, const struct summary_caller *caller);

void caller_names_end(struct caller_names *names);

#endif
