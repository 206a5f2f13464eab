/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the summary share: its memory, and counting that queries and requests have in
 * common. The parts are summary.c and summary_request.c.
 *
 * Inside of the summary only. Threads: one. Nothing fails.
 */
#ifndef EXPORTER_SUMMARY_STATE_H
#define EXPORTER_SUMMARY_STATE_H

#include "exporter/coverage.h"
#include "exporter/summary.h"

#define SLOTS 2048u	/* a power of two, at least twice SUMMARY_QUERIES */

_Static_assert(SLOTS >= 2 * SUMMARY_QUERIES, "probes stay short");
_Static_assert(SUMMARY_QUERIES < UINT16_MAX, "slots hold an index and zero");

struct summary {
	struct summary_totals totals;
	struct coverage coverage, http_coverage;
	size_t queries, requests, connections, incomplete, modules;
	uint64_t key[SUMMARY_QUERIES];
	uint16_t slot[SLOTS];		/* index into query plus one; 0 is free */
	struct summary_query query[SUMMARY_QUERIES];
	uint64_t request_key[SUMMARY_REQUESTS];
	struct summary_request request[SUMMARY_REQUESTS];
	struct summary_connection connection[SUMMARY_CONNECTIONS];
	struct summary_incomplete incomplete_call[SUMMARY_INCOMPLETE];
	struct slice module[SUMMARY_MODULES];
	size_t text_used;
	uint8_t text[SUMMARY_TEXT];
};

/* A copy of @text behind @prefix, cut to what room is left. */
struct slice summary_text_keep(struct summary *summary, struct slice prefix, struct slice text);

uint64_t summary_hash(struct slice name);

/* Appends to the @used bytes at @room, as far as @size bytes have place. */
size_t summary_put(char *room, size_t used, size_t size, struct slice text);
size_t summary_put_port(char *room, size_t used, size_t size, uint64_t port);

int64_t summary_integer(const struct span *span, enum attribute_key key, int64_t absent);
struct slice summary_string(const struct span *span, enum attribute_key key);

/* Calls, times, errors and callers of one entry. */
void summary_query_count(struct summary *summary, struct summary_query *query,
			 const struct span *span);

/* A call that a killed process left behind; @text is what it did. */
void summary_incomplete_add(struct summary *summary, const struct span *span, struct slice text);

/* Equal keys: the more costly one first, then the one that was seen first. */
bool summary_query_before(const struct summary_query *a, const struct summary_query *b,
			  enum summary_order order);

/* ---- requests ---- */

bool summary_is_request(const struct span *span);
void summary_request_add(struct summary *summary, const struct span *span);

#endif
