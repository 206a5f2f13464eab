/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another library with names of libpq's: large objects of its own, and with STANDS_IN also the few
 * functions of libpq that a program's own tests need.
 */
#include <stddef.h>

int lo_open(const int *object, unsigned int id, int mode);
int lo_open(const int *object, unsigned int id, int mode)
{
	return object[0] + (int)id + mode;
}

int lo_close(const int *object, int fd);
int lo_close(const int *object, int fd)
{
	return object[1] - fd;
}

#ifdef STANDS_IN

static int connection, result;

void *PQconnectdb(const char *conninfo);
void *PQconnectdb(const char *conninfo)
{
	return conninfo ? &connection : NULL;
}

void *PQexec(const void *conn, const char *query);
void *PQexec(const void *conn, const char *query)
{
	return conn == &connection && query ? &result : NULL;
}

int PQntuples(const void *answer);
int PQntuples(const void *answer)
{
	return answer == &result ? 3 : -1;
}

void PQclear(const void *answer);
void PQclear(const void *answer)
{
	(void)answer;
}

void PQfinish(const void *conn);
void PQfinish(const void *conn)
{
	(void)conn;
}

#endif
