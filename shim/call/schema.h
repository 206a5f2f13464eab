/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of a connection, the second part of db.namespace, as far as it is certain without a
 * question to the server: the first element of search_path, as the server reports it (18 and
 * later), or as the connection's options set it.
 *
 * Pure functions over bytes; any thread; nothing is allocated. What is not certain has no name:
 * "$user" stands for a schema only where one of that name exists, which only the server knows.
 */
#ifndef CALL_SCHEMA_H
#define CALL_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* NAMEDATALEN - 1: what is longer is cut by the server, too. */
#define SCHEMA_NAME_MAX 63u

/* A value, owned by nobody. */
struct schema {
	uint8_t size;	/* 0: not known */
	uint8_t name[SCHEMA_NAME_MAX];
};

/*
 * The first element of a search_path (SplitIdentifierString, varlena.c): plain names are in lower
 * case, "quoted" ones as they are, with "" for a quote.
 */
struct schema schema_of_path(struct slice path);

/*
 * The first element of the search_path that @options sets, text as of PQoptions: words as the
 * server splits them (pg_split_opts), switches as it reads them (process_postgres_switches): -c
 * name=value, -cname=value and --name=value, the last one counts.
 */
struct schema schema_of_options(struct slice options);

/*
 * Whether a statement may set search_path: it names that, or set_config, or DISCARD or RESET ALL.
 * Then what the options said holds no longer.
 */
bool schema_may_change(struct slice statement);

#endif
