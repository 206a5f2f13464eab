/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that take part in a run: the program that a command names and our own library.
 * Main thread only. Nothing here is fatal: what cannot be found is an empty path.
 */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

#define PROGRAM_PATH PATH_MAX

struct program {
	char path[PROGRAM_PATH];	/* as execvp() finds it; empty: not found */
	/* What then runs, symbolic links followed: for a script its interpreter. */
	char executable[PROGRAM_PATH];
	bool script;
	/* Without PT_INTERP: the loader never sees it, nor us. */
	bool fixed;
	/* Runs with other ids than ours: the loader ignores LD_PRELOAD with a path. */
	bool privileged;
};

/* Looks @command up in @path_list (the value of PATH; null: the default of execvp). */
void program_find(const char *command, const char *path_list, struct program *ret);

/*
 * libotelshim.so: beside our own executable (the build tree), else where it is installed. False:
 * neither can be read.
 */
bool program_library(char ret[PROGRAM_PATH]);

/* The last component of @path. */
const char *program_base_name(const char *path);

#endif
