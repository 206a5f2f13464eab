/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What crosses the border of a process: the context, its tracestate and the baggage, read from and
 * written as the fields of a carrier (headers of a request, variables of an environment) in the
 * formats of propagator.def, by the rules of otel-spec 7. A set of formats is an unsigned with
 * their PROPAGATOR_BIT()s; none of them is the empty set.
 *
 * Threads: pure functions over the caller's bytes: no allocation, no system call, no state.
 * Failure: what is malformed is as if it were not there.
 */
#ifndef TRACE_PROPAGATION_H
#define TRACE_PROPAGATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "trace/b3.h"
#include "trace/baggage.h"
#include "trace/context.h"
#include "trace/jaeger.h"
#include "trace/tracestate.h"
#include "trace/xray.h"

enum propagator {
#define PROPAGATOR(identifier, name) PROPAGATOR_##identifier,
#include "trace/propagator.def"
#undef PROPAGATOR
	PROPAGATORS
};

#define PROPAGATOR_BIT(identifier) (1u << PROPAGATOR_##identifier)

/* What one carrier gets, of all formats together. */
#define PROPAGATION_FIELDS_MAX 13
/* Any name of a field with its terminating zero; the same holds for its variable. */
#define PROPAGATION_NAME_MAX 24
/* How often one field may come; what is more is malformed */
#define PROPAGATION_LINES_MAX 32

/* Lives as long as the texts that its slices were cut from. */
struct propagated {
	struct trace_context context;	/* invalid: none */
	bool debug;			/* B3 and jaeger: sample it, whatever a sampler says */
	struct slice tracestate;	/* empty: none; checked, as it goes on the wire */
	struct slice baggage;		/* the same */
};

/* Where fields are read. */
struct carrier {
	/*
	 * The @index-th value, from 0, of a field whose name, given in small letters, is compared
	 * without regard to case; `.data == NULL`: there are not so many.
	 */
	struct slice (*get)(const void *data, const char *name, size_t index);
	const void *data;
};

/* The caller's room for what is put together; must live as long as the result. */
struct propagation_text {
	struct tracestate members;	/* of use during the extraction only */
	uint8_t tracestate[TRACESTATE_SIZE_MAX];
	uint8_t baggage[BAGGAGE_SIZE_MAX];
};

/*
 * Reads what @carrier brings. All of @ret is set: an invalid context without tracestate where there
 * is none or it is malformed, and baggage by itself. The context is remote.
 */
void propagation_extract(unsigned propagators, const struct carrier *carrier,
			 struct propagation_text *text, struct propagated *ret);

struct propagation_field {
	const char *name;	/* in small letters, static */
	struct slice value;
};

/* The caller's room for what is written; the values lie in it, in @from or in static text. */
struct propagation_lines {
	char traceparent[TRACEPARENT_SIZE + 1];
	char b3[B3_SIZE + 1];
	char jaeger[JAEGER_SIZE + 1];
	char xray[XRAY_SIZE + 1];
	char trace_id[32], span_id[16];
};

/*
 * The fields that carry @from; how many. None when there is nothing: an invalid context is not
 * written, baggage goes by itself. Every value is legal text of a header, never empty.
 */
size_t propagation_inject(unsigned propagators, const struct propagated *from,
			  struct propagation_lines *room,
			  struct propagation_field fields[PROPAGATION_FIELDS_MAX]);

/*
 * Which of @propagators have a field of this name, in any case: these the program sees to itself
 * when it sets such a field (who sends `traceparent` sends its own tracestate, or none). 0: it is
 * none of their fields.
 */
unsigned propagation_names(unsigned propagators, struct slice name);

/* The same for the name of a variable, which is compared exactly: `traceparent` is none. */
unsigned propagation_names_variable(unsigned propagators, struct slice name);

/* The name of the @index-th field, from 0, of a set, in small letters, static; null: no more. */
const char *propagation_field_name(unsigned propagators, size_t index);

/*
 * The name of the environment variable that carries a field (otel-spec 7.8): capital letters,
 * digits and "_", terminated. Its length; 0 and an empty name when it does not fit.
 */
size_t propagation_environment_name(const char *field, char ret[PROPAGATION_NAME_MAX]);

/* The get() of a carrier whose data is an environment, `char *const *`; null is an empty one. */
struct slice propagation_variable(const void *environment, const char *name, size_t index);

#endif
