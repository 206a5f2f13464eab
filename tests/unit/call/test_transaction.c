/* SPDX-License-Identifier: Apache-2.0 */
/* Open and idle times of transactions, from what the status was after each command. */
#include "tests/support/test.h"

#include "call/transaction.h"

#define COMMANDS 8

struct command_seen {
	int status;	/* after it */
	uint64_t start_ns, end_ns;
};

static const struct {
	const char *what;
	struct command_seen command[COMMANDS];	/* up to one that ends at 0 */
	uint64_t duration_ns, idle_ns;	/* 0: none was told */
} courses[] = {
	{ "commands outside of transactions",
	  { { PG_IDLE, 10, 20 }, { PG_IDLE, 30, 40 } }, 0, 0 },
	{ "begin, work, commit",
	  { { PG_IDLE, 1, 2 }, { PG_IN_TRANSACTION, 10, 20 }, { PG_IN_TRANSACTION, 50, 60 },
	    { PG_IDLE, 65, 70 } },
	  60, 35 },
	{ "a failed one",
	  { { PG_IDLE, 1, 2 }, { PG_IN_TRANSACTION, 10, 20 }, { PG_IN_ERROR, 20, 60 },
	    { PG_IN_ERROR, 60, 61 }, { PG_IDLE, 71, 80 } },
	  70, 10 },
	{ "two, one after another",
	  { { PG_IDLE, 1, 2 }, { PG_IN_TRANSACTION, 10, 20 }, { PG_IDLE, 30, 40 },
	    { PG_IN_TRANSACTION, 100, 110 }, { PG_IDLE, 111, 120 } },
	  20, 1 },
	{ "met inside of one",
	  { { PG_IN_TRANSACTION, 10, 20 }, { PG_IDLE, 30, 40 } }, 0, 0 },
	{ "met inside of one, and then a whole one",
	  { { PG_IN_TRANSACTION, 10, 20 }, { PG_IDLE, 30, 40 }, { PG_IN_TRANSACTION, 50, 60 },
	    { PG_IDLE, 60, 61 } },
	  11, 0 },
	{ "a status that cannot be had on the way",
	  { { PG_IDLE, 1, 2 }, { PG_IN_TRANSACTION, 10, 20 }, { PG_ACTIVE, 30, 40 },
	    { PG_IN_TRANSACTION, 50, 60 }, { PG_IDLE, 65, 70 } },
	  0, 0 },
	{ "a connection that broke",
	  { { PG_IDLE, 1, 2 }, { PG_IN_TRANSACTION, 10, 20 }, { PG_UNKNOWN, 30, 40 } }, 0, 0 },
	{ "commands that overlap",
	  { { PG_IDLE, 1, 2 }, { PG_IN_TRANSACTION, 10, 20 }, { PG_IN_TRANSACTION, 15, 30 },
	    { PG_IDLE, 25, 40 } },
	  30, 0 },
};

static void times_are_those_of_transactions_seen_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(courses) / sizeof(*courses); i++) {
		struct transaction transaction = { .state = TRANSACTION_UNKNOWN };
		struct transaction_times times = { 0, 0 };

		for (const struct command_seen *seen = courses[i].command; seen->end_ns; seen++) {
			times = (struct transaction_times){ 0, 0 };
			transaction_command(&transaction, seen->start_ns);
			transaction_ended(&transaction, seen->status, seen->start_ns, seen->end_ns,
					  &times);
		}
		if (times.duration_ns != courses[i].duration_ns ||
		    times.idle_ns != courses[i].idle_ns)
			print_error("%s:\n", courses[i].what);
		assert_int_equal(times.duration_ns, courses[i].duration_ns);
		assert_int_equal(times.idle_ns, courses[i].idle_ns);
	}
}

static void only_the_last_command_tells(void **state)
{
	struct transaction transaction = { .state = TRANSACTION_NONE };
	struct transaction_times times = { 7, 7 };

	(void)state;
	assert_false(transaction_ended(&transaction, PG_IN_TRANSACTION, 10, 20, &times));
	assert_false(transaction_ended(&transaction, PG_IN_TRANSACTION, 30, 40, &times));
	assert_int_equal(times.duration_ns, 7);
	assert_true(transaction_ended(&transaction, PG_IDLE, 50, 60, &times));
	assert_int_equal(times.duration_ns, 50);
	assert_false(transaction_ended(&transaction, PG_IDLE, 50, 60, &times));
}

TESTS(cmocka_unit_test(times_are_those_of_transactions_seen_whole),
      cmocka_unit_test(only_the_last_command_tells))
