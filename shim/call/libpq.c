/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of libpq. */
#include "call/libpq.h"

#include "base/cold.h"

static const char *const names[] = {
#define LIBPQ(name, type) #name,
#define LIBPQ_CALLED(name, type) #name,
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED
};

/* What we call ourselves is there; only older copies lack what is asked for before it is called. */
static bool is_whole(const struct library *library)
{
	const struct libpq *libpq = (const struct libpq *)library;

	return libpq->PQexec && libpq->PQgetResult && libpq->PQfinish && libpq->PQstatus &&
	       libpq->PQdb && libpq->PQhost && libpq->PQport && libpq->PQsocket &&
	       libpq->PQbackendPID && libpq->PQparameterStatus && libpq->PQresultStatus &&
	       libpq->PQntuples && libpq->PQcmdStatus && libpq->PQcmdTuples &&
	       libpq->PQresultErrorField;
}

static struct libpq tables[LIBRARY_COPIES] COLD_TABLE;
static _Atomic int states[LIBRARY_COPIES] COLD_TABLE;
static struct library_caller callers[LIBRARY_CALLERS] COLD_TABLE;

struct library_copies libpq_copies = { .first = &library_nothing };

const struct library_family libpq_family = {
	.names = names,
	.count = LIBPQ_FUNCTIONS,
	.anchor = LIBPQ_INDEX_PQstatus,
	.size = sizeof(struct libpq),
	.functions = offsetof(struct libpq, function),
	.is_whole = is_whole,
	.copies = &libpq_copies,
	.states = states,
	.tables = tables,
	.callers = callers,
};
