/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's preload, by the book: its constructor asks before ours, its function the next. */
#include <dlfcn.h>
#include <libpq-fe.h>
#include <stdio.h>

static PGresult *(*real_exec)(PGconn *, const char *);

__attribute__((constructor)) static void begin(void)
{
	*(void **)&real_exec = dlsym(RTLD_NEXT, "PQexec");
}

PGresult *PQexec(PGconn *conn, const char *query)
{
	printf("next: %s\n", query);
	return real_exec(conn, query);
}
