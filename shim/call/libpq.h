/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpq as a calling object sees it: its functions, found for each caller without the loader's
 * help, and the part of its ABI that we need. libpq-fe.h is not included: prototypes vary between
 * versions, and nothing of libpq is linked.
 *
 * Ownership, threads: as call/library.h.
 */
#ifndef CALL_LIBPQ_H
#define CALL_LIBPQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call/library.h"

struct pg_conn;
struct pg_result;
struct pg_argument;

/* libpq-fe.h: PQconninfoOption; an array of them ends with a null keyword. */
struct pg_conninfo_option {
	char *keyword, *environment, *compiled, *value, *label, *display;
	int size;
};

/*
 * libpq-fe.h: ConnStatusType, PostgresPollingStatusType, PGpipelineStatus, ExecStatusType;
 * PG_DIAG_SQLSTATE
 */
enum { PG_CONNECTION_OK = 0, PG_CONNECTION_BAD = 1 };
enum { PG_POLLING_FAILED = 0, PG_POLLING_OK = 3 };
enum { PG_PIPELINE_OFF = 0 };
enum {
	PG_EMPTY_QUERY, PG_COMMAND_OK, PG_TUPLES_OK, PG_COPY_OUT, PG_COPY_IN, PG_BAD_RESPONSE,
	PG_NONFATAL_ERROR, PG_FATAL_ERROR, PG_COPY_BOTH, PG_SINGLE_TUPLE, PG_PIPELINE_SYNC,
	PG_PIPELINE_ABORTED, PG_TUPLES_CHUNK
};
#define PG_DIAG_SQLSTATE_FIELD 'C'

enum {
#define LIBPQ(name, type) LIBPQ_INDEX_##name,
#define LIBPQ_CALLED(name, type) LIBPQ_INDEX_##name,
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED
	LIBPQ_FUNCTIONS
};

/* One copy of libpq. A function that this copy does not have is null. */
struct libpq {
	struct library library;
	union {
		struct {
#define LIBPQ(name, type) __typeof__(type) *name;
#define LIBPQ_CALLED(name, type) __typeof__(type) *name;
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED
		};
		/* The same slots, in the order of the list. */
		void *function[LIBPQ_FUNCTIONS];
	};
};

extern struct library_copies libpq_copies;
extern const struct library_family libpq_family;

/* As the functions of call/library.h, of libpq. */
static inline const struct libpq *libpq_of_caller(const void *return_address)
{
	return (const struct libpq *)library_of_caller(&libpq_family, return_address);
}

/* A call that libpq makes to itself is not a call of the program. */
static inline bool libpq_is_inside(const struct libpq *libpq, const void *return_address)
{
	return library_is_inside(&libpq->library, return_address);
}

static inline const struct libpq *libpq_first(void)
{
	return (const struct libpq *)library_first(&libpq_copies);
}

static inline const struct libpq *libpq_inside_other(const void *return_address)
{
	return (const struct libpq *)library_inside_other(&libpq_family, &libpq_copies,
							  return_address);
}

/* The libpq that @return_address lies in, or null. */
static inline const struct libpq *libpq_inside(const void *return_address)
{
	const struct libpq *first = libpq_first();

	return libpq_is_inside(first, return_address) ? first :
							libpq_inside_other(return_address);
}

static inline bool libpq_may_be_inside(const void *return_address)
{
	return library_may_be_inside(&libpq_copies, return_address);
}

static inline bool libpq_confirm(const void *return_address)
{
	return library_confirm(&libpq_family, &libpq_copies, return_address);
}

#endif
