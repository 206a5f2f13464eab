/* SPDX-License-Identifier: Apache-2.0 */
/* A program's calls to the scripted libpq. */
#include "tests/support/test.h"

#include "tests/support/program.h"

#include "base/arena.h"
#include "call/execute.h"
#include "call/inquiry.h"
#include "tests/support/traced.h"

/* Named here, so that the program needs the scripted libpq as others need the real one. */
extern struct pg_result *PQexec(struct pg_conn *, const char *)
	__attribute__((visibility("default")));

struct pg_conn scripted_conn(void)
{
	return (struct pg_conn){ .fd = -1,
				 .backend = 4711,
				 .database = "shop",
				 .host = "db.example",
				 .port = "5432",
				 .polled = PG_POLLING_OK };
}

void script_set(struct pg_conn *conn, struct pg_result *const *results, size_t count)
{
	assert_true(count <= SCRIPT_RESULTS);
	memcpy(conn->script, results, count * sizeof(*results));
	conn->next = 0;
	conn->results = count;
}

const void *program_address(void)
{
	return (const uint8_t *)(uintptr_t)program_address + 1;
}

const void *libpq_address(void)
{
	return (const uint8_t *)(uintptr_t)PQexec + 1;
}

static bool always_ready(void)
{
	return true;
}

void program_begin_with(const struct call_options *options)
{
	program_begin(SUBMIT_CONNECT_OFF);
	call_options = *options;
	call_options.extra = options->parameters || options->comments;
}

void program_begin(enum submit_connect connects)
{
	traced_clear();
	call_options = (struct call_options){ .parameters = 0 };
	submit_enable(always_ready, connects);
	atomic_store(&submit_ready_process, arena_process_id());
}

static struct submit_request request_of(struct pg_conn *conn, enum command_kind kind)
{
	return (struct submit_request){ .kind = kind, .handle = conn,
					.caller = program_address() };
}

static struct pg_result *synchronous(const struct submit_request *request)
{
	struct submit submit;
	struct pg_result *result;

	submit_begin_synchronous(&submit, request);
	assert_non_null(submit.libpq);
	result = submit.libpq->PQexec(request->handle, submit.query);
	submit_end_synchronous(&submit, result);
	return result;
}

/* As the hook of PQexecPrepared does. */
static struct pg_result *execute(const struct submit_request *request)
{
	struct submit submit;
	struct pg_result *result;

	if (!execute_begin(&submit, request->handle, request->name, request->caller))
		return synchronous(request);
	result = submit.libpq->PQexec(request->handle, NULL);
	execute_end(&submit, result);
	return result;
}

static int asynchronous(const struct submit_request *request)
{
	struct submit submit;
	int sent;

	submit_begin_send(&submit, request);
	assert_non_null(submit.libpq);
	sent = submit.libpq->PQsendQuery(request->handle, submit.query);
	submit_end_send(&submit, request, sent);
	return sent;
}

struct pg_result *call_exec(struct pg_conn *conn, const char *query)
{
	struct submit_request request = request_of(conn, COMMAND_SIMPLE);

	request.query = query;
	return synchronous(&request);
}

struct pg_result *call_exec_params(struct pg_conn *conn, const char *query, int count)
{
	struct submit_request request = request_of(conn, COMMAND_PARAMS);

	request.query = query;
	request.parameterised = count > 0;
	return synchronous(&request);
}

static struct parameter_list list_of(int count, const char *const *values)
{
	return (struct parameter_list){ .count = count, .values = values };
}

struct pg_result *call_exec_values(struct pg_conn *conn, const char *query, int count,
				   const char *const *values)
{
	struct submit_request request = request_of(conn, COMMAND_PARAMS);
	struct parameter_list list = list_of(count, values);

	request.query = query;
	request.parameterised = count > 0;
	request.parameters = call_options.parameters ? &list : NULL;
	return synchronous(&request);
}

struct pg_result *call_exec_prepared_values(struct pg_conn *conn, const char *name, int count,
					    const char *const *values)
{
	struct submit_request request = request_of(conn, COMMAND_EXECUTE);
	struct parameter_list list = list_of(count, values);

	request.name = name;
	request.parameters = call_options.parameters ? &list : NULL;
	return execute(&request);
}

int call_send_values(struct pg_conn *conn, const char *query, int count, const char *const *values)
{
	struct submit_request request = request_of(conn, COMMAND_PARAMS);
	struct parameter_list list = list_of(count, values);

	request.query = query;
	request.parameterised = count > 0;
	request.parameters = call_options.parameters ? &list : NULL;
	return asynchronous(&request);
}

struct pg_result *call_prepare(struct pg_conn *conn, const char *name, const char *query)
{
	struct submit_request request = request_of(conn, COMMAND_PREPARE);

	request.query = query;
	request.name = name;
	return synchronous(&request);
}

struct pg_result *call_exec_prepared(struct pg_conn *conn, const char *name)
{
	struct submit_request request = request_of(conn, COMMAND_EXECUTE);

	request.name = name;
	return execute(&request);
}

int call_send(struct pg_conn *conn, const char *query)
{
	struct submit_request request = request_of(conn, COMMAND_SIMPLE);

	request.query = query;
	return asynchronous(&request);
}

int call_send_params(struct pg_conn *conn, const char *query, int count)
{
	struct submit_request request = request_of(conn, COMMAND_PARAMS);

	request.query = query;
	request.parameterised = count > 0;
	return asynchronous(&request);
}

int call_send_prepare(struct pg_conn *conn, const char *name, const char *query)
{
	struct submit_request request = request_of(conn, COMMAND_PREPARE);

	request.query = query;
	request.name = name;
	return asynchronous(&request);
}

int call_send_prepared(struct pg_conn *conn, const char *name)
{
	struct submit_request request = request_of(conn, COMMAND_EXECUTE);

	request.name = name;
	return asynchronous(&request);
}

int call_send_describe(struct pg_conn *conn, const char *name)
{
	struct submit_request request = request_of(conn, COMMAND_DESCRIBE);
	struct submit submit;
	int sent;

	request.name = name;
	inquiry_begin_send(&submit, &request);
	sent = submit.libpq->PQsendDescribePrepared(conn, name);
	inquiry_end_send(&submit, &request, sent);
	return sent;
}

int call_send_close(struct pg_conn *conn, const char *name)
{
	struct submit_request request = request_of(conn, COMMAND_CLOSE);
	struct submit submit;
	int sent;

	request.name = name;
	inquiry_begin_send(&submit, &request);
	sent = submit.libpq->PQsendClosePrepared(conn, name);
	inquiry_end_send(&submit, &request, sent);
	return sent;
}

struct pg_result *call_close(struct pg_conn *conn, const char *name)
{
	struct submit_request request = request_of(conn, COMMAND_CLOSE);
	struct submit submit;
	struct pg_result *result;

	request.name = name;
	inquiry_begin(&submit, &request);
	result = submit.libpq->PQclosePrepared(conn, name);
	inquiry_end(&submit, &request, result);
	return result;
}

int call_object(struct pg_conn *conn, const char *name, int answer)
{
	struct submit submit;

	inquiry_begin_object(&submit, conn, name, program_address());
	if (conn->inside)
		conn->inside(conn);
	inquiry_end_object(&submit, answer < 0);
	return answer;
}

struct pg_result *call_function(struct pg_conn *conn)
{
	struct submit submit;
	struct pg_result *result;

	inquiry_begin_function(&submit, conn, program_address());
	result = submit.libpq->PQexec(conn, "");
	inquiry_end_function(&submit, result);
	return result;
}

int call_is_busy(struct pg_conn *conn)
{
	struct submit submit;
	int busy;

	submit_begin_other(&submit, conn, program_address());
	busy = submit.libpq->PQisBusy(conn);
	submit_end_busy(&submit, busy);
	return busy;
}

struct pg_result *call_get_result(struct pg_conn *conn)
{
	struct submit submit;
	struct pg_result *result;

	submit_begin_other(&submit, conn, program_address());
	assert_non_null(submit.libpq);
	result = submit.libpq->PQgetResult(conn);
	submit_end_get_result(&submit, result);
	return result;
}

size_t call_get_results(struct pg_conn *conn)
{
	size_t count = 0;

	for (; conn->next < conn->results; count++)
		call_get_result(conn);
	return count;
}

int call_enter_pipeline(struct pg_conn *conn)
{
	struct submit submit;
	int done;

	submit_begin_other(&submit, conn, program_address());
	done = submit.libpq->PQenterPipelineMode(conn);
	submit_end_pipeline(&submit, true, done);
	return done;
}

int call_exit_pipeline(struct pg_conn *conn)
{
	struct submit submit;
	int done;

	submit_begin_other(&submit, conn, program_address());
	done = submit.libpq->PQexitPipelineMode(conn);
	submit_end_pipeline(&submit, false, done);
	return done;
}

int call_sync(struct pg_conn *conn)
{
	struct submit submit;
	int done;

	submit_begin_other(&submit, conn, program_address());
	done = submit.libpq->PQpipelineSync(conn);
	submit_end_sync(&submit, done);
	return done;
}

int call_endcopy(struct pg_conn *conn)
{
	struct submit submit;
	int failed;

	submit_begin_other(&submit, conn, program_address());
	failed = submit.libpq->PQendcopy(conn);
	submit_end_copy(&submit, failed);
	return failed;
}

static struct pg_conn *connect_as(struct pg_conn *conn, bool finished)
{
	struct submit_connecting begun;
	struct pg_conn *answered;

	submit_begin_connect(&begun, program_address());
	assert_non_null(begun.submit.libpq);
	answered = begun.submit.libpq->PQconnectdb((const char *)conn);
	submit_end_connect(&begun, answered, finished);
	return answered;
}

struct pg_conn *call_connect(struct pg_conn *conn)
{
	return connect_as(conn, true);
}

struct pg_conn *call_connect_start(struct pg_conn *conn)
{
	return connect_as(conn, false);
}

int call_connect_poll(struct pg_conn *conn)
{
	struct submit submit;
	int polled;

	submit_begin_poll(&submit, conn, program_address());
	polled = submit.libpq->PQconnectPoll(conn);
	submit_end_poll(&submit, polled);
	return polled;
}

void call_reset(struct pg_conn *conn)
{
	struct submit submit;

	submit_begin_reset(&submit, conn, program_address());
	submit.libpq->PQreset(conn);
	submit_end_reset(&submit, true);
}

int call_reset_start(struct pg_conn *conn)
{
	struct submit submit;
	int started;

	submit_begin_reset(&submit, conn, program_address());
	started = submit.libpq->PQresetStart(conn);
	submit_end_reset(&submit, !started);
	return started;
}

int call_reset_poll(struct pg_conn *conn)
{
	return call_connect_poll(conn);
}

void call_finish(struct pg_conn *conn)
{
	struct submit submit;

	submit_begin_finish(&submit, conn, program_address());
	if (submit.libpq)
		submit.libpq->PQfinish(conn);
}
