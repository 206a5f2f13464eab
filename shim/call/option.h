/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the settings add to the spans of libpq's calls. All of it is off until a setting asks for
 * it, and a call pays one load for what is off.
 *
 * Threads: set once, at load, before any call; read-only afterwards.
 */
#ifndef CALL_OPTION_H
#define CALL_OPTION_H

#include <stdbool.h>
#include <stdint.h>

struct call_options {
	uint32_t parameters;	/* which values are told, see call/parameter.h */
	bool returned_rows;	/* db.response.returned_rows beside our own count */
	bool describes;		/* spans for describing and closing statements and portals */
	bool large_objects;	/* spans for lo_* and PQfn */
	bool extra;		/* any of parameters and comments */
	bool comments;		/* statements carry their context, see call/comment.h */
};

extern struct call_options call_options;

#endif
