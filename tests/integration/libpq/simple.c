/* SPDX-License-Identifier: Apache-2.0 */
/* PQexec: one statement, several, none; errors, transactions, notices, notifications, encodings. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "case.h"

/* Enough that the text is some megabytes. */
#define ELEMENTS 250000

static void one_connection(const char *const *statements)
{
	PGconn *db = session_open("");

	for (; *statements; statements++)
		session_exec(db, *statements);
	PQfinish(db);
}

#define STATEMENTS(...) one_connection((const char *const[]){ __VA_ARGS__, NULL })

static void one(void)
{
	STATEMENTS("select 1");
}

static void several(void)
{
	STATEMENTS("select 1; select 2,3");
}

static void several_and_an_error(void)
{
	PGconn *db = session_open("");

	session_exec(db, "select 1; select 1/0; select 3");
	session_require(PQsendQuery(db, "select 1; select 1/0; select 3"), "send");
	session_show_all("sent", db);
	PQfinish(db);
}

static void none(void)
{
	STATEMENTS("", ";", "-- c");
}

static void missing_table(void)
{
	STATEMENTS("select * from missing");
}

static void changes(void)
{
	STATEMENTS("create temp table c (a int)", "insert into c select generate_series(1, 4)",
		   "update c set a = 0 where a < 3", "delete from c where a = 4",
		   "insert into c values (9) returning a");
}

static void failed_transaction(void)
{
	STATEMENTS("begin", "select nothing", "select 1", "commit");
}

static void statement_timeout(void)
{
	STATEMENTS("set statement_timeout = 50", "select pg_sleep(20)");
}

static void terminated(void)
{
	PGconn *victim = session_open(""), *killer = session_open("");
	char sql[80];

	snprintf(sql, sizeof(sql), "select pg_terminate_backend(%d, 10000)", PQbackendPID(victim));
	session_exec(killer, sql);
	session_exec(victim, "select 1");
	session_exec(victim, "select 2");
	PQfinish(victim);
	PQfinish(killer);
}

static void notifications(void)
{
	PGconn *db = session_open("");
	PGnotify *notify;

	session_exec(db, "listen bell");
	session_exec(db, "notify bell, 'ding'");
	while ((notify = PQnotifies(db))) {
		printf("notified: %s %s\n", notify->relname, notify->extra);
		PQfreemem(notify);
	}
	for (int i = 0; i < 3; i++) {
		poll(&(struct pollfd){ .fd = PQsocket(db), .events = POLLIN }, 1, 10);
		session_require(PQconsumeInput(db), "PQconsumeInput");
		session_require(!PQnotifies(db), "silence");
		session_require(!PQgetResult(db), "no result");
	}
	PQfinish(db);
}

static void huge(void)
{
	PGconn *db = session_open("");
	char *sql = malloc((size_t)ELEMENTS * 24 + 64);
	size_t size;

	session_require(sql != NULL, "memory");
	size = (size_t)sprintf(sql, "select array_length(array[");
	for (int i = 0; i < ELEMENTS; i++)
		size += (size_t)sprintf(sql + size, "'confidential-%06d',", i);
	sprintf(sql + size - 1, "], 1) from z");
	printf("%zu bytes\n", size);
	session_exec(db, sql);
	free(sql);
	PQfinish(db);
}

/* A letter of its own in LATIN1; in SJIS, characters whose second byte is an ASCII letter. */
static void encodings(void)
{
	PGconn *db = session_open("client_encoding=LATIN1");

	session_exec(db, "select 'gr\xfcn' as \"gr\xf6\xdf" "e\"");
	PQfinish(db);
	db = session_open("client_encoding=SJIS");
	session_exec(db, "select 'w\x95\x5c' as \"\x83\x65\x83\x58\x83\x67\"");
	PQfinish(db);
}

static void ask_another(void *other, const char *message)
{
	(void)message;
	session_exec(other, "select 'inside'");
}

static void notice(void)
{
	PGconn *db = session_open(""), *other = session_open("");

	PQsetNoticeProcessor(db, ask_another, other);
	session_exec(db, "do $$begin raise notice 'hear'; end$$");
	PQfinish(db);
	PQfinish(other);
}

static void large_object(void)
{
	PGconn *db = session_open("");
	char buffer[16] = "";
	Oid id;
	int fd;

	session_exec(db, "begin");
	id = lo_import(db, "/proc/self/comm");
	session_require(id != InvalidOid, "lo_import");
	fd = lo_open(db, id, 0x20000 | 0x40000);
	session_require(fd >= 0 && lo_read(db, fd, buffer, 4) > 0, "lo_read");
	session_require(lo_close(db, fd) == 0, "lo_close");
	session_require(lo_export(db, id, "/dev/null") == 1, "lo_export");
	session_exec(db, "rollback");
	PQfinish(db);
}

/* Wherever a statement has its secret: no span has it (see `run`: oddity). */
static void secrets(void)
{
	STATEMENTS("create user mapping for app server s options (password 'confidential')",
		   "alter role app encrypted password 'confidential' valid until 'infinity'",
		   "alter role app password $a$confidential$a$",
		   "alter role app password E'confidential\\'",
		   "create role app login password U&'confidential'",
		   "alter subscription s connection 'host=h password=confidential'",
		   "select * from dblink('password=confidential', 'select 1')",
		   "select pgp_sym_encrypt('confidential', 'confidential')",
		   "set app.secret = 'confidential'",
		   "select set_config('app.token', 'confidential', true)",
		   "select /* confidential */ 1",
		   "select 1-- confidential",
		   "alter role app password 'confidential",
		   "alter role app password $$confidential",
		   "select 1/* confidential",
		   "copy z to program 'cat >/dev/null # confidential'",
		   "do $$begin raise notice 'confidential'; end$$",
		   "notify bell, 'confidential'",
		   "set role 'confidential'",
		   "comment on table z is 'confidential'",
		   "explain select 'confidential'",
		   "execute nothing('confidential')");
}

static void secrets_with_parameters(void)
{
	static const char *const statements[] = {
		"alter role app password 'confidential' valid until $1",
		"select pgp_sym_encrypt($1, 'confidential')",
		"select /* token confidential */ $1",
		"alter user app password $a$confidential$a$ valid until $1",
	};
	const char *value[] = { "confidential" };
	PGconn *db = session_open("");

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		session_show("params",
			     PQexecParams(db, statements[i], 1, NULL, value, NULL, NULL, 0));
		session_show("prepare", PQprepare(db, "", statements[i], 1, NULL));
	}
	PQfinish(db);
}

const struct libpq_case simple_cases[] = {
	{ "P01", one },
	{ "P02", several },
	{ "P04", several_and_an_error },
	{ "P05", none },
	{ "P06", missing_table },
	{ "P07", changes },
	{ "P08", failed_transaction },
	{ "P44", statement_timeout },
	{ "P45", terminated },
	{ "P56", notifications },
	{ "P57", large_object },
	{ "P57-option", large_object },
	{ "P58-words", secrets },
	{ "P58-params", secrets_with_parameters },
	{ "P63", huge },
	{ "P64", encodings },
	{ "L14", notice },
	{ NULL, NULL },
};
