/* SPDX-License-Identifier: Apache-2.0 */
/* The table of connections, and what is learned of each. */
#include "tests/support/test.h"

#include <pthread.h>

#include "base/arena.h"
#include "call/connection.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

static const struct libpq *the_libpq(void)
{
	return libpq_of_caller(program_address());
}

/* ---- what is learned ---- */

static const struct {
	const char *what;
	const char *host, *port, *database, *cockroach;
	const char *address, *expected_port, *expected_database, *system;
} servers[] = {
	{ "a host", "db.example", "6432", "shop", NULL, "db.example", "6432", "shop",
	  "postgresql" },
	{ "the usual port is not told", "db.example", "5432", "shop", NULL, "db.example", "",
	  "shop", "postgresql" },
	{ "a Unix socket has no port", "/run/postgresql", "6432", "shop", NULL,
	  "/run/postgresql/.s.PGSQL.6432", "", "shop", "postgresql" },
	{ "an abstract socket", "@pg", "5432", "shop", NULL, "@pg/.s.PGSQL.5432", "", "shop",
	  "postgresql" },
	{ "no names at all", "", "", NULL, NULL, "", "", "", "postgresql" },
	{ "null names", NULL, NULL, NULL, NULL, "", "", "", "postgresql" },
	{ "a port that is none", "h", "", "shop", NULL, "h", "", "shop", "postgresql" },
	{ "a port that is too large", "h", "655360", "shop", NULL, "h", "", "shop", "postgresql" },
	{ "a port that is no number", "h", "pg", "shop", NULL, "h", "", "shop", "postgresql" },
	{ "a socket with a strange port", "/run", "12345678901234567", "shop", NULL, "", "",
	  "shop", "postgresql" },
	{ "CockroachDB", "h", "26257", "shop", "v24", "h", "26257", "shop", "cockroachdb" },
};

static void a_server_is_told_by_its_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++) {
		struct pg_conn conn = scripted_conn();

		program_begin(SUBMIT_CONNECT_OFF);
		conn.host = servers[i].host;
		conn.port = servers[i].port;
		conn.database = servers[i].database;
		conn.cockroach = servers[i].cockroach;
		call_exec(&conn, "SELECT 1");
		assert_int_equal(traced_count(), 1);
		if (strcmp(traced_attribute(ATTRIBUTE_SERVER_PORT), servers[i].expected_port) != 0)
			print_error("%s:\n", servers[i].what);
		assert_string_equal(traced_attribute(ATTRIBUTE_SERVER_ADDRESS),
				    servers[i].address);
		assert_string_equal(traced_attribute(ATTRIBUTE_SERVER_PORT),
				    servers[i].expected_port);
		assert_string_equal(traced_attribute(ATTRIBUTE_DB_NAMESPACE),
				    servers[i].expected_database);
		assert_string_equal(traced_attribute(ATTRIBUTE_DB_SYSTEM_NAME), servers[i].system);
		assert_string_equal(traced_attribute(ATTRIBUTE_DB_BACKEND_PID), "4711");
		call_finish(&conn);
	}
}

static void long_names_are_cut_and_lose_no_span(void **state)
{
	static char name[4096];
	struct pg_conn conn = scripted_conn();

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	program_begin(SUBMIT_CONNECT_OFF);
	conn.host = conn.database = name;
	call_exec(&conn, "SELECT 1");
	assert_int_equal(traced_count(), 1);
	assert_int_equal(strlen(traced_attribute(ATTRIBUTE_DB_NAMESPACE)), 128);
	assert_int_equal(strlen(traced_attribute(ATTRIBUTE_SERVER_ADDRESS)), 255);
	assert_string_equal(traced_attribute(ATTRIBUTE_DB_BACKEND_PID), "4711");
	call_finish(&conn);
	name[0] = '/';
	call_exec(&conn, "SELECT 1");
	assert_int_equal(traced_count(), 2);
	assert_int_equal(strlen(traced_attribute(ATTRIBUTE_SERVER_ADDRESS)), 200 + 14);
	call_finish(&conn);
}

static void what_a_libpq_does_not_have_is_not_asked(void **state)
{
	struct libpq libpq = *the_libpq();
	struct pg_conn conn = scripted_conn();
	struct connection *connection;

	(void)state;
	libpq.PQdb = libpq.PQhost = libpq.PQport = NULL;
	libpq.PQsocket = libpq.PQbackendPID = NULL;
	libpq.PQparameterStatus = NULL;
	libpq.PQpipelineStatus = NULL;
	connection = connection_of(&conn, &libpq);
	assert_non_null(connection);
	connection_learn(connection);
	assert_int_equal(connection->shared_count, 1);
	assert_int_equal(connection->fd, -1);
	connection_forget(connection);
}

static void facts_are_asked_for_once_and_again_after_a_change(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct connection *connection = connection_of(&conn, the_libpq());

	(void)state;
	connection_learn(connection);
	conn.database = "other";
	connection_learn(connection);
	assert_memory_equal(connection->namespace, "shop", 4);
	connection_changed(connection);
	connection_learn(connection);
	assert_memory_equal(connection->namespace, "other", 5);
	connection_forget(connection);
}

/* ---- commands ---- */

static void commands_come_back_in_their_order(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct connection *connection = connection_of(&conn, the_libpq());
	struct command *commands[5];

	(void)state;
	assert_null(connection_pop(connection));
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 5; i++) {
			commands[i] = connection_command(connection);
			commands[i]->kind = i == 1 || i == 3 ? COMMAND_PREPARE : COMMAND_SIMPLE;
			connection_append(connection, commands[i]);
		}
		assert_ptr_equal(connection->newest_prepare, commands[3]);
		assert_ptr_equal(commands[3]->older, commands[1]);
		for (int i = 0; i < 5; i++) {
			assert_ptr_equal(connection_pop(connection), commands[i]);
			assert_ptr_equal(connection->newest_prepare, i < 3 ? commands[3] : NULL);
			connection_release(connection, commands[i]);
		}
		assert_null(connection_pop(connection));
		assert_null(connection->tail);
	}
	connection_forget(connection);
}

static void the_first_command_costs_no_memory_and_is_fresh(void **state)
{
	struct pg_conn conn = scripted_conn();
	struct connection *connection = connection_of(&conn, the_libpq());
	struct command *own = connection_command(connection), *second;

	(void)state;
	assert_ptr_equal(own, &connection->own);
	second = connection_command(connection);
	assert_ptr_not_equal(second, own);
	own->rows = 5;
	connection_release(connection, own);
	assert_ptr_equal(connection_command(connection), own);
	assert_int_equal(own->rows, 0);
	connection_append(connection, own);
	connection_append(connection, second);
	connection_forget(connection);
	assert_null(connection_find(&conn));
}

/* ---- the table ---- */

static void the_null_handle_is_no_connection(void **state)
{
	(void)state;
	assert_null(connection_find(NULL));
	assert_null(connection_of(NULL, the_libpq()));
}

enum { THREADS = 4, ROUNDS = 3000, AT_ONCE = 16 };

static void *come_and_go(void *argument)
{
	static struct pg_conn conns[THREADS][AT_ONCE];
	struct pg_conn *own = conns[*(int *)argument];

	for (int i = 0; i < AT_ONCE; i++)
		own[i] = scripted_conn();
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < AT_ONCE; i++)
			if (!connection_of(&own[i], the_libpq()))
				return argument;
		for (int i = 0; i < AT_ONCE; i++) {
			struct connection *connection = connection_find(&own[i]);

			if (!connection || connection->handle != &own[i])
				return argument;
			connection_forget(connection);
		}
	}
	return NULL;
}

static void threads_come_and_go_at_once(void **state)
{
	uint64_t refused = arena_refused();
	pthread_t threads[THREADS];
	int number[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		number[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &number[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_int_equal(arena_refused(), refused);
}

TESTS(cmocka_unit_test(a_server_is_told_by_its_names),
      cmocka_unit_test(long_names_are_cut_and_lose_no_span),
      cmocka_unit_test(what_a_libpq_does_not_have_is_not_asked),
      cmocka_unit_test(facts_are_asked_for_once_and_again_after_a_change),
      cmocka_unit_test(commands_come_back_in_their_order),
      cmocka_unit_test(the_first_command_costs_no_memory_and_is_fresh),
      cmocka_unit_test(the_null_handle_is_no_connection),
      cmocka_unit_test(threads_come_and_go_at_once))
