/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the calls of a run came to: for each query its calls, time, percentiles, rows, errors and
 * callers; connections; the time split; what was lost; and the same for requests over HTTP.
 * Bounded: every table has a ceiling, what comes after it is counted under "others"; percentiles
 * come from a base-2 exponential histogram (the shape of OTLP), exact to about 2 %, and counts,
 * sums, minimum and maximum are exact. No allocation for a span: all memory is taken at the
 * beginning.
 *
 * Ownership: the summary belongs to its maker; texts are copied into it. Threads: one, the
 * consumer's.
 * Failure: only at the beginning, when there is no memory.
 */
#ifndef EXPORTER_SUMMARY_H
#define EXPORTER_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "exporter/span.h"

#define SUMMARY_QUERIES 1000
#define SUMMARY_REQUESTS 256	/* methods and servers; later ones are in the totals only */
#define SUMMARY_CALLERS 6	/* of each query; later ones are counted together */
#define SUMMARY_ERRORS 6	/* kinds of each query */
#define SUMMARY_CONNECTIONS 64
#define SUMMARY_INCOMPLETE 32
#define SUMMARY_INCOMPLETE_TEXT 512
#define SUMMARY_MODULES 256
#define SUMMARY_TEXT ((size_t)4 << 20)

/* Base-2 exponential histogram: bucket i holds (base^i, base^(i+1)], base = 2^(2^-scale). */
#define SUMMARY_BUCKETS 160

struct summary_histogram {
	int32_t scale, offset;
	uint32_t bucket[SUMMARY_BUCKETS];
	uint64_t count;
};

struct summary_caller {
	uint64_t process_id;
	struct slice module;		/* path; empty: unknown */
	uint64_t offset;		/* of the return address in the module */
	uint64_t address;		/* the return address; 0: unknown */
	uint64_t calls;
	uint64_t total_ns;
};

struct summary_error {
	char type[32];			/* error.type */
	uint64_t calls;
	struct summary_caller caller;	/* of the first */
};

/*
 * Key: the hash of the text; where there is none (EXECUTE of an unknown name) the span's name.
 * Preparing a statement is an entry of its own, its text begins with "PREPARE ".
 */
struct summary_query {
	uint64_t hash;			/* 0: without text */
	struct slice text, summary;	/* the text may be cut when SUMMARY_TEXT is used up */
	uint64_t calls, errors, total_ns, min_ns, max_ns;
	uint64_t rows;			/* returned, or affected where nothing is returned */
	/* Over the calls with a measured split */
	uint64_t split_calls, first_byte_ns, fetch_ns, split_total_ns;
	struct summary_histogram histogram;
	struct summary_caller caller[SUMMARY_CALLERS];
	uint64_t other_callers;
	struct summary_error error[SUMMARY_ERRORS];
	uint64_t other_errors;
};

/*
 * The parts of a request, as otelshim.http.*_ns has them. All but the last, which says how much of
 * them were redirects, lie one after the other.
 */
enum summary_phase {
	SUMMARY_QUEUE, SUMMARY_NAME_LOOKUP, SUMMARY_CONNECT, SUMMARY_TLS, SUMMARY_FIRST_BYTE,
	SUMMARY_TRANSFER, SUMMARY_REDIRECT, SUMMARY_PHASES
};

/* Over the calls whose parts were measured; a part that was not reached took no time. */
struct summary_split {
	uint64_t calls, total_ns;
	uint64_t phase_ns[SUMMARY_PHASES];
};

/* Key: the span's name and the server. */
struct summary_request {
	struct summary_query query;	/* its text: "GET example.com:443"; no rows, no split */
	struct slice name, server;	/* "GET", "ftp"; "example.com:443", empty: unknown */
	struct summary_split split;
};

struct summary_connection {
	struct slice server;		/* "db1:5432/shop", "/run/postgresql/.s.PGSQL.5432/shop" */
	uint64_t count, errors, total_ns;
	struct summary_error error[SUMMARY_ERRORS];
};

struct summary_incomplete {
	struct slice text;		/* the first SUMMARY_INCOMPLETE_TEXT bytes; else the name */
	uint32_t pid;
	uint64_t duration_ns;
	struct summary_caller caller;
};

struct summary_totals {
	uint64_t queries, errors, connections, connect_errors, incomplete, other;
	uint64_t database_ns;		/* sum of all calls and connects, over all threads */
	uint64_t covered_ns;		/* time during which at least one of them was under way */
	uint64_t query_ns, connect_ns, incomplete_ns;	/* the three that make database_ns */
	uint64_t first_byte_ns, fetch_ns, split_total_ns, split_calls;
	uint64_t unlisted_queries;	/* calls whose query found no place in the table */
	/* Requests, over HTTP and other protocols of libcurl; not in the sums above */
	uint64_t requests, request_errors, unlisted_requests;
	uint64_t other_protocols;	/* of the requests, those that are not HTTP */
	uint64_t http_ns, http_covered_ns;
	uint64_t http_incomplete, http_incomplete_ns;	/* the first is in incomplete, too */
	struct summary_split http_split;
};

struct summary;

/* Null when there is no memory (errno). */
struct summary *summary_begin(void);
void summary_end(struct summary *summary);

/* Takes one span; constant time. */
void summary_add(struct summary *summary, const struct span *span);

const struct summary_totals *summary_totals(const struct summary *summary);

enum summary_order { SUMMARY_BY_TOTAL, SUMMARY_BY_CALLS, SUMMARY_BY_MEAN, SUMMARY_BY_P95,
		     SUMMARY_BY_MAX, SUMMARY_BY_ROWS, SUMMARY_BY_ERRORS };

/* Fills @ret with up to @count queries, greatest first; returns how many. */
size_t summary_queries(const struct summary *summary, enum summary_order order,
		       const struct summary_query **ret, size_t count);

/* The same for requests; by rows is by total. */
size_t summary_requests(const struct summary *summary, enum summary_order order,
			const struct summary_request **ret, size_t count);

size_t summary_connections(const struct summary *summary, const struct summary_connection **ret,
			   size_t count);
size_t summary_incomplete(const struct summary *summary, const struct summary_incomplete **ret,
			  size_t count);

/* The duration below which @quantile (0 to 1) of the calls lie; exact at 0 and 1. */
uint64_t summary_quantile_ns(const struct summary_query *query, double quantile);

#endif
