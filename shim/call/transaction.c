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

static uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

static bool contains(struct slice text, struct slice word)
{
	for (size_t i = 0; i + word.size <= text.size; i++) {
		size_t same = 0;

		while (same < word.size && lower(text.data[i + same]) == word.data[same])
			same++;
		if (same == word.size)
			return true;
	}
	return false;
}

bool transaction_restarts(struct slice tag, struct slice statement)
{
	if (slice_equal(tag, SLICE("COMMIT")) || slice_equal(tag, SLICE("BEGIN")) ||
	    slice_equal(tag, SLICE("START TRANSACTION")))
		return true;
	if (slice_equal(tag, SLICE("ROLLBACK")) && contains(statement, SLICE("chain")))
		return true;
	return statement.size && memchr(statement.data, ';', statement.size - 1) &&
	       (contains(statement, SLICE("commit")) || contains(statement, SLICE("end")) ||
		contains(statement, SLICE("rollback")) || contains(statement, SLICE("abort")));
}
