/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a record: what the check lets pass is walked without another bound. */
#include <stdlib.h>
#include <string.h>

#include "trace/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void header_walk(struct slice header)
{
	struct slice rest = slice_after(header, header_name(header).size), value;
	size_t size = header_name(header).size;

	if (!size || !rest.size)
		abort();
	while (header_next_value(&rest, &value))
		size += 1 + value.size;
	if (size != header.size)
		abort();
}

static void span_walk(const struct span_record *span)
{
	struct attribute_cursor cursor = span_attributes(span);
	struct attribute_value value;
	volatile uint64_t sum = 0;
	unsigned count = 0;

	(void)sum;
	while (attribute_next(&cursor, &value)) {
		for (size_t i = 0; i < value.string.size; i++)
			sum += value.string.data[i];
		if (!attribute_name(value.key) || value.type != attribute_type_of(value.key) ||
		    !span_attribute(span, value.key, &value))
			abort();
		if (value.type == ATTRIBUTE_HEADER)
			header_walk(value.string);
		count++;
	}
	if (count != span->head.attributes || cursor.position != cursor.end)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = { data, size };

	if (span_record_check(bytes))
		span_walk((const void *)data);
	if (size)
		attributes_check(slice_after(bytes, 1), data[0]);
	return 0;
}
