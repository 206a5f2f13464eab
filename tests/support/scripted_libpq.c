/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted libpq. */
#include "tests/support/scripted_libpq.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Not <libpq-fe.h>: as the hooks, with the prototypes of the list. */
#define LIBPQ(name, type) __attribute__((visibility("default"))) extern __typeof__(type) name;
#define LIBPQ_CALLED(name, type) LIBPQ(name, type)
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED

static void enter(struct pg_conn *conn)
{
	if (!conn)
		return;
	conn->calls++;
	if (conn->inside)
		conn->inside(conn);
}

static struct pg_result *next_result(struct pg_conn *conn)
{
	enter(conn);
	return conn->next < conn->results ? conn->script[conn->next++] : NULL;
}

static int accept(struct pg_conn *conn)
{
	enter(conn);
	return !conn->refuses;
}

/* Kept as a copy: the caller's may be given back. */
static void keep_query(struct pg_conn *conn, const char *query)
{
	static _Thread_local char kept[16384];

	if (!conn)
		return;
	conn->query = query ? kept : NULL;
	if (query)
		snprintf(kept, sizeof(kept), "%s", query);
}

struct pg_result *PQexec(struct pg_conn *conn, const char *query)
{
	keep_query(conn, query);
	return next_result(conn);
}

struct pg_result *PQexecParams(struct pg_conn *conn, const char *query, int count,
			       const unsigned int *types, const char *const *values,
			       const int *lengths, const int *formats, int format)
{
	(void)query, (void)count, (void)types, (void)values, (void)lengths, (void)formats;
	(void)format;
	return next_result(conn);
}

struct pg_result *PQprepare(struct pg_conn *conn, const char *name, const char *query, int count,
			    const unsigned int *types)
{
	(void)name, (void)query, (void)count, (void)types;
	return next_result(conn);
}

struct pg_result *PQexecPrepared(struct pg_conn *conn, const char *name, int count,
				 const char *const *values, const int *lengths,
				 const int *formats, int format)
{
	(void)name, (void)count, (void)values, (void)lengths, (void)formats, (void)format;
	return next_result(conn);
}

int PQsendQuery(struct pg_conn *conn, const char *query)
{
	keep_query(conn, query);
	return accept(conn);
}

int PQsendQueryParams(struct pg_conn *conn, const char *query, int count,
		      const unsigned int *types, const char *const *values, const int *lengths,
		      const int *formats, int format)
{
	(void)query, (void)count, (void)types, (void)values, (void)lengths, (void)formats;
	(void)format;
	return accept(conn);
}

int PQsendPrepare(struct pg_conn *conn, const char *name, const char *query, int count,
		  const unsigned int *types)
{
	(void)name, (void)query, (void)count, (void)types;
	return accept(conn);
}

int PQsendQueryPrepared(struct pg_conn *conn, const char *name, int count,
			const char *const *values, const int *lengths, const int *formats,
			int format)
{
	(void)name, (void)count, (void)values, (void)lengths, (void)formats, (void)format;
	return accept(conn);
}

int PQsendDescribePrepared(struct pg_conn *conn, const char *name)
{
	(void)name;
	return accept(conn);
}

int PQsendDescribePortal(struct pg_conn *conn, const char *name)
{
	(void)name;
	return accept(conn);
}

int PQsendClosePrepared(struct pg_conn *conn, const char *name)
{
	(void)name;
	return accept(conn);
}

int PQsendClosePortal(struct pg_conn *conn, const char *name)
{
	(void)name;
	return accept(conn);
}

struct pg_result *PQdescribePrepared(struct pg_conn *conn, const char *name)
{
	(void)name;
	return next_result(conn);
}

struct pg_result *PQdescribePortal(struct pg_conn *conn, const char *name)
{
	(void)name;
	return next_result(conn);
}

struct pg_result *PQclosePrepared(struct pg_conn *conn, const char *name)
{
	(void)name;
	return next_result(conn);
}

struct pg_result *PQclosePortal(struct pg_conn *conn, const char *name)
{
	(void)name;
	return next_result(conn);
}

int PQsetClientEncoding(struct pg_conn *conn, const char *encoding)
{
	(void)encoding;
	return accept(conn) ? 0 : -1;
}

char *PQencryptPasswordConn(struct pg_conn *conn, const char *password, const char *user,
			    const char *algorithm)
{
	(void)password, (void)user, (void)algorithm;
	enter(conn);
	return NULL;
}

struct pg_result *PQchangePassword(struct pg_conn *conn, const char *user, const char *password)
{
	(void)user, (void)password;
	return next_result(conn);
}

int PQisBusy(struct pg_conn *conn)
{
	enter(conn);
	return conn->next == conn->results;
}

struct pg_result *PQgetResult(struct pg_conn *conn)
{
	return next_result(conn);
}

struct pg_conn *PQconnectdb(const char *conninfo)
{
	struct pg_conn *conn = (struct pg_conn *)(uintptr_t)conninfo;

	enter(conn);
	return conn;
}

struct pg_conn *PQconnectdbParams(const char *const *keywords, const char *const *values,
				  int expand)
{
	(void)keywords, (void)values, (void)expand;
	return PQconnectdb(NULL);
}

struct pg_conn *PQsetdbLogin(const char *host, const char *port, const char *options,
			     const char *tty, const char *database, const char *login,
			     const char *password)
{
	(void)host, (void)port, (void)options, (void)tty, (void)database, (void)login;
	(void)password;
	return PQconnectdb(NULL);
}

struct pg_conn *PQconnectStart(const char *conninfo)
{
	return PQconnectdb(conninfo);
}

struct pg_conn *PQconnectStartParams(const char *const *keywords, const char *const *values,
				     int expand)
{
	return PQconnectdbParams(keywords, values, expand);
}

int PQconnectPoll(struct pg_conn *conn)
{
	enter(conn);
	return conn->polled;
}

void PQreset(struct pg_conn *conn)
{
	enter(conn);
}

int PQresetStart(struct pg_conn *conn)
{
	return accept(conn);
}

int PQresetPoll(struct pg_conn *conn)
{
	return PQconnectPoll(conn);
}

void PQfinish(struct pg_conn *conn)
{
	enter(conn);
}

int PQenterPipelineMode(struct pg_conn *conn)
{
	return accept(conn);
}

int PQexitPipelineMode(struct pg_conn *conn)
{
	return accept(conn);
}

int PQpipelineSync(struct pg_conn *conn)
{
	return accept(conn);
}

int PQsendPipelineSync(struct pg_conn *conn)
{
	return accept(conn);
}

int PQendcopy(struct pg_conn *conn)
{
	return !accept(conn);
}

int PQstatus(const struct pg_conn *conn)
{
	return conn ? conn->status : PG_CONNECTION_BAD;
}

char *PQdb(const struct pg_conn *conn)
{
	return (char *)(uintptr_t)conn->database;
}

char *PQhost(const struct pg_conn *conn)
{
	return (char *)(uintptr_t)conn->host;
}

char *PQport(const struct pg_conn *conn)
{
	return (char *)(uintptr_t)conn->port;
}

int PQsocket(const struct pg_conn *conn)
{
	return conn->fd;
}

int PQbackendPID(const struct pg_conn *conn)
{
	return conn->backend;
}

const char *PQparameterStatus(const struct pg_conn *conn, const char *name)
{
	if (!strcmp(name, "standard_conforming_strings"))
		return conn->strings;
	if (!strcmp(name, "search_path"))
		return conn->path;
	return !strcmp(name, "crdb_version") ? conn->cockroach : NULL;
}

char *PQoptions(const struct pg_conn *conn)
{
	return (char *)(uintptr_t)conn->options;
}

int PQtransactionStatus(const struct pg_conn *conn)
{
	return conn->transaction;
}

struct pg_conninfo_option *PQconninfo(struct pg_conn *conn)
{
	static struct pg_conninfo_option options[2];

	options[0].keyword = (char *)(uintptr_t)"replication";
	options[0].value = (char *)(uintptr_t)conn->replication;
	return options;
}

void PQconninfoFree(struct pg_conninfo_option *options)
{
	(void)options;
}

int PQpipelineStatus(const struct pg_conn *conn)
{
	return conn->pipeline;
}

int PQresultStatus(const struct pg_result *result)
{
	return result ? result->status : PG_FATAL_ERROR;
}

int PQntuples(const struct pg_result *result)
{
	return result->rows;
}

char *PQcmdStatus(struct pg_result *result)
{
	return (char *)(uintptr_t)result->tag;
}

char *PQcmdTuples(struct pg_result *result)
{
	return (char *)(uintptr_t)result->tuples;
}

char *PQresultErrorField(const struct pg_result *result, int field)
{
	return field == PG_DIAG_SQLSTATE_FIELD ? (char *)(uintptr_t)result->sqlstate : NULL;
}

/* ---- large objects: nothing is there ---- */

int lo_open(struct pg_conn *conn, unsigned int id, int mode)
{
	(void)id, (void)mode;
	return accept(conn) - 1;
}

int lo_close(struct pg_conn *conn, int fd)
{
	(void)fd;
	return accept(conn) - 1;
}

int lo_read(struct pg_conn *conn, int fd, char *buffer, size_t size)
{
	(void)fd, (void)buffer, (void)size;
	return accept(conn) - 1;
}

int lo_write(struct pg_conn *conn, int fd, const char *buffer, size_t size)
{
	(void)fd, (void)buffer, (void)size;
	return accept(conn) - 1;
}

int lo_lseek(struct pg_conn *conn, int fd, int offset, int whence)
{
	(void)fd, (void)offset, (void)whence;
	return accept(conn) - 1;
}

int64_t lo_lseek64(struct pg_conn *conn, int fd, int64_t offset, int whence)
{
	(void)fd, (void)offset, (void)whence;
	return accept(conn) - 1;
}

unsigned int lo_creat(struct pg_conn *conn, int mode)
{
	(void)mode;
	return (unsigned int)accept(conn);
}

unsigned int lo_create(struct pg_conn *conn, unsigned int id)
{
	(void)id;
	return (unsigned int)accept(conn);
}

int lo_tell(struct pg_conn *conn, int fd)
{
	return lo_close(conn, fd);
}

int64_t lo_tell64(struct pg_conn *conn, int fd)
{
	return lo_close(conn, fd);
}

int lo_truncate(struct pg_conn *conn, int fd, size_t size)
{
	(void)size;
	return lo_close(conn, fd);
}

int lo_truncate64(struct pg_conn *conn, int fd, int64_t size)
{
	(void)size;
	return lo_close(conn, fd);
}

int lo_unlink(struct pg_conn *conn, unsigned int id)
{
	(void)id;
	return accept(conn) - 1;
}

unsigned int lo_import(struct pg_conn *conn, const char *path)
{
	(void)path;
	return (unsigned int)accept(conn);
}

unsigned int lo_import_with_oid(struct pg_conn *conn, const char *path, unsigned int id)
{
	(void)id;
	return lo_import(conn, path);
}

int lo_export(struct pg_conn *conn, unsigned int id, const char *path)
{
	(void)path;
	return lo_unlink(conn, id);
}

struct pg_result *PQfn(struct pg_conn *conn, int function, int *buffer, int *size, int is_number,
		       const struct pg_argument *arguments, int count)
{
	(void)function, (void)buffer, (void)size, (void)is_number, (void)arguments, (void)count;
	return next_result(conn);
}
