/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions of libpq. Where no real function exists for the caller, each returns what
 * libpq-fe.h documents as its failure.
 */
#include "call/libpq.h"

#include "call/execute.h"
#include "call/inquiry.h"
#include "call/submit.h"
#include "hooks/libpq.h"

/* ---- synchronous commands ---- */

struct pg_result *PQexec(struct pg_conn *conn, const char *query)
{
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQexec, conn, query);
	submit_begin_synchronous(&submit, &(struct submit_request){
		.kind = COMMAND_SIMPLE, .handle = conn, .query = query, .caller = RETURN_ADDRESS });
	if (!HAS(submit, PQexec))
		return NULL;
	result = submit.libpq->PQexec(conn, submit.query);
	submit_end_synchronous(&submit, result);
	return result;
}

struct pg_result *PQexecParams(struct pg_conn *conn, const char *query, int count,
			       const unsigned int *types, const char *const *values,
			       const int *lengths, const int *formats, int format)
{
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQexecParams, conn, query, count, types, values, lengths, formats, format);
	submit_begin_synchronous(&submit, &(struct submit_request){
		.kind = COMMAND_PARAMS, .handle = conn, .query = query, .parameterised = count > 0,
		.parameters = SUBMIT_PARAMETERS(count, types, values, lengths, formats),
		.caller = RETURN_ADDRESS });
	if (!HAS(submit, PQexecParams))
		return NULL;
	result = submit.libpq->PQexecParams(conn, submit.query, count, types, values, lengths,
					    formats, format);
	submit_end_synchronous(&submit, result);
	return result;
}

/*
 * The count is of parameter types that are given, not of parameters: without any the text is
 * sanitised, which leaves $1 as it is and replaces literals only.
 */
struct pg_result *PQprepare(struct pg_conn *conn, const char *name, const char *query, int count,
			    const unsigned int *types)
{
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQprepare, conn, name, query, count, types);
	submit_begin_synchronous(&submit, &(struct submit_request){
		.kind = COMMAND_PREPARE, .handle = conn, .query = query, .name = name,
		.parameterised = count > 0, .caller = RETURN_ADDRESS });
	if (!HAS(submit, PQprepare))
		return NULL;
	result = submit.libpq->PQprepare(conn, name, query, count, types);
	submit_end_synchronous(&submit, result);
	return result;
}

static APART struct pg_result *exec_prepared(struct pg_conn *conn, const char *name, int count,
					     const char *const *values, const int *lengths,
					     const int *formats, int format, const void *caller)
{
	struct submit submit;
	struct pg_result *result;

	PASS_CALLED_INSIDE(PQexecPrepared, caller, conn, name, count, values, lengths, formats,
			   format);
	submit_begin_synchronous(&submit, &(struct submit_request){
		.kind = COMMAND_EXECUTE, .handle = conn, .name = name,
		.parameters = SUBMIT_PARAMETERS(count, NULL, values, lengths, formats),
		.caller = caller });
	if (!HAS(submit, PQexecPrepared))
		return NULL;
	result = submit.libpq->PQexecPrepared(conn, name, count, values, lengths, formats, format);
	submit_end_synchronous(&submit, result);
	return result;
}

struct pg_result *PQexecPrepared(struct pg_conn *conn, const char *name, int count,
				 const char *const *values, const int *lengths, const int *formats,
				 int format)
{
	struct submit submit;
	struct pg_result *result;

	if (!execute_begin(&submit, conn, name, RETURN_ADDRESS))
		return exec_prepared(conn, name, count, values, lengths, formats, format,
				     RETURN_ADDRESS);
	result = submit.libpq->PQexecPrepared(conn, name, count, values, lengths, formats, format);
	execute_end(&submit, result);
	return result;
}

/* ---- asynchronous commands ---- */

static APART int send_query(struct pg_conn *conn, const char *query, const void *caller)
{
	struct submit submit;
	int sent;

	PASS_OTHER(PQsendQuery, caller, conn, query);

	const struct submit_request request = {
		.kind = COMMAND_SIMPLE, .handle = conn, .query = query, .caller = caller };

	submit_begin_send(&submit, &request);
	if (!HAS(submit, PQsendQuery))
		return 0;
	sent = submit.libpq->PQsendQuery(conn, submit.query);
	submit_end_send(&submit, &request, sent);
	return sent;
}

int PQsendQuery(struct pg_conn *conn, const char *query)
{
	PASS_FIRST(PQsendQuery, conn, query);
	return send_query(conn, query, RETURN_ADDRESS);
}

static APART int send_query_params(struct pg_conn *conn, const char *query, int count,
				   const unsigned int *types, const char *const *values,
				   const int *lengths, const int *formats, int format,
				   const void *caller)
{
	struct submit submit;
	int sent;

	PASS_OTHER(PQsendQueryParams, caller, conn, query, count, types, values, lengths, formats,
		   format);

	const struct submit_request request = {
		.kind = COMMAND_PARAMS, .handle = conn, .query = query, .parameterised = count > 0,
		.parameters = SUBMIT_PARAMETERS(count, types, values, lengths, formats),
		.caller = caller };

	submit_begin_send(&submit, &request);
	if (!HAS(submit, PQsendQueryParams))
		return 0;
	sent = submit.libpq->PQsendQueryParams(conn, submit.query, count, types, values, lengths,
					       formats, format);
	submit_end_send(&submit, &request, sent);
	return sent;
}

int PQsendQueryParams(struct pg_conn *conn, const char *query, int count, const unsigned int *types,
		      const char *const *values, const int *lengths, const int *formats, int format)
{
	PASS_FIRST(PQsendQueryParams, conn, query, count, types, values, lengths, formats, format);
	return send_query_params(conn, query, count, types, values, lengths, formats, format,
				 RETURN_ADDRESS);
}

static APART int send_prepare(struct pg_conn *conn, const char *name, const char *query, int count,
			      const unsigned int *types, const void *caller)
{
	struct submit submit;
	int sent;

	PASS_OTHER(PQsendPrepare, caller, conn, name, query, count, types);

	const struct submit_request request = {
		.kind = COMMAND_PREPARE, .handle = conn, .query = query, .name = name,
		.parameterised = count > 0, .caller = caller };

	submit_begin_send(&submit, &request);
	if (!HAS(submit, PQsendPrepare))
		return 0;
	sent = submit.libpq->PQsendPrepare(conn, name, query, count, types);
	submit_end_send(&submit, &request, sent);
	return sent;
}

int PQsendPrepare(struct pg_conn *conn, const char *name, const char *query, int count,
		  const unsigned int *types)
{
	PASS_FIRST(PQsendPrepare, conn, name, query, count, types);
	return send_prepare(conn, name, query, count, types, RETURN_ADDRESS);
}

static APART int send_query_prepared(struct pg_conn *conn, const char *name, int count,
				     const char *const *values, const int *lengths,
				     const int *formats, int format, const void *caller)
{
	struct submit submit;
	int sent;

	PASS_OTHER(PQsendQueryPrepared, caller, conn, name, count, values, lengths, formats,
		   format);

	const struct submit_request request = {
		.kind = COMMAND_EXECUTE, .handle = conn, .name = name,
		.parameters = SUBMIT_PARAMETERS(count, NULL, values, lengths, formats),
		.caller = caller };

	submit_begin_send(&submit, &request);
	if (!HAS(submit, PQsendQueryPrepared))
		return 0;
	sent = submit.libpq->PQsendQueryPrepared(conn, name, count, values, lengths, formats,
						 format);
	submit_end_send(&submit, &request, sent);
	return sent;
}

int PQsendQueryPrepared(struct pg_conn *conn, const char *name, int count,
			const char *const *values, const int *lengths, const int *formats,
			int format)
{
	PASS_FIRST(PQsendQueryPrepared, conn, name, count, values, lengths, formats, format);
	return send_query_prepared(conn, name, count, values, lengths, formats, format,
				   RETURN_ADDRESS);
}

/* ---- requests about statements and portals ---- */

int PQsendDescribePrepared(struct pg_conn *conn, const char *name)
{
	struct submit submit;
	int sent;

	PASS_INSIDE(PQsendDescribePrepared, conn, name);

	const struct submit_request request = {
		.kind = COMMAND_DESCRIBE, .handle = conn, .name = name, .caller = RETURN_ADDRESS };

	inquiry_begin_send(&submit, &request);
	if (!HAS(submit, PQsendDescribePrepared))
		return 0;
	sent = submit.libpq->PQsendDescribePrepared(conn, name);
	inquiry_end_send(&submit, &request, sent);
	return sent;
}

int PQsendDescribePortal(struct pg_conn *conn, const char *name)
{
	struct submit submit;
	int sent;

	PASS_INSIDE(PQsendDescribePortal, conn, name);

	const struct submit_request request = {
		.kind = COMMAND_DESCRIBE, .handle = conn, .caller = RETURN_ADDRESS };

	inquiry_begin_send(&submit, &request);
	if (!HAS(submit, PQsendDescribePortal))
		return 0;
	sent = submit.libpq->PQsendDescribePortal(conn, name);
	inquiry_end_send(&submit, &request, sent);
	return sent;
}

int PQsendClosePrepared(struct pg_conn *conn, const char *name)
{
	struct submit submit;
	int sent;

	PASS_INSIDE(PQsendClosePrepared, conn, name);

	const struct submit_request request = {
		.kind = COMMAND_CLOSE, .handle = conn, .name = name, .caller = RETURN_ADDRESS };

	inquiry_begin_send(&submit, &request);
	if (!HAS(submit, PQsendClosePrepared))
		return 0;
	sent = submit.libpq->PQsendClosePrepared(conn, name);
	inquiry_end_send(&submit, &request, sent);
	return sent;
}

int PQsendClosePortal(struct pg_conn *conn, const char *name)
{
	struct submit submit;
	int sent;

	PASS_INSIDE(PQsendClosePortal, conn, name);

	const struct submit_request request = {
		.kind = COMMAND_CLOSE, .handle = conn, .caller = RETURN_ADDRESS };

	inquiry_begin_send(&submit, &request);
	if (!HAS(submit, PQsendClosePortal))
		return 0;
	sent = submit.libpq->PQsendClosePortal(conn, name);
	inquiry_end_send(&submit, &request, sent);
	return sent;
}

struct pg_result *PQdescribePrepared(struct pg_conn *conn, const char *name)
{
	const struct submit_request request = {
		.kind = COMMAND_DESCRIBE, .handle = conn, .name = name, .caller = RETURN_ADDRESS };
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQdescribePrepared, conn, name);
	inquiry_begin(&submit, &request);
	if (!HAS(submit, PQdescribePrepared))
		return NULL;
	result = submit.libpq->PQdescribePrepared(conn, name);
	inquiry_end(&submit, &request, result);
	return result;
}

struct pg_result *PQdescribePortal(struct pg_conn *conn, const char *name)
{
	const struct submit_request request = {
		.kind = COMMAND_DESCRIBE, .handle = conn, .caller = RETURN_ADDRESS };
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQdescribePortal, conn, name);
	inquiry_begin(&submit, &request);
	if (!HAS(submit, PQdescribePortal))
		return NULL;
	result = submit.libpq->PQdescribePortal(conn, name);
	inquiry_end(&submit, &request, result);
	return result;
}

struct pg_result *PQclosePrepared(struct pg_conn *conn, const char *name)
{
	const struct submit_request request = {
		.kind = COMMAND_CLOSE, .handle = conn, .name = name, .caller = RETURN_ADDRESS };
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQclosePrepared, conn, name);
	inquiry_begin(&submit, &request);
	if (!HAS(submit, PQclosePrepared))
		return NULL;
	result = submit.libpq->PQclosePrepared(conn, name);
	inquiry_end(&submit, &request, result);
	return result;
}

struct pg_result *PQclosePortal(struct pg_conn *conn, const char *name)
{
	const struct submit_request request = {
		.kind = COMMAND_CLOSE, .handle = conn, .caller = RETURN_ADDRESS };
	struct submit submit;
	struct pg_result *result;

	PASS_INSIDE(PQclosePortal, conn, name);
	inquiry_begin(&submit, &request);
	if (!HAS(submit, PQclosePortal))
		return NULL;
	result = submit.libpq->PQclosePortal(conn, name);
	inquiry_end(&submit, &request, result);
	return result;
}

/* ---- questions of libpq's own ---- */

int PQsetClientEncoding(struct pg_conn *conn, const char *encoding)
{
	struct submit submit;

	PASS_INSIDE(PQsetClientEncoding, conn, encoding);
	submit_begin_silent(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQsetClientEncoding))
		return -1;
	return submit.libpq->PQsetClientEncoding(conn, encoding);
}

char *PQencryptPasswordConn(struct pg_conn *conn, const char *password, const char *user,
			    const char *algorithm)
{
	struct submit submit;

	PASS_INSIDE(PQencryptPasswordConn, conn, password, user, algorithm);
	submit_begin_silent(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQencryptPasswordConn))
		return NULL;
	return submit.libpq->PQencryptPasswordConn(conn, password, user, algorithm);
}

struct pg_result *PQchangePassword(struct pg_conn *conn, const char *user, const char *password)
{
	struct submit submit;

	PASS_INSIDE(PQchangePassword, conn, user, password);
	submit_begin_silent(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQchangePassword))
		return NULL;
	return submit.libpq->PQchangePassword(conn, user, password);
}

/* ---- results, pipeline, COPY ---- */

static APART struct pg_result *get_result(struct pg_conn *conn, const void *caller)
{
	struct submit submit;
	struct pg_result *result;

	PASS_OTHER(PQgetResult, caller, conn);
	submit_begin_other(&submit, conn, caller);
	if (!HAS(submit, PQgetResult))
		return NULL;
	result = submit.libpq->PQgetResult(conn);
	submit_end_get_result(&submit, result);
	return result;
}

struct pg_result *PQgetResult(struct pg_conn *conn)
{
	PASS_FIRST(PQgetResult, conn);
	return get_result(conn, RETURN_ADDRESS);
}

int PQisBusy(struct pg_conn *conn)
{
	struct submit submit;
	int busy;

	PASS_INSIDE(PQisBusy, conn);
	submit_begin_other(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQisBusy))
		return 0;
	busy = submit.libpq->PQisBusy(conn);
	submit_end_busy(&submit, busy);
	return busy;
}

int PQenterPipelineMode(struct pg_conn *conn)
{
	struct submit submit;
	int done;

	PASS_INSIDE(PQenterPipelineMode, conn);
	submit_begin_other(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQenterPipelineMode))
		return 0;
	done = submit.libpq->PQenterPipelineMode(conn);
	submit_end_pipeline(&submit, true, done);
	return done;
}

int PQexitPipelineMode(struct pg_conn *conn)
{
	struct submit submit;
	int done;

	PASS_INSIDE(PQexitPipelineMode, conn);
	submit_begin_other(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQexitPipelineMode))
		return 0;
	done = submit.libpq->PQexitPipelineMode(conn);
	submit_end_pipeline(&submit, false, done);
	return done;
}

int PQpipelineSync(struct pg_conn *conn)
{
	struct submit submit;
	int done;

	PASS_INSIDE(PQpipelineSync, conn);
	submit_begin_other(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQpipelineSync))
		return 0;
	done = submit.libpq->PQpipelineSync(conn);
	submit_end_sync(&submit, done);
	return done;
}

int PQsendPipelineSync(struct pg_conn *conn)
{
	struct submit submit;
	int done;

	PASS_INSIDE(PQsendPipelineSync, conn);
	submit_begin_other(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQsendPipelineSync))
		return 0;
	done = submit.libpq->PQsendPipelineSync(conn);
	submit_end_sync(&submit, done);
	return done;
}

int PQendcopy(struct pg_conn *conn)
{
	struct submit submit;
	int failed;

	PASS_INSIDE(PQendcopy, conn);
	submit_begin_other(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQendcopy))
		return 1;
	failed = submit.libpq->PQendcopy(conn);
	submit_end_copy(&submit, failed);
	return failed;
}

/* ---- connections ---- */

struct pg_conn *PQconnectdb(const char *conninfo)
{
	struct submit_connecting connecting;
	struct pg_conn *conn;

	PASS_INSIDE(PQconnectdb, conninfo);
	submit_begin_connect(&connecting, RETURN_ADDRESS);
	if (!HAS(connecting.submit, PQconnectdb))
		return NULL;
	conn = connecting.submit.libpq->PQconnectdb(conninfo);
	submit_end_connect(&connecting, conn, true);
	return conn;
}

struct pg_conn *PQconnectdbParams(const char *const *keywords, const char *const *values,
				  int expand)
{
	struct submit_connecting connecting;
	struct pg_conn *conn;

	PASS_INSIDE(PQconnectdbParams, keywords, values, expand);
	submit_begin_connect(&connecting, RETURN_ADDRESS);
	if (!HAS(connecting.submit, PQconnectdbParams))
		return NULL;
	conn = connecting.submit.libpq->PQconnectdbParams(keywords, values, expand);
	submit_end_connect(&connecting, conn, true);
	return conn;
}

struct pg_conn *PQsetdbLogin(const char *host, const char *port, const char *options,
			     const char *tty, const char *database, const char *login,
			     const char *password)
{
	struct submit_connecting connecting;
	struct pg_conn *conn;

	PASS_INSIDE(PQsetdbLogin, host, port, options, tty, database, login, password);
	submit_begin_connect(&connecting, RETURN_ADDRESS);
	if (!HAS(connecting.submit, PQsetdbLogin))
		return NULL;
	conn = connecting.submit.libpq->PQsetdbLogin(host, port, options, tty, database, login,
						     password);
	submit_end_connect(&connecting, conn, true);
	return conn;
}

struct pg_conn *PQconnectStart(const char *conninfo)
{
	struct submit_connecting connecting;
	struct pg_conn *conn;

	PASS_INSIDE(PQconnectStart, conninfo);
	submit_begin_connect(&connecting, RETURN_ADDRESS);
	if (!HAS(connecting.submit, PQconnectStart))
		return NULL;
	conn = connecting.submit.libpq->PQconnectStart(conninfo);
	submit_end_connect(&connecting, conn, false);
	return conn;
}

struct pg_conn *PQconnectStartParams(const char *const *keywords, const char *const *values,
				     int expand)
{
	struct submit_connecting connecting;
	struct pg_conn *conn;

	PASS_INSIDE(PQconnectStartParams, keywords, values, expand);
	submit_begin_connect(&connecting, RETURN_ADDRESS);
	if (!HAS(connecting.submit, PQconnectStartParams))
		return NULL;
	conn = connecting.submit.libpq->PQconnectStartParams(keywords, values, expand);
	submit_end_connect(&connecting, conn, false);
	return conn;
}

int PQconnectPoll(struct pg_conn *conn)
{
	struct submit submit;
	int polled;

	PASS_INSIDE(PQconnectPoll, conn);
	submit_begin_poll(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQconnectPoll))
		return PG_POLLING_FAILED;
	polled = submit.libpq->PQconnectPoll(conn);
	submit_end_poll(&submit, polled);
	return polled;
}

void PQreset(struct pg_conn *conn)
{
	struct submit submit;

	submit_begin_reset(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQreset))
		return;
	submit.libpq->PQreset(conn);
	submit_end_reset(&submit, true);
}

int PQresetStart(struct pg_conn *conn)
{
	struct submit submit;
	int started;

	PASS_INSIDE(PQresetStart, conn);
	submit_begin_reset(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQresetStart))
		return 0;
	started = submit.libpq->PQresetStart(conn);
	submit_end_reset(&submit, !started);
	return started;
}

int PQresetPoll(struct pg_conn *conn)
{
	struct submit submit;
	int polled;

	PASS_INSIDE(PQresetPoll, conn);
	submit_begin_poll(&submit, conn, RETURN_ADDRESS);
	if (!HAS(submit, PQresetPoll))
		return PG_POLLING_FAILED;
	polled = submit.libpq->PQresetPoll(conn);
	submit_end_poll(&submit, polled);
	return polled;
}

void PQfinish(struct pg_conn *conn)
{
	struct submit submit;

	submit_begin_finish(&submit, conn, RETURN_ADDRESS);
	if (HAS(submit, PQfinish))
		submit.libpq->PQfinish(conn);
}
