/* SPDX-License-Identifier: Apache-2.0 */
/* The time split: which calls count, and what they make of it. */
#include "tests/support/test.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call/connection.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

/* s: sent, r: received; a blank: a millisecond. Expected in milliseconds, -1: no split. */
static const struct {
	const char *what, *moves;
	int first_byte_ms, fetch_ms;
} splits[] = {
	{ "nothing moved", "", -1, -1 },
	{ "sent only", "s", -1, -1 },
	{ "received only", "r r", -1, -1 },
	{ "sent, received", "s  r", 2, 0 },
	{ "what was received before is not an answer", "r s   r", 3, 0 },
	{ "rows come later", "s r   r", 1, 3 },
	{ "the last send counts", "s   s r", 1, 0 },
	{ "a send behind an answer begins anew", "s r  s   r r", 3, 1 },
	{ "a send behind the last answer leaves none", "s r r s", -1, -1 },
};

static long long number_of(const char *text)
{
	return strtoll(text, NULL, 10);
}

static void play(struct traffic *traffic, const char *moves)
{
	traffic_begin(traffic);
	for (; *moves; moves++) {
		if (*moves == 's')
			traffic_sent(traffic);
		else if (*moves == 'r')
			traffic_received(traffic);
		else
			usleep(1000);
	}
}

static void a_split_is_measured_or_absent(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(splits) / sizeof(*splits); i++) {
		struct traffic traffic = { .armed = false };
		uint64_t first_ns = 4711, fetch_ns = 4712;
		bool known;

		play(&traffic, splits[i].moves);
		known = traffic_split(&traffic, &first_ns, &fetch_ns);
		if (known != (splits[i].first_byte_ms >= 0))
			print_error("%s:\n", splits[i].what);
		assert_int_equal(known, splits[i].first_byte_ms >= 0);
		if (!known) {
			assert_int_equal(first_ns, 4711);
			assert_int_equal(fetch_ns, 4712);
			continue;
		}
		/* Sleeps last longer than asked for, and never less. */
		assert_true(first_ns >= (uint64_t)splits[i].first_byte_ms * 1000000);
		assert_true(fetch_ns >= (uint64_t)splits[i].fetch_ms * 1000000);
		assert_true(splits[i].fetch_ms > 0 || fetch_ns == 0);
	}
}

static void only_bytes_of_a_command_under_way_count(void **state)
{
	struct traffic traffic = { .armed = false };

	(void)state;
	assert_null(traffic_of(77));
	traffic_enter(77, &traffic);
	assert_null(traffic_of(77));
	traffic_begin(&traffic);
	assert_ptr_equal(traffic_of(77), &traffic);
	assert_null(traffic_of(76));
	assert_null(traffic_of(-1));
	assert_null(traffic_of(INT32_MAX));
	assert_null(traffic_of(DESCRIPTORS_MAX));
	traffic_end(&traffic);
	assert_null(traffic_of(77));
	traffic_remove(77, &traffic);
}

static void a_descriptor_leads_to_whoever_entered_last(void **state)
{
	struct traffic first = { .armed = true }, second = { .armed = true };
	const int fd = DESCRIPTORS_MAX - 1;

	(void)state;
	traffic_enter(fd, &first);
	traffic_enter(fd, &second);
	traffic_remove(fd, &first);
	assert_ptr_equal(traffic_of(fd), &second);
	traffic_remove(fd, &second);
	assert_null(traffic_of(fd));
	traffic_enter(-1, &first);
	traffic_remove(-1, &first);
	traffic_enter(fd + 1, &first);
	traffic_remove(fd + 1, &first);
}

static void a_connection_that_leaves_takes_its_tag_with_it(void **state)
{
	struct traffic first = { .armed = true }, second = { .armed = true };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	traffic_enter(fd, &first);
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_PG);
	traffic_remove(fd, &first);
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_UNKNOWN);
	/* A reset connects under the same number before the old connection is left. */
	traffic_enter(fd, &first);
	descriptor_tag(fd, DESCRIPTOR_PG);
	assert_null(traffic_of(fd));
	traffic_remove(fd, &first);
	assert_int_equal(descriptor_owner(fd), DESCRIPTOR_PG);
	traffic_enter(fd, &second);
	traffic_remove(fd, &second);
	close(fd);
}

/* ---- of whole commands ---- */

static struct traffic *traffic_by(struct pg_conn *conn)
{
	return traffic_of(conn->fd);
}

/* What libpq does while it works; a receive that fails with EAGAIN tells us nothing. */
static void serve(struct pg_conn *conn)
{
	struct traffic *traffic = traffic_by(conn);

	if (!traffic)
		return;
	traffic_sent(traffic);
	usleep(2000);
	traffic_received(traffic);
	usleep(1000);
	traffic_received(traffic);
}

static void a_synchronous_command_has_its_split(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.fd = 50;
	conn.inside = serve;
	SCRIPT(&conn, SELECTED(1));
	call_exec(&conn, "SELECT 1");
	assert_traced("SELECT | UNSET | command=simple text=SELECT ? rows=1 split\n");
	assert_true(number_of(traced_attribute(ATTRIBUTE_DB_FIRST_BYTE)) >= 2000000);
	assert_true(number_of(traced_attribute(ATTRIBUTE_DB_FETCH)) >= 1000000);
	assert_true((uint64_t)(number_of(traced_attribute(ATTRIBUTE_DB_FIRST_BYTE)) +
			       number_of(traced_attribute(ATTRIBUTE_DB_FETCH))) <=
		    traced_last()->duration_ns);
	assert_null(traffic_by(&conn));
	call_finish(&conn);
}

static void an_asynchronous_command_has_its_own_split(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.fd = 51;
	SCRIPT(&conn, SELECTED(1), SELECTED(2), NULL);
	call_exec(&conn, "SELECT 1");
	traced_clear();
	call_send(&conn, "SELECT a FROM t");
	traffic_sent(traffic_by(&conn));
	usleep(1000);
	traffic_received(traffic_by(&conn));
	call_get_result(&conn);
	/* The null is not read: the next one is another command. */
	conn.inside = serve;
	SCRIPT(&conn, SELECTED(3), NULL);
	call_send(&conn, "SELECT b FROM u");
	conn.inside = NULL;
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t rows=2 split\n");
	assert_true(number_of(traced_attribute(ATTRIBUTE_DB_FIRST_BYTE)) >= 1000000);
	assert_string_equal(traced_attribute(ATTRIBUTE_DB_FETCH), "0");
	call_get_results(&conn);
	assert_traced("SELECT u | UNSET | command=simple text=SELECT b FROM u rows=3 split\n");
	assert_true(number_of(traced_attribute(ATTRIBUTE_DB_FIRST_BYTE)) >= 2000000);
	call_finish(&conn);
}

static void an_incomplete_command_has_no_split(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.fd = 52;
	conn.inside = serve;
	SCRIPT(&conn, SELECTED(1));
	call_exec(&conn, "SELECT 1");
	call_send(&conn, "SELECT a FROM t");
	serve(&conn);
	traced_clear();
	conn.inside = NULL;
	call_finish(&conn);
	assert_traced("SELECT t | UNSET | command=simple text=SELECT a FROM t incomplete=1\n");
	assert_null(traffic_by(&conn));
}

static void a_reset_moves_the_measure_to_the_new_descriptor(void **state)
{
	struct pg_conn conn = scripted_conn();

	(void)state;
	program_begin(SUBMIT_CONNECT_OFF);
	conn.fd = 53;
	SCRIPT(&conn, SELECTED(1), SELECTED(1));
	call_exec(&conn, "SELECT 1");
	conn.fd = 54;
	call_reset(&conn);
	traced_clear();
	conn.inside = serve;
	call_exec(&conn, "SELECT 1");
	assert_traced("SELECT | UNSET | command=simple text=SELECT ? rows=1 split\n");
	conn.fd = 53;
	assert_null(traffic_by(&conn));
	conn.inside = NULL;
	call_finish(&conn);
}

/* ---- threads ---- */

static void *enter_and_leave(void *argument)
{
	int first = *(int *)argument;

	for (int i = 0; i < 20000; i++) {
		struct traffic traffic = { .armed = true };
		int fd = first + i * 4 % (int)(DESCRIPTOR_CHUNK * 64);

		traffic_enter(fd, &traffic);
		if (traffic_of(fd) != &traffic)
			return argument;
		traffic_remove(fd, &traffic);
	}
	return NULL;
}

static void threads_use_the_table_at_once(void **state)
{
	pthread_t threads[4];
	int first[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		first[i] = 4096 + i;
		assert_int_equal(pthread_create(&threads[i], NULL, enter_and_leave, &first[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

TESTS(cmocka_unit_test(a_split_is_measured_or_absent),
      cmocka_unit_test(only_bytes_of_a_command_under_way_count),
      cmocka_unit_test(a_descriptor_leads_to_whoever_entered_last),
      cmocka_unit_test(a_connection_that_leaves_takes_its_tag_with_it),
      cmocka_unit_test(a_synchronous_command_has_its_split),
      cmocka_unit_test(an_asynchronous_command_has_its_own_split),
      cmocka_unit_test(an_incomplete_command_has_no_split),
      cmocka_unit_test(a_reset_moves_the_measure_to_the_new_descriptor),
      cmocka_unit_test(threads_use_the_table_at_once))
