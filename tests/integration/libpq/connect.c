/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: made, refused, reset, polled, named in every way, and what is no connection. */
#include <stdio.h>
#include <stdlib.h>

#include "case.h"

static void tried(const char *conninfo)
{
	PGconn *db = PQconnectdb(conninfo);

	printf("%s\n", PQstatus(db) == CONNECTION_OK ? "ok" : "bad");
	PQfinish(db);
}

/* Connects, asks, ends. */
static void asked(const char *conninfo)
{
	PGconn *db = session_open(conninfo);

	session_exec(db, "select 1");
	PQfinish(db);
}

static void with_port(const char *format)
{
	char conninfo[256];

	snprintf(conninfo, sizeof(conninfo), format, getenv("PGPORT"));
	asked(conninfo);
}

static void reset(void)
{
	PGconn *db = session_open("");

	session_show("prepare", PQprepare(db, "s", "select 1 as one", 0, NULL));
	PQreset(db);
	session_show("execute", PQexecPrepared(db, "s", 0, NULL, NULL, NULL, 0));
	session_show("prepare", PQprepare(db, "s", "select 2 as two", 0, NULL));
	session_require(PQresetStart(db), "PQresetStart");
	session_require(session_poll(db, PQresetPoll) == PGRES_POLLING_OK, "PQresetPoll");
	session_show("execute", PQexecPrepared(db, "s", 0, NULL, NULL, NULL, 0));
	PQfinish(db);
}

static void reset_with_commands(void)
{
	PGconn *db = session_open("");

	session_require(PQsendQuery(db, "select pg_sleep(5)"), "PQsendQuery");
	PQreset(db);
	session_exec(db, "select 1");
	PQfinish(db);
}

static void reset_of_failed(void)
{
	PGconn *db = PQconnectdb("host=127.0.0.1 port=1");

	PQreset(db);
	printf("%s\n", PQstatus(db) == CONNECTION_OK ? "ok" : "bad");
	session_exec(db, "select 1");
	PQfinish(db);
}

static void refused(void)
{
	tried("host=127.0.0.1 port=1");
}

static void unknown_host(void)
{
	tried("host=no-such-host.invalid");
}

static void unknown_role(void)
{
	tried("user=nobody_at_all");
}

static void unknown_database(void)
{
	tried("dbname=nowhere");
}

static void bad_option(void)
{
	tried("no_such_option=1");
	tried("nonsense");
}

static void no_socket(void)
{
	tried("host=/nonexistent");
}

/* Nobody hears us there, and nobody says so. */
static void no_answer(void)
{
	PGconn *db = PQconnectStart("host=127.0.0.1 port=1");

	printf("%d\n", session_poll(db, PQconnectPoll));
	printf("%d\n", PQconnectPoll(db));
	PQfinish(db);
}

static void given_up(void)
{
	PGconn *db = PQconnectStart("");

	PQfinish(db);
}

static void several_hosts(void)
{
	with_port("host=127.0.0.2,127.0.0.1 port=%s");
}

static void several_dead_hosts(void)
{
	tried("host=127.0.0.2,127.0.0.3 port=1,1");
}

static void addresses(void)
{
	asked("host='' hostaddr=127.0.0.1");
	asked("host=db.example hostaddr=127.0.0.1");
}

static void unix_socket(void)
{
	char conninfo[256];

	snprintf(conninfo, sizeof(conninfo), "host=%s", getenv("PGSOCKET"));
	asked(conninfo);
}

static void default_port(void)
{
	asked("host=127.0.0.5 port=5432");
}

static void polled(void)
{
	PGconn *db = PQconnectStart("");

	printf("%d\n", session_poll(db, PQconnectPoll));
	printf("%d\n", PQconnectPoll(db));
	session_exec(db, "select 1");
	PQfinish(db);
}

static void every_way(void)
{
	static const char *const keys[] = { "application_name", NULL };
	static const char *const values[] = { "ways", NULL };
	PGconn *db = PQconnectdbParams(keys, values, 0);

	session_require(PQstatus(db) == CONNECTION_OK, "PQconnectdbParams");
	PQfinish(db);
	db = PQsetdbLogin(NULL, NULL, NULL, NULL, NULL, NULL, NULL);
	session_require(PQstatus(db) == CONNECTION_OK, "PQsetdbLogin");
	PQfinish(db);
	db = PQconnectStartParams(keys, values, 0);
	session_require(session_poll(db, PQconnectPoll) == PGRES_POLLING_OK,
			"PQconnectStartParams");
	PQfinish(db);
}

static void session_attributes(void)
{
	asked("target_session_attrs=read-write");
	asked("target_session_attrs=primary");
}

static void encrypted(void)
{
	PGconn *db = session_open("sslmode=require");

	session_require(PQsslInUse(db), "TLS");
	session_exec(db, "select a from z");
	session_require(PQsendQuery(db, "select b from z"), "PQsendQuery");
	session_wait(db);
	session_show_all("sent", db);
	PQfinish(db);
}

/* As psql's \password does it. */
static void password(void)
{
	PGconn *db = session_open("");
	char *hash = PQencryptPasswordConn(db, "confidential", "app", NULL), sql[512];

	session_require(hash != NULL, "PQencryptPasswordConn");
	session_exec(db, "create role turnkey");
	snprintf(sql, sizeof(sql), "alter user turnkey password '%s'", hash);
	PQfreemem(hash);
	session_exec(db, sql);
	session_exec(db, "drop role turnkey");
	PQfinish(db);
}

static void password_changed(void)
{
	PGconn *db = session_open("");

	session_exec(db, "create role turnkey");
	session_show("password", PQchangePassword(db, "turnkey", "confidential"));
	session_exec(db, "drop role turnkey");
	PQfinish(db);
}

/* Questions to the server that are nobody's command. */
static void pings(void)
{
	static const char *const keys[] = { "host", NULL };
	static const char *const values[] = { "127.0.0.1", NULL };
	PGconn *db;

	printf("%d %d\n", PQping(""), PQping("host=127.0.0.1 port=1"));
	printf("%d\n", PQpingParams(keys, values, 0));
	db = session_open("");
	printf("%d\n", PQsetClientEncoding(db, "LATIN1"));
	printf("%d\n", PQsetClientEncoding(db, "NONSENSE"));
	session_exec(db, "select 1");
	PQfinish(db);
}

const struct libpq_case connect_cases[] = {
	{ "P46", reset },
	{ "P46-busy", reset_with_commands },
	{ "P46-failed", reset_of_failed },
	{ "P47-refused", refused },
	{ "P47-host", unknown_host },
	{ "P47-role", unknown_role },
	{ "P47-database", unknown_database },
	{ "P47-option", bad_option },
	{ "P47-socket", no_socket },
	{ "P47-poll", no_answer },
	{ "P47-given-up", given_up },
	{ "P48", several_hosts },
	{ "P48-dead", several_dead_hosts },
	{ "P49", addresses },
	{ "P50", unix_socket },
	{ "P51", default_port },
	{ "P52", polled },
	{ "P52-ways", every_way },
	{ "P53", session_attributes },
	{ "P54", encrypted },
	{ "P58", password },
	{ "P58-change", password_changed },
	{ "ping", pings },
	{ NULL, NULL },
};
