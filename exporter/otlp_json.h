/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans as OTLP/JSON (otel-spec 3.4): one TracesData object, written as spans come. A span of
 * another process begins a new resourceSpans, one of another scope a new scopeSpans. The object is
 * one line when it goes to a file, a body when it goes to a collector.
 *
 * Pure over the memory of the writer. A span that does not fit is taken back as a whole.
 */
#ifndef EXPORTER_OTLP_JSON_H
#define EXPORTER_OTLP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/attributes.h"
#include "exporter/json.h"
#include "exporter/resource.h"
#include "exporter/span.h"

/* Room that is kept for closing the brackets. */
#define OTLP_JSON_TAIL 256

struct otlp_json {
	struct json_writer json;
	struct attribute_limits limits;
	uint64_t process_id;	/* of the open resourceSpans */
	int scope;		/* of the open scopeSpans */
	size_t spans;		/* written since the beginning of the object */
};

/* Begins an object over @room bytes; an empty object is never ended, only begun anew. */
void otlp_json_begin(struct otlp_json *object, struct attribute_limits limits, uint8_t *memory,
		     size_t room);

/* False when there is no room: nothing was written. */
bool otlp_json_span(struct otlp_json *object, const struct resource *resource,
		    const struct span *span);

/* Closes the object; returns its bytes. Begin anew before the next span. */
struct slice otlp_json_end(struct otlp_json *object);

#endif
