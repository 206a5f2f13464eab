/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session of a run: a directory of its own, in memory, with the area in it and, where the
 * library's path could not stand in LD_PRELOAD as it is, a symbolic link to the library.
 *
 *	/dev/shm/otelshim-<32 hex digits>/area
 *	                                 /libotelshim.so
 *
 * The directory is 0700; root's is 0711 and its area 0666, for children that drop their user id:
 * who knows the random name may write, and the reader trusts nothing.
 *
 * Ownership: the structure owns directory and mapping. Main thread.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/area.h"

#define SESSION_PATH 256

struct session {
	struct area_header *area;	/* null: no session */
	size_t size;
	size_t descriptions;		/* their offset: the header is writable to others */
	bool on_disk;			/* no memory file system had room: slower */
	bool linked;
	char directory[SESSION_PATH];
	char area_path[SESSION_PATH];
	char preload[4096];		/* for LD_PRELOAD */
};

/* Bytes of the area for OTELSHIM_BUFFER=@buffer. */
size_t session_area_size(uint64_t buffer);

/*
 * Makes a session whose lanes hold @buffer bytes in all. 0, or negative errno of the last place
 * tried; then nothing is left behind.
 */
int session_begin(uint64_t buffer, const char *library, struct session *ret);

/*
 * Removes what is in the file system; the area stays mapped until we end. @running: processes live
 * on that may execute programs; the link is left for them, or the loader would complain on their
 * standard error each time. May be called for a structure of zeroes.
 */
void session_remove(struct session *session, bool running);

struct session_process {
	uint32_t pid;
	char command[32];
};

/*
 * Processes that described themselves in the area, are alive and still have it mapped; up to @count
 * of them, without the zombies.
 */
size_t session_processes(const struct session *session, struct session_process *ret, size_t count);

#endif
