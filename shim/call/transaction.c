/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, from the status after each command. */
#include "call/transaction.h"

static void transaction_open(struct transaction *transaction, uint64_t start_ns, uint64_t end_ns)
{
	*transaction = (struct transaction){
		.state = TRANSACTION_OPEN,
		.began_ns = start_ns,
		.last_ns = end_ns,
	};
}

bool transaction_ended_more(struct transaction *transaction, int status, uint64_t start_ns,
			    uint64_t end_ns, struct transaction_times *ret)
{
	bool open = status == PG_IN_TRANSACTION || status == PG_IN_ERROR;

	if (status != PG_IDLE && !open) {
		transaction->state = TRANSACTION_UNKNOWN;
		return false;
	}
	if (open && transaction->state == TRANSACTION_NONE)
		transaction_open(transaction, start_ns, end_ns);
	else if (open && transaction->state == TRANSACTION_OPEN)
		transaction->last_ns = end_ns;
	if (open)
		return false;
	open = transaction->state == TRANSACTION_OPEN;
	transaction->state = TRANSACTION_NONE;
	if (!open || end_ns < transaction->began_ns)
		return false;
	ret->duration_ns = end_ns - transaction->began_ns;
	ret->idle_ns = transaction->idle_ns;
	return true;
}

bool transaction_restarts(struct slice tag, struct slice statement)
{
	if (slice_equal(tag, SLICE("COMMIT")) || slice_equal(tag, SLICE("BEGIN")) ||
	    slice_equal(tag, SLICE("START TRANSACTION")))
		return true;
	if (slice_equal(tag, SLICE("ROLLBACK")) && slice_contains(statement, SLICE("chain")))
		return true;
	return statement.size && memchr(statement.data, ';', statement.size - 1) &&
	       (slice_contains(statement, SLICE("commit")) ||
		slice_contains(statement, SLICE("end")) ||
		slice_contains(statement, SLICE("rollback")) ||
		slice_contains(statement, SLICE("abort")));
}
