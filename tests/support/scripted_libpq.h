/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A libpq that answers from a script: a shared object with the functions that we replace or call,
 * so that it is found for a caller as a real one is. A handle is its script, made by the test; what
 * PQconnectdb and PQconnectStart are given as their conninfo is the handle that they answer.
 */
#ifndef TESTS_SUPPORT_SCRIPTED_LIBPQ_H
#define TESTS_SUPPORT_SCRIPTED_LIBPQ_H

#include <stddef.h>

#include "call/libpq.h"

#define SCRIPT_RESULTS 24

struct pg_result {
	int status;
	int rows;
	const char *tag, *tuples;
	const char *sqlstate;	/* null: none */
};

/* Results by what they are; those of a command end with NULL in the script, as in libpq. */
#define TUPLES(count, text, number) \
	(&(struct pg_result){ PG_TUPLES_OK, (count), (text), (number), NULL })
#define SELECTED(count) TUPLES(count, "SELECT " #count, #count)
#define DONE(text, number) (&(struct pg_result){ PG_COMMAND_OK, 0, (text), (number), NULL })
#define EMPTY (&(struct pg_result){ PG_EMPTY_QUERY, 0, "", "", NULL })
#define ROW (&(struct pg_result){ PG_SINGLE_TUPLE, 1, "", "", NULL })
#define CHUNK(count) (&(struct pg_result){ PG_TUPLES_CHUNK, (count), "", "", NULL })
#define FAILED(code) (&(struct pg_result){ PG_FATAL_ERROR, 0, "", "", (code) })
#define OUT (&(struct pg_result){ PG_COPY_OUT, 0, "", "", NULL })
#define IN (&(struct pg_result){ PG_COPY_IN, 0, "", "", NULL })
#define BOTH (&(struct pg_result){ PG_COPY_BOTH, 0, "", "", NULL })
#define SYNCED (&(struct pg_result){ PG_PIPELINE_SYNC, 0, "", "", NULL })
#define ABORTED (&(struct pg_result){ PG_PIPELINE_ABORTED, 0, "", "", NULL })

struct pg_conn {
	int status;		/* PG_CONNECTION_OK first */
	int refuses;		/* PQsend*, PQpipelineSync and kin answer 0, PQendcopy 1 */
	int polled;		/* what PQconnectPoll and PQresetPoll answer */
	int pipeline;		/* what PQpipelineStatus answers */
	int fd, backend;
	const char *database, *host, *port;
	const char *strings;	/* standard_conforming_strings */
	const char *cockroach;	/* crdb_version */
	const char *options;
	const char *path;	/* search_path, null: not reported */
	const char *replication;
	int transaction;	/* what PQtransactionStatus answers */
	const char *query;	/* of the last command, as the server would get it */
	void (*inside)(struct pg_conn *conn);	/* runs inside each call but the accessors */
	unsigned int calls;	/* real calls made */
	size_t next, results;
	struct pg_result *script[SCRIPT_RESULTS];
};

#endif
