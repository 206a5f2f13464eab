/* SPDX-License-Identifier: Apache-2.0 */
/* Spans for people. */
#include "exporter/console.h"

#include "base/real.h"
#include "exporter/number.h"
#include "exporter/resource.h"

struct text {
	char *to;
	size_t used;
};

/* Control characters would move the cursor of a terminal. */
static void put(struct text *text, struct slice bytes)
{
	for (size_t i = 0; i < bytes.size && text->used < CONSOLE_LINE_MAX - 1; i++) {
		uint8_t byte = bytes.data[i];

		text->to[text->used++] = (char)(byte < ' ' || byte == 0x7f ? ' ' : byte);
	}
}

static void put_number(struct text *text, uint64_t number)
{
	char digits[NUMBER_SIZE];

	put(text, slice_of(digits, number_format(number, digits)));
}

static void put_milliseconds(struct text *text, uint64_t ns)
{
	char digits[NUMBER_SIZE];

	put_number(text, ns / 1000000);
	number_format(1000 + ns / 1000 % 1000, digits);
	digits[0] = '.';
	put(text, slice_of(digits, 4));
	put(text, SLICE(" ms"));
}

size_t console_format(const struct span *span, char ret[CONSOLE_LINE_MAX])
{
	struct text text = { ret, 0 };
	struct attribute_value error, url;
	char time[24], trace[32];

	resource_time_format(span->start_ns, time);
	put(&text, slice_of(time, sizeof(time)));
	put(&text, SLICE("  "));
	put_milliseconds(&text, span->record->duration_ns);
	put(&text, SLICE("  "));
	put(&text, span->name);
	if (span->record->status == STATUS_ERROR) {
		put(&text, SLICE("  ERROR"));
		if (span_attribute(span->record, ATTRIBUTE_ERROR_TYPE, &error)) {
			put(&text, SLICE(" "));
			put(&text, error.string);
		}
	}
	put(&text, SLICE("  trace "));
	hex_format(span->record->trace_id, sizeof(span->record->trace_id), trace);
	put(&text, slice_of(trace, sizeof(trace)));
	if (span->text.size) {
		put(&text, SLICE("  "));
		put(&text, span->text);
	}
	if (span_attribute(span->record, ATTRIBUTE_URL_FULL, &url)) {
		put(&text, SLICE("  "));
		put(&text, url.string);
	}
	ret[text.used++] = '\n';
	return text.used;
}

void console_write(const struct span *span)
{
	char line[CONSOLE_LINE_MAX];
	size_t size = console_format(span, line);

	if (real()->write(STDERR_FILENO, line, size) < 0)
		return;
}
