/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span's attributes as OTLP may carry them: unique keys, the limits of otel-spec 5.2 applied,
 * what is no UTF-8 turned into bytes, a hash into its digits. Both encoders take them from here, so
 * that protobuf and JSON cannot differ.
 *
 * Ownership: values borrow from the span and from the value itself (digits): consume before the
 * next.
 */
#ifndef EXPORTER_ATTRIBUTES_H
#define EXPORTER_ATTRIBUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "exporter/span.h"

/* Bytes of the longest name in attribute.def. */
#define ATTRIBUTE_NAME_MAX 61u

struct attribute_limits {
	uint64_t count;		/* attributes of a span */
	uint64_t length;	/* characters of a string, bytes of a byte array */
};

enum export_type { EXPORT_STRING, EXPORT_BYTES, EXPORT_INTEGER, EXPORT_BOOLEAN, EXPORT_LIST };

struct export_value {
	enum attribute_key key;
	enum export_type type;
	struct slice name;	/* of a header, the end of the attribute's name; else empty */
	struct slice string;	/* text or bytes; of a list what export_next_element() reads */
	uint64_t length;	/* the limit of each element */
	int64_t integer;	/* number, or 0 and 1 */
	char digits[16];
};

struct export_cursor {
	const struct span *span;
	struct attribute_limits limits;
	struct span_attribute_cursor inner;
	struct key_set seen;
	uint64_t kept;
	uint32_t dropped;	/* by the count limit; complete at the end */
};

struct attribute_limits attribute_limits_of(const struct config *config);

struct export_cursor export_attributes(const struct span *span, struct attribute_limits limits);
bool export_next(struct export_cursor *cursor, struct export_value *ret);

/*
 * One element of a list after the other, @ret a text or bytes; @rest begins as the value's string.
 */
bool export_next_element(const struct export_value *value, struct slice *rest,
			 struct export_value *ret);

/* @text within @length, as text when it is, else as bytes. */
enum export_type export_text(struct slice text, uint64_t length, struct slice *ret);

#endif
