/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a transaction was open, and how much of that the server waited for the program ("idle in
 * transaction"), from PQtransactionStatus, which asks nobody. A transaction begins with the
 * statement after which the status left idle, and ends with the one after which it is idle again;
 * idle is the time between two of the connection's commands.
 *
 * What was not seen from its beginning to its end is not told: a connection that was met inside a
 * transaction, or one whose commands ended in a pipeline, where the status is not to be had.
 *
 * Pure; the state belongs to its connection, and is zero at first. Times in nanoseconds, of one
 * clock.
 */
#ifndef CALL_TRANSACTION_H
#define CALL_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* libpq-fe.h: PGTransactionStatusType */
enum { PG_IDLE, PG_ACTIVE, PG_IN_TRANSACTION, PG_IN_ERROR, PG_UNKNOWN };

enum transaction_state {
	TRANSACTION_UNKNOWN,	/* nothing was learned yet, or sight was lost */
	TRANSACTION_NONE,
	TRANSACTION_OPEN
};

struct transaction {
	uint8_t state;		/* enum transaction_state */
	uint64_t began_ns;
	uint64_t last_ns;	/* end of the last command, 0: one is under way */
	uint64_t idle_ns;
};

struct transaction_times {
	uint64_t duration_ns, idle_ns;
};

/* A command begins; cheap when no transaction is open. */
static inline void transaction_command(struct transaction *transaction, uint64_t start_ns)
{
	if (__builtin_expect(transaction->state != TRANSACTION_OPEN || !transaction->last_ns, 1))
		return;
	if (start_ns > transaction->last_ns)
		transaction->idle_ns += start_ns - transaction->last_ns;
	transaction->last_ns = 0;
}

/*
 * A command that began at @start_ns ended at @end_ns, and left @status behind it. True when it
 * ended a transaction that was seen whole: @ret is set.
 */
bool transaction_ended_more(struct transaction *transaction, int status, uint64_t start_ns,
			    uint64_t end_ns, struct transaction_times *ret);

static inline bool transaction_ended(struct transaction *transaction, int status, uint64_t start_ns,
				     uint64_t end_ns, struct transaction_times *ret)
{
	if (__builtin_expect(transaction->state == TRANSACTION_NONE && status == PG_IDLE, 1))
		return false;
	return transaction_ended_more(transaction, status, start_ns, end_ns, ret);
}

/*
 * Whether a statement that left a transaction open behind it may have ended the one before it, and
 * begun this one: COMMIT AND CHAIN, or several statements at once. @tag is the last one's.
 */
bool transaction_restarts(struct slice tag, struct slice statement);

#endif
