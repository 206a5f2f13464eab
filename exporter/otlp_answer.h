/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collector answers, in either encoding: how much of a request it took, and why not
 * (otel-spec 3.2). Untrusted bytes.
 *
 * Ownership: what is read lives in the bump given, which is reset before, or in the body. Threads:
 * any. Failure: false, or an empty text.
 */
#ifndef EXPORTER_OTLP_ANSWER_H
#define EXPORTER_OTLP_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "exporter/bump.h"

enum otlp_encoding { OTLP_PROTOBUF, OTLP_JSON };

struct otlp_answer {
	uint64_t rejected;	/* spans; 0 when there is no partial success */
	struct slice message;	/* of the partial success; may be empty */
};

/* False when @body is no ExportTraceServiceResponse. An empty body is full success. */
bool otlp_answer_read(enum otlp_encoding encoding, struct slice body, struct bump *bump,
		      struct otlp_answer *ret);

/* The message of a google.rpc.Status; empty when there is none. */
struct slice otlp_failure_read(enum otlp_encoding encoding, struct slice body, struct bump *bump);

#endif
