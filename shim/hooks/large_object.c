/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions of large objects and the fast path. They are made of calls of libpq to
 * itself, which pass through; without a real function each returns its documented failure.
 */
#include "base/cold.h"
#include "call/connection.h"
#include "call/inquiry.h"
#include "hooks/libpq.h"

/*
 * The function @name that @caller calls without us, which may be another library's: these names
 * are not libpq's alone. Null where @conn is a connection that we know, and where there is none.
 */
static COLD void *elsewhere(struct pg_conn *conn, const char *name, const void *caller)
{
	struct resolve_object from, owner;

	if (connection_find(conn) || !resolve_owner(caller, &from) ||
	    !resolve_provider(&from, name, RESOLVE_GLOBAL_FIRST, &owner))
		return NULL;
	return resolve_in_object(owner.load_address, owner.dynamic, name);
}

/* One function: its type, its real call, what means failure and what failed. */
#define LARGE_OBJECT(type, name, parameters, arguments, failure, failed)                           \
	type name parameters                                                                       \
	{                                                                                          \
		const struct libpq *inside = libpq_inside(RETURN_ADDRESS);                         \
		__typeof__(type parameters) *other;                                                \
		struct submit submit;                                                              \
		type result;                                                                       \
                                                                                                   \
		if (inside && inside->name)                                                        \
			return inside->name arguments;                                             \
		*(void **)&other = elsewhere(conn, #name, RETURN_ADDRESS);                         \
		if (other)                                                                         \
			return other arguments;                                                    \
		inquiry_begin_object(&submit, conn, #name, RETURN_ADDRESS);                        \
		if (!HAS(submit, name))                                                            \
			return failure;                                                            \
		result = submit.libpq->name arguments;                                             \
		inquiry_end_object(&submit, failed);                                               \
		return result;                                                                     \
	}

LARGE_OBJECT(int, lo_open, (struct pg_conn *conn, unsigned int id, int mode), (conn, id, mode), -1,
	     result < 0)
LARGE_OBJECT(int, lo_close, (struct pg_conn *conn, int fd), (conn, fd), -1, result < 0)
LARGE_OBJECT(int, lo_read, (struct pg_conn *conn, int fd, char *buffer, size_t size),
	     (conn, fd, buffer, size), -1, result < 0)
LARGE_OBJECT(int, lo_write, (struct pg_conn *conn, int fd, const char *buffer, size_t size),
	     (conn, fd, buffer, size), -1, result < 0)
LARGE_OBJECT(int, lo_lseek, (struct pg_conn *conn, int fd, int offset, int whence),
	     (conn, fd, offset, whence), -1, result < 0)
LARGE_OBJECT(int64_t, lo_lseek64, (struct pg_conn *conn, int fd, int64_t offset, int whence),
	     (conn, fd, offset, whence), -1, result < 0)
LARGE_OBJECT(unsigned int, lo_creat, (struct pg_conn *conn, int mode), (conn, mode), 0, !result)
LARGE_OBJECT(unsigned int, lo_create, (struct pg_conn *conn, unsigned int id), (conn, id), 0,
	     !result)
LARGE_OBJECT(int, lo_tell, (struct pg_conn *conn, int fd), (conn, fd), -1, result < 0)
LARGE_OBJECT(int64_t, lo_tell64, (struct pg_conn *conn, int fd), (conn, fd), -1, result < 0)
LARGE_OBJECT(int, lo_truncate, (struct pg_conn *conn, int fd, size_t size), (conn, fd, size), -1,
	     result < 0)
LARGE_OBJECT(int, lo_truncate64, (struct pg_conn *conn, int fd, int64_t size), (conn, fd, size), -1,
	     result < 0)
LARGE_OBJECT(int, lo_unlink, (struct pg_conn *conn, unsigned int id), (conn, id), -1, result < 0)
LARGE_OBJECT(unsigned int, lo_import, (struct pg_conn *conn, const char *path), (conn, path), 0,
	     !result)
LARGE_OBJECT(unsigned int, lo_import_with_oid,
	     (struct pg_conn *conn, const char *path, unsigned int id), (conn, path, id), 0,
	     !result)
LARGE_OBJECT(int, lo_export, (struct pg_conn *conn, unsigned int id, const char *path),
	     (conn, id, path), -1, result < 0)

struct pg_result *PQfn(struct pg_conn *conn, int function, int *buffer, int *size, int is_number,
		       const struct pg_argument *arguments, int count)
{
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQfn, conn, function, buffer, size, is_number, arguments, count);
	inquiry_begin_function(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQfn))
		return NULL;
	result = submit.libpq->PQfn(conn, function, buffer, size, is_number, arguments, count);
	inquiry_end_function(&submit, result);
	return result;
}
