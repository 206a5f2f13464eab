/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that is linked with libpq.
 *
 *	linked weak	functions that this libpq is too old for
 *	linked notice	a callback of one connection runs a statement on another
 *	linked jump	a callback jumps out of the call
 *	linked same	what dlsym gives for a function that the program is bound to
 *	linked plugin FILE	runs a statement itself, and has a plugin run one
 */
#include <dlfcn.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

extern int PQsendPipelineSync(PGconn *conn) __attribute__((weak));

static const char raise_notice[] = "do $$ begin raise notice 'noticed'; end $$";

static PGconn *other;
static jmp_buf away;

static int run(PGconn *db, const char *sql)
{
	PGresult *result = PQexec(db, sql);
	ExecStatusType status = PQresultStatus(result);

	printf("%s: %s\n", PQresStatus(status),
	       status == PGRES_TUPLES_OK ? PQgetvalue(result, 0, 0) : PQcmdStatus(result));
	PQclear(result);
	return status == PGRES_FATAL_ERROR;
}

/* Whether the weak name is bound is what we change; what it is good for is not. */
static int weak(PGconn *db)
{
	printf("%s\n", dlsym(RTLD_DEFAULT, "PQsendPipelineSync") ? "found" : "absent");
	printf("%d\n", PQsendPipelineSync ? PQsendPipelineSync(db) : 0);
	return run(db, "select 'weak'");
}

static void on_notice(void *argument, const char *message)
{
	(void)argument;
	printf("%s", message);
	run(other, "select 'from a callback'");
}

static void on_notice_jump(void *argument, const char *message)
{
	(void)argument;
	(void)message;
	longjmp(away, 1);
}

static int notice(PGconn *db)
{
	other = PQconnectdb("");
	PQsetNoticeProcessor(db, on_notice, NULL);
	run(db, raise_notice);
	PQfinish(other);
	return run(db, "select 'after the notice'");
}

static int jump(PGconn *db)
{
	PQsetNoticeProcessor(db, on_notice_jump, NULL);
	if (setjmp(away) == 0)
		run(db, raise_notice);
	db = PQconnectdb("");
	run(db, "select 'after the jump'");
	PQfinish(db);
	return 0;
}

static int same(PGconn *db)
{
	PGresult *(*exec)(PGconn *, const char *);
	void *handle = dlopen("libpq.so.5", RTLD_NOW);

	*(void **)&exec = dlsym(RTLD_DEFAULT, "PQexec");
	printf("default %d\n", exec == PQexec);
	PQclear(exec(db, "select 'default'"));
	*(void **)&exec = dlsym(handle, "PQexec");
	printf("handle %d\n", exec == PQexec);
	PQclear(exec(db, "select 'handle'"));
	*(void **)&exec = dlsym(RTLD_NEXT, "PQexec");
	printf("next %d\n", exec == PQexec);
	return 0;
}

static int plugin(PGconn *db, const char *file)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
	int (*query)(const char *);

	if (!handle) {
		puts(dlerror());
		return 1;
	}
	query = dlsym(handle, "plugin_query");
	return run(db, "select 'main'") | query("select 'plugin'") | run(db, "select 'main'");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	PGconn *db = PQconnectdb("");

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "weak"))
		return weak(db);
	if (!strcmp(what, "notice"))
		return notice(db);
	if (!strcmp(what, "jump"))
		return jump(db);
	if (!strcmp(what, "same"))
		return same(db);
	if (!strcmp(what, "plugin") && argc > 2)
		return plugin(db, argv[2]);
	return 2;
}
