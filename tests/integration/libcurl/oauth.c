/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A libpq that asks for a token by HTTP while it connects, as that of PostgreSQL 18 does: what is
 * sent belongs to the connection, and is no call of the program.
 */
#include <stdlib.h>

#include "case.h"

struct pg_conn {
	int status;
};

extern struct pg_conn *PQconnectdb(const char *conninfo);
extern int PQstatus(const struct pg_conn *conn);
extern void PQfinish(struct pg_conn *conn);

static void ask(CURL *handle, const char *url)
{
	CURLM *multi = curl_multi_init();
	int running = 1, left;

	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_PROXY, "");
	curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
	curl_multi_add_handle(multi, handle);
	while (running && !curl_multi_perform(multi, &running))
		curl_multi_poll(multi, NULL, 0, 50, NULL);
	curl_multi_info_read(multi, &left);
	curl_multi_remove_handle(multi, handle);
	curl_multi_cleanup(multi);
}

struct pg_conn *PQconnectdb(const char *conninfo)
{
	struct pg_conn *conn = calloc(1, sizeof(*conn));
	CURL *handle = curl_easy_init();

	if (!conn || !handle)
		abort();
	ask(handle, conninfo);
	conn->status = curl_easy_perform(handle) != CURLE_OK;
	curl_easy_cleanup(handle);
	return conn;
}

int PQstatus(const struct pg_conn *conn)
{
	return conn->status;
}

void PQfinish(struct pg_conn *conn)
{
	free(conn);
}

/* What else every libpq has: here it says nothing. */
#define SAYS(type, name, what)                                                                     \
	extern type name(const void *of);                                                          \
	type name(const void *of)                                                                  \
	{                                                                                          \
		(void)of;                                                                          \
		return what;                                                                       \
	}

SAYS(const char *, PQhost, "db")
SAYS(const char *, PQport, "5432")
SAYS(const char *, PQdb, "shop")
SAYS(const char *, PQerrorMessage, "")
SAYS(int, PQsocket, -1)
SAYS(int, PQbackendPID, 1)
SAYS(void *, PQexec, NULL)
SAYS(void *, PQgetResult, NULL)
SAYS(const char *, PQparameterStatus, NULL)
SAYS(int, PQresultStatus, 7)
SAYS(int, PQntuples, 0)
SAYS(const char *, PQcmdStatus, "")
SAYS(const char *, PQcmdTuples, "")
SAYS(const char *, PQresultErrorField, NULL)
