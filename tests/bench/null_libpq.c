/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A libpq that answers at once: what remains of a call is our own share. One connection, one row
 * in each result. For the benchmarks only, where a server's own noise would be hundreds of times
 * what is measured.
 */
#include <stddef.h>

struct pg_conn {
	int unused;
};

struct pg_result {
	int status, rows;
};

#define API __attribute__((visibility("default")))

static struct pg_conn connection[64];
static struct pg_result row = { 2, 1 }, done = { 1, 0 };
static int taken;

API struct pg_conn *PQconnectdb(const char *conninfo);
API struct pg_conn *PQconnectdb(const char *conninfo)
{
	(void)conninfo;
	return &connection[__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED) % 64];
}

API struct pg_result *PQexec(struct pg_conn *conn, const char *query);
API struct pg_result *PQexec(struct pg_conn *conn, const char *query)
{
	return conn && query ? &row : NULL;
}

API struct pg_result *PQprepare(struct pg_conn *conn, const char *name, const char *query,
				int count, const unsigned int *types);
API struct pg_result *PQprepare(struct pg_conn *conn, const char *name, const char *query,
				int count, const unsigned int *types)
{
	(void)types;
	return conn && name && query && count >= 0 ? &done : NULL;
}

API struct pg_result *PQexecPrepared(struct pg_conn *conn, const char *name, int count,
				     const char *const *values, const int *lengths,
				     const int *formats, int format);
API struct pg_result *PQexecPrepared(struct pg_conn *conn, const char *name, int count,
				     const char *const *values, const int *lengths,
				     const int *formats, int format)
{
	(void)values;
	(void)lengths;
	(void)formats;
	return conn && name && count >= 0 && format >= 0 ? &row : NULL;
}

API struct pg_result *PQgetResult(struct pg_conn *conn);
API struct pg_result *PQgetResult(struct pg_conn *conn)
{
	(void)conn;
	return NULL;
}

API void PQfinish(struct pg_conn *conn);
API void PQfinish(struct pg_conn *conn)
{
	(void)conn;
}

API int PQstatus(const struct pg_conn *conn);
API int PQstatus(const struct pg_conn *conn)
{
	return conn ? 0 : 1;
}

API int PQtransactionStatus(const struct pg_conn *conn);
API int PQtransactionStatus(const struct pg_conn *conn)
{
	return conn ? 0 : 4;
}

API const char *PQparameterStatus(const struct pg_conn *conn, const char *name);
API const char *PQparameterStatus(const struct pg_conn *conn, const char *name)
{
	if (!conn || !name)
		return NULL;
	return name[0] == 's' && name[1] == 't' ? "on" : NULL;	/* standard_conforming_strings */
}

#define TEXT(name, text)                                                                           \
	API char *name(const struct pg_conn *conn);                                                \
	API char *name(const struct pg_conn *conn)                                                 \
	{                                                                                          \
		static char answer[] = text;                                                       \
		return conn ? answer : NULL;                                                       \
	}

TEXT(PQdb, "shop")
TEXT(PQhost, "db1.example.com")
TEXT(PQport, "5433")
TEXT(PQoptions, "")

API int PQsocket(const struct pg_conn *conn);
API int PQsocket(const struct pg_conn *conn)
{
	return conn ? -1 : 0;
}

API int PQbackendPID(const struct pg_conn *conn);
API int PQbackendPID(const struct pg_conn *conn)
{
	return conn ? 4711 : 0;
}

API int PQresultStatus(const struct pg_result *result);
API int PQresultStatus(const struct pg_result *result)
{
	return result->status;
}

API char *PQresultErrorField(const struct pg_result *result, int field);
API char *PQresultErrorField(const struct pg_result *result, int field)
{
	(void)result;
	(void)field;
	return NULL;
}

API int PQntuples(const struct pg_result *result);
API int PQntuples(const struct pg_result *result)
{
	return result->rows;
}

API char *PQcmdStatus(struct pg_result *result);
API char *PQcmdStatus(struct pg_result *result)
{
	static char tag[] = "SELECT 1", prepare[] = "PREPARE";

	return result == &row ? tag : prepare;
}

API char *PQcmdTuples(struct pg_result *result);
API char *PQcmdTuples(struct pg_result *result)
{
	static char count[] = "1", none[] = "";

	return result == &row ? count : none;
}
