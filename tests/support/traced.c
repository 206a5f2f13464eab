/* SPDX-License-Identifier: Apache-2.0 */
/* The area of a test program, and the pictures of its spans. */
#include "tests/support/test.h"

#include "tests/support/traced.h"

#include <sys/mman.h>

static struct {
	struct area_header *area;
	struct reader *reader;
	size_t count;
	size_t used;
	char lines[TRACED_LINES];
	char attribute[RECORD_TEXT_MAX + 1];
	_Alignas(8) uint8_t last[RECORD_SIZE_MAX];
	uint64_t full_before, passed_before;
} traced;

static void line_add(const char *format, ...)
{
	va_list arguments;
	int added;

	va_start(arguments, format);
	added = vsnprintf(traced.lines + traced.used, TRACED_LINES - traced.used, format,
			  arguments);
	va_end(arguments);
	assert_true(added >= 0);
	traced.used += (size_t)added;
	if (traced.used > TRACED_LINES - 1)
		traced.used = TRACED_LINES - 1;
}

static bool is_in_line(enum attribute_key key)
{
	switch (key) {
	case ATTRIBUTE_SPAN_NAME:
	case ATTRIBUTE_DB_SYSTEM_NAME:
	case ATTRIBUTE_DB_NAMESPACE:
	case ATTRIBUTE_DB_QUERY_SUMMARY:
	case ATTRIBUTE_DB_QUERY_HASH:
	case ATTRIBUTE_SERVER_ADDRESS:
	case ATTRIBUTE_SERVER_PORT:
	case ATTRIBUTE_DB_BACKEND_PID:
	case ATTRIBUTE_DB_FETCH:
	case ATTRIBUTE_DB_TRANSACTION_IDLE:
		return false;
	default:
		return true;
	}
}

static void attribute_add(const struct attribute_value *value)
{
	const char *name = attribute_name(value->key);

	if (!is_in_line(value->key))
		return;
	if (value->key == ATTRIBUTE_DB_FIRST_BYTE)
		line_add(" split");
	else if (value->key == ATTRIBUTE_DB_TRANSACTION_DURATION)
		line_add(" transaction");
	else if (value->type == ATTRIBUTE_STRING)
		line_add(" %s=%.*s", strrchr(name, '.') + 1, (int)value->string.size,
			 (const char *)value->string.data);
	else
		line_add(" %s=%lld", strrchr(name, '.') + 1, (long long)value->integer);
}

static struct slice name_of(const struct span_record *span,
			    const struct reader_statement *statement)
{
	struct attribute_value value;

	if (span_attribute(span, ATTRIBUTE_SPAN_NAME, &value) ||
	    span_attribute(span, ATTRIBUTE_DB_QUERY_SUMMARY, &value))
		return value.string;
	if (statement->summary.size)
		return statement->summary;
	if (span_attribute(span, ATTRIBUTE_DB_NAMESPACE, &value))
		return value.string;
	return SLICE("(none)");
}

static void span_came(void *context, const struct span_record *span)
{
	static const char *const status[] = { "UNSET", "OK", "ERROR" };
	struct reader_statement statement = { .hash = 0 };
	struct attribute_cursor cursor = span_attributes(span);
	struct attribute_value value;
	struct slice name;

	(void)context;
	if (span->statement)
		assert_true(reader_statement(traced.reader, span->statement, &statement));
	name = name_of(span, &statement);
	line_add("%.*s | %s |", (int)name.size, (const char *)name.data, status[span->status]);
	while (attribute_next(&cursor, &value))
		attribute_add(&value);
	if (span->statement)
		line_add(" statement=%.*s", (int)statement.text.size,
			 (const char *)statement.text.data);
	line_add("\n");
	traced.count++;
	memcpy(traced.last, span, span->head.size);
}

struct area_header *traced_area(void)
{
	const struct reader_events events = { NULL, span_came, NULL };
	size_t size = area_size(AREA_LANE_SIZE_MIN);

	if (traced.area)
		return traced.area;
	traced.area = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(traced.area != MAP_FAILED);
	area_format(traced.area, AREA_LANE_SIZE_MIN, 0);
	traced.reader = reader_begin(mmap(NULL, reader_size(size), PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
				     traced.area, &events);
	assert_non_null(traced.reader);
	area_use(traced.area, true, false, NULL);
	return traced.area;
}

static void drain(void)
{
	traced_area();
	while (reader_drain(traced.reader))
		;
}

void traced_clear(void)
{
	drain();
	traced.count = 0;
	traced.used = 0;
	traced.lines[0] = '\0';
	traced.full_before = atomic_load(&traced.area->lost_full);
	traced.passed_before = atomic_load(&traced.area->lost_passed);
}

size_t traced_count(void)
{
	drain();
	return traced.count;
}

const char *traced_lines(void)
{
	drain();
	return traced.lines;
}

const struct span_record *traced_last(void)
{
	return (const struct span_record *)(const void *)traced.last;
}

const char *traced_attribute(enum attribute_key key)
{
	struct attribute_value value;

	if (!span_attribute(traced_last(), key, &value))
		return "";
	if (value.type == ATTRIBUTE_STRING)
		snprintf(traced.attribute, sizeof(traced.attribute), "%.*s",
			 (int)value.string.size, (const char *)value.string.data);
	else
		snprintf(traced.attribute, sizeof(traced.attribute), "%lld",
			 (long long)value.integer);
	return traced.attribute;
}

size_t traced_open_calls(void)
{
	struct area_header *area = traced_area();
	struct area_call *calls = (void *)((uint8_t *)area + area->calls_offset);
	size_t open = 0;

	for (uint32_t i = 0; i < area->calls; i++)
		if (atomic_load(&calls[i].state) != AREA_CALL_FREE)
			open++;
	return open;
}

uint64_t traced_lost_full(void)
{
	return atomic_load(&traced_area()->lost_full) - traced.full_before;
}

uint64_t traced_lost_passed(void)
{
	return atomic_load(&traced_area()->lost_passed) - traced.passed_before;
}
