/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One exchange with a server over HTTP, whoever saw it (libcurl's hooks, a parser of sockets), and
 * from there to the attributes of its CLIENT span by the semantic conventions (semconv 3): names,
 * status and attributes are decided here and nowhere else.
 *
 * Pure; writes straight into the record. Threads: any. Failure: what does not fit marks the writer
 * as overrun.
 */
#ifndef CALL_HTTP_H
#define CALL_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "trace/record.h"

/* Stored bytes of a method that is not known. */
#define HTTP_METHOD_TEXT_MAX 64u

/* The longest of what libraries and peers name: error types, schemes, versions, addresses. */
#define HTTP_WORD_MAX 256u

/* What an exchange spends its time on, in order; each has an attribute otelshim.http.NAME_ns. */
enum http_phase {
	HTTP_PHASE_QUEUE,	/* held back by the library before it began */
	HTTP_PHASE_NAME_LOOKUP,
	HTTP_PHASE_CONNECT,	/* TCP */
	HTTP_PHASE_TLS,		/* with the tunnel of a proxy before it */
	HTTP_PHASE_FIRST_BYTE,	/* from the request's beginning to the first byte back */
	HTTP_PHASE_TRANSFER,	/* from there to the end */
	HTTP_PHASE_REDIRECT,	/* all that came before the last request; the others are inside */
	HTTP_PHASES
};

/*
 * What is known of it. All zero: nothing. Slices are borrowed until the call that takes the
 * exchange returns; empty ones are absent.
 */
struct http_exchange {
	/* The token as sent. Empty: not HTTP; then the span is named by its scheme */
	struct slice method;
	struct slice url;		/* absolute, as before redirects, not redacted */
	struct slice scheme;		/* of a @url that names none ("example.com/a") */
	struct slice protocol_version;	/* negotiated: "1.0", "1.1", "2", "3" */
	struct slice protocol_name;	/* where @method is empty, in small letters: "ftp" */
	struct slice peer_address;	/* of the socket: a proxy's if there is one; no brackets */
	struct slice error_type;	/* what failed beside the status; empty: nothing */
	uint16_t peer_port;
	uint16_t status;		/* of HTTP's last response; 0: none was received */
	bool cancelled;			/* by the program, on purpose: no error */
	bool removed_early;		/* taken out of its multi handle before it ended */
	bool has_request_body, has_response_body;	/* whether the sizes are to be told */
	uint32_t redirects;		/* that were followed */
	uint64_t request_body, response_body;		/* bytes on the wire, without headers */
	uint32_t phases;		/* which are measured, as 1u << HTTP_PHASE_* */
	uint64_t phase_ns[HTTP_PHASES];
};

static inline void http_phase_set(struct http_exchange *exchange, enum http_phase phase,
				  uint64_t duration_ns)
{
	exchange->phases |= UINT32_C(1) << phase;
	exchange->phase_ns[phase] = duration_ns;
}

/*
 * Points in time as libraries measure them: since the beginning of the exchange, 0: not reached (or
 * nothing to do, as on a connection that was open). Over redirects each is the sum of all requests.
 */
struct http_marks {
	uint64_t queued_ns, name_looked_up_ns, connected_ns, tls_ns;
	uint64_t request_ns;		/* about to be sent */
	uint64_t first_byte_ns, end_ns;
	uint64_t redirected_ns;
};

/*
 * Turns marks into phases: each from the latest mark before it that was reached. Marks that run
 * backwards are not believed: what would be below zero is absent. No transfer without a first byte.
 */
void http_phases_measured(struct http_exchange *exchange, const struct http_marks *marks);

/* What settings say about descriptions. Set once, at load; read-only afterwards. */
struct http_options {
	struct slice known_methods;	/* see protocol/http_method.h; empty: the usual ones */
};

extern struct http_options http_options;

/* "GET", "HTTP" for a method that is not known, "ftp" for what is not HTTP. */
struct slice http_client_name(const struct http_exchange *exchange);

/* Error: something failed, or the status is 400 or more or none that HTTP has. */
enum span_status http_client_status(const struct http_exchange *exchange);

/* Bytes that http_describe_client() takes at most of a record. */
size_t http_describe_room(const struct http_exchange *exchange);

/*
 * Span name (ATTRIBUTE_SPAN_NAME), method, server and URL: all that is known before the call, also
 * for what an open call tells of itself. Cuts the URL to what room there is.
 */
void http_describe_request(struct record_writer *writer, const struct http_exchange *exchange);

/* The whole exchange after its end: the request, status, error, peer, sizes and phases. */
void http_describe_client(struct record_writer *writer, const struct http_exchange *exchange);

#endif
