/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpq as a calling object sees it: its functions, found for each caller without the loader's
 * help, and the part of its ABI that we need. libpq-fe.h is not included: prototypes vary between
 * versions, and nothing of libpq is linked.
 *
 * Ownership: tables are made once for each loaded copy of libpq, live for good and never change.
 * Threads: any; after the first call of an object, a look-up takes no lock and makes no system
 * call.
 */
#ifndef CALL_LIBPQ_H
#define CALL_LIBPQ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cold.h"
#include "base/resolve.h"

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
	struct resolve_object object;
	bool whole;			/* else it is only passed on to: nothing can be asked */
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

/*
 * The libpq that code at @return_address calls; null when there is none, or no place to keep it.
 * Call it again for each call: it is one lock-free look-up, and right after dlclose too.
 */
COLD const struct libpq *libpq_of_caller(const void *return_address);

/*
 * The libpq that @owner is; null when it is none, or not all of one (a library that stands before
 * libpq for some functions), or there is no place to keep it.
 */
const struct libpq *libpq_of_object(const struct resolve_object *owner);

/*
 * The libpq that @caller is bound to in this order, or null. It is not whole where another library
 * has some names of libpq's, and no libpq is behind it.
 */
const struct libpq *libpq_called_by(const struct resolve_object *caller, enum resolve_order order);

/*
 * @caller was opened with RTLD_DEEPBIND: from now on it calls the libpq that it brought, whatever
 * the program has. False when there is no place to keep that.
 */
bool libpq_set_deep(const struct resolve_object *caller);

/* How to tell whether an address is inside libpq. */
enum libpq_reach {
	LIBPQ_REACH_NEW,	/* base/real.h is to be filled first */
	LIBPQ_REACH_FIRST,	/* by the range of the first copy */
	LIBPQ_REACH_MANY	/* in the list of the copies */
};

/* The copies met so far; for the functions below only. */
struct libpq_copies {
	const struct libpq *_Atomic first;	/* never null: at first one that holds nothing */
	_Atomic uintptr_t start, size;		/* its range */
	_Atomic enum libpq_reach reach;
};

extern struct libpq_copies libpq_copies;

/* Of all copies but the first. */
COLD const struct libpq *libpq_inside_more(const void *return_address);

/* What libpq_confirm() does where there is more than a range to ask. */
COLD bool libpq_confirm_slowly(const void *return_address);

/* To be called where a library may have come or gone since (each new connection). */
void libpq_refresh(void);

/* A call that libpq makes to itself is not a call of the program. */
static inline bool libpq_is_inside(const struct libpq *libpq, const void *return_address)
{
	return resolve_holds(&libpq->object, return_address);
}

/* The copy that most processes have only one of. */
static inline const struct libpq *libpq_first(void)
{
	return atomic_load_explicit(&libpq_copies.first, memory_order_acquire);
}

/* The libpq but for the first that @return_address lies in, or null. */
static inline const struct libpq *libpq_inside_other(const void *return_address)
{
	if (__builtin_expect(atomic_load_explicit(&libpq_copies.reach, memory_order_relaxed) !=
				     LIBPQ_REACH_MANY,
			     1))
		return NULL;
	return libpq_inside_more(return_address);
}

/* The libpq that @return_address lies in, or null. */
static inline const struct libpq *libpq_inside(const void *return_address)
{
	const struct libpq *first = libpq_first();

	return libpq_is_inside(first, return_address) ? first :
							libpq_inside_other(return_address);
}

/* ---- for functions of libc, which all of the program calls ---- */

static inline bool libpq_in_first(const void *return_address)
{
	uintptr_t size = atomic_load_explicit(&libpq_copies.size, memory_order_acquire);
	uintptr_t start = atomic_load_explicit(&libpq_copies.start, memory_order_relaxed);

	return (uintptr_t)return_address - start < size;
}

/*
 * Where a hook begins. False, the common way: @return_address is in no libpq, and real_filled() may
 * be used. True: libpq_confirm() knows. Calls nothing.
 */
static inline bool libpq_may_be_inside(const void *return_address)
{
	return libpq_in_first(return_address) ||
	       atomic_load_explicit(&libpq_copies.reach, memory_order_acquire) !=
		       LIBPQ_REACH_FIRST;
}

/* Of what libpq_may_be_inside() did not rule out; real_filled() may be used in any case after. */
static inline bool libpq_confirm(const void *return_address)
{
	return __builtin_expect(atomic_load_explicit(&libpq_copies.reach, memory_order_acquire) ==
					LIBPQ_REACH_FIRST,
				1) ||
	       libpq_confirm_slowly(return_address);
}

#endif
