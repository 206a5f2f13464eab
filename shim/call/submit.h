/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hook of libpq says before and after the real call. Each pair begins with one structure on
 * the hook's stack, which holds no thread-local address and no lock, so that the real call may run
 * callbacks that call us again, fork, switch threads, throw or jump away.
 *
 * begin always leaves `libpq` as the functions to call (null: nothing real exists for this caller:
 * the hook returns the documented failure) and never fails otherwise: what cannot be traced is
 * passed through and counted.
 *
 * Threads: that of the connection; any number at once on different connections.
 */
#ifndef CALL_SUBMIT_H
#define CALL_SUBMIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "call/command.h"
#include "call/libpq.h"
#include "call/option.h"
#include "call/parameter.h"

/* Apart from the hook, also where a whole program is optimised at once: see base/guard.h. */
#define SUBMIT_APART __attribute__((noinline))

enum submit_connect { SUBMIT_CONNECT_ON, SUBMIT_CONNECT_ERRORS, SUBMIT_CONNECT_OFF };

/*
 * Begins tracing. @ready is asked before each call, on the application thread, whether this
 * process has an area to write into, and makes it if need be.
 */
void submit_enable(bool (*ready)(void), enum submit_connect connects);

/*
 * The process, by arena_process_id(), for which @ready need not be asked: it would say yes. 0: ask.
 * Whoever sets it takes it back before that ceases to be true.
 */
extern _Atomic uint64_t submit_ready_process;

struct submit {
	const struct libpq *libpq;
	const char *query;		/* to give to the real function: the program's, or a copy */
	struct connection *connection;	/* null: this call is not traced */
	struct command *command;	/* null: nothing was begun */
	/* A callback may have forked: then what was begun is the parent's. */
	uint64_t process_id;
};

struct submit_request {
	enum command_kind kind;
	struct pg_conn *handle;
	const char *query;		/* null: none */
	const char *name;		/* of a prepared statement */
	bool parameterised;
	const struct parameter_list *parameters;	/* null: none, or not asked for */
	const void *caller;		/* the hook's return address */
};

/* The bound values, where options ask for them; to be named in the request itself. */
#define SUBMIT_PARAMETERS(count_, types_, values_, lengths_, formats_)                             \
	(__builtin_expect(call_options.parameters != 0, 0) ?                                       \
		 &(struct parameter_list){ .count = (count_), .types = (types_),                   \
					   .values = (values_), .lengths = (lengths_),             \
					   .formats = (formats_) } :                               \
		 NULL)

/* PQexec, PQexecParams, PQprepare, PQexecPrepared */
SUBMIT_APART void submit_begin_synchronous(struct submit *submit,
					   const struct submit_request *request);
SUBMIT_APART void submit_end_synchronous(struct submit *submit, struct pg_result *result);

/* PQsendQuery and kin; the query must be passed again, it is read while the server works. */
SUBMIT_APART void submit_begin_send(struct submit *submit, const struct submit_request *request);
SUBMIT_APART void submit_end_send(struct submit *submit, const struct submit_request *request,
				  int sent);

/* A call on a known connection that begins no command: PQgetResult, the pipeline's, PQendcopy. */
SUBMIT_APART void submit_begin_other(struct submit *submit, struct pg_conn *handle,
				     const void *caller);
SUBMIT_APART void submit_end_get_result(struct submit *submit, struct pg_result *result);
SUBMIT_APART void submit_end_pipeline(struct submit *submit, bool entered, int done);
SUBMIT_APART void submit_end_sync(struct submit *submit, int done);
SUBMIT_APART void submit_end_copy(struct submit *submit, int failed);
/* PQisBusy: where it is not, the next result came whole, whenever it will be fetched. */
SUBMIT_APART void submit_end_busy(struct submit *submit, int busy);
/*
 * PQsendDescribePrepared and kin: results, and no span. @closed, null the unnamed one: no name from
 * now on. These two and the silent ones are for call/inquiry.h.
 */
SUBMIT_APART void submit_end_untold(struct submit *submit, int sent);
SUBMIT_APART void submit_end_close(struct submit *submit, const char *closed);

/*
 * Synchronous calls without a span: PQdescribePrepared, PQclosePrepared, PQsetClientEncoding and
 * kin. libpq discards what was left of the commands before.
 */
SUBMIT_APART void submit_begin_silent(struct submit *submit, struct pg_conn *handle,
				      const void *caller);
SUBMIT_APART void submit_end_silent(struct submit *submit);
SUBMIT_APART void submit_end_closed(struct submit *submit, const char *name,
				    struct pg_result *result);

/* A function that has no result of libpq's to look at, begun as a synchronous command. */
SUBMIT_APART void submit_end_function(struct submit *submit, bool failed);

/*
 * Connecting. PQconnectdb and PQconnectStart have no handle before the call: begin makes the span's
 * head and an open call, end enters the handle that came back (null: out of memory, a span without
 * a connection is not made).
 */
struct submit_connecting {
	struct submit submit;
	struct span_record span;
	struct area_call *open;
	bool traced;
};

SUBMIT_APART void submit_begin_connect(struct submit_connecting *connecting, const void *caller);
SUBMIT_APART void submit_end_connect(struct submit_connecting *connecting, struct pg_conn *handle,
			bool finished);

/* PQreset (@finished at the end: true) and PQresetStart. */
SUBMIT_APART void submit_begin_reset(struct submit *submit, struct pg_conn *handle,
				     const void *caller);
SUBMIT_APART void submit_end_reset(struct submit *submit, bool finished);

/* PQconnectPoll and PQresetPoll. */
SUBMIT_APART void submit_begin_poll(struct submit *submit, struct pg_conn *handle,
				    const void *caller);
SUBMIT_APART void submit_end_poll(struct submit *submit, int polled);

/* PQfinish: before the real call, after which the handle's address may be another connection's. */
SUBMIT_APART void submit_begin_finish(struct submit *submit, struct pg_conn *handle,
				      const void *caller);

#endif
