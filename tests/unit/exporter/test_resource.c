/* SPDX-License-Identifier: Apache-2.0 */
/* Resources of processes: otel-spec 1.9 and 6. */
#include "tests/support/test.h"

#include <unistd.h>

#include "exporter/resource.h"
#include "tests/support/sample_span.h"

static struct config settings = { .service_name = "", .resource_attributes = "" };
static struct sample sample;

static struct resource_table *table_new(void)
{
	return resource_table_begin(calloc(1, resource_table_size()), &settings, true);
}

/* The value of @key; null when it is absent. */
static const struct resource_attribute *value_of(const struct resource *resource, const char *key)
{
	const struct resource_attribute *found = NULL;

	for (size_t i = 0; i < resource->count; i++) {
		if (!slice_equal(resource->attribute[i].key, slice_of_string(key)))
			continue;
		assert_null(found);
		found = &resource->attribute[i];
	}
	return found;
}

static void assert_text(const struct resource *resource, const char *key, const char *text)
{
	const struct resource_attribute *value = value_of(resource, key);

	assert_non_null(value);
	assert_false(value->number);
	assert_slice_equal(value->value, slice_of_string(text));
}

static const struct resource *resource_for(struct resource_table *table, uint64_t process_id)
{
	sample_begin(&sample)->process_id = process_id;
	return resource_of(table, sample_end(&sample));
}

static struct reader_process process_with(uint64_t id, const char *service, const char *attributes)
{
	return (struct reader_process){
		.process_id = id,
		.pid = 4242,
		.start_ns = UINT64_C(1700558734853999999),
		.executable = SLICE("/usr/bin/shopd"),
		.command = SLICE("./shop"),
		.service = slice_of_string(service),
		.resource = slice_of_string(attributes),
		.tracestate = SLICE("a=b"),
	};
}

static void a_process_has_its_own_resource(void **state)
{
	(void)state;
	struct resource_table *table = table_new();
	struct reader_process one = process_with(1, "", ""), two = process_with(2, "two", "");
	const struct resource *resource;
	uint8_t instance[36];

	resource_describe(table, &one);
	resource_describe(table, &two);
	resource = resource_for(table, 1);
	assert_text(resource, "service.name", "unknown_service:shopd");
	assert_text(resource, "process.executable.name", "shopd");
	assert_text(resource, "process.command", "./shop");
	assert_text(resource, "process.creation.time", "2023-11-21T09:25:34.853Z");
	assert_int_equal(value_of(resource, "process.pid")->integer, 4242);
	assert_text(resource, "telemetry.sdk.name", "otelshim");
	assert_text(resource, "telemetry.sdk.language", "c");
	assert_text(resource, "telemetry.distro.name", "otelshim");
	assert_text(resource, "os.type", "linux");
	assert_null(value_of(resource, "process.command_args"));
	assert_null(value_of(resource, "process.executable.path"));
	assert_slice_equal(resource->tracestate, SLICE("a=b"));
	memcpy(instance, value_of(resource, "service.instance.id")->value.data, 36);
	assert_int_equal(instance[14], '4');
	resource = resource_for(table, 2);
	assert_text(resource, "service.name", "two");
	assert_memory_not_equal(instance, value_of(resource, "service.instance.id")->value.data,
				36);
	resource = resource_for(table, 1);
	assert_memory_equal(instance, value_of(resource, "service.instance.id")->value.data, 36);
	free(table);
}

static void what_a_process_executed_last_is_known(void **state)
{
	(void)state;
	struct resource_table *table = table_new();
	struct reader_process wrapper = process_with(1, "", ""), real = process_with(2, "", "");
	struct reader_process later = process_with(3, "", "");

	assert_int_equal(resource_executable(table, 4242, 7).size, 0);
	wrapper.parent_pid = real.parent_pid = 7;
	wrapper.executable = SLICE("/usr/bin/perl");
	real.executable = SLICE("/usr/lib/postgresql/15/bin/psql");
	later.parent_pid = 8;
	resource_describe(table, &wrapper);
	assert_slice_equal(resource_executable(table, 4242, 7), wrapper.executable);
	resource_describe(table, &real);
	resource_describe(table, &later);
	assert_slice_equal(resource_executable(table, 4242, 7), real.executable);
	free(table);
}

static void the_environment_overrides_what_was_found(void **state)
{
	(void)state;
	struct resource_table *table = table_new();
	struct reader_process process = process_with(
		1, "", "service.name=env,host.name=h%2C1,a%3Db=%C3%A9,empty=, x = y ,x=z");

	resource_describe(table, &process);
	const struct resource *resource = resource_for(table, 1);

	assert_text(resource, "service.name", "env");
	assert_text(resource, "host.name", "h,1");
	assert_text(resource, "a=b", "\xc3\xa9");
	assert_text(resource, "empty", "");
	assert_text(resource, "x", "z");
	free(table);
	table = table_new();
	process = process_with(1, "named", "service.name=env");
	resource_describe(table, &process);
	assert_text(resource_for(table, 1), "service.name", "named");
	free(table);
}

static void a_malformed_list_counts_for_nothing(void **state)
{
	(void)state;
	static const char *const lists[] = { "x=y,a=%zz", "x=y,a",   "x=y,=b", "x=y,a=%f",
					     "x=y,a=%ff", "x=y,%=b", "x=y,a=%" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct resource_table *table = table_new();
		struct reader_process process = process_with(1, "", lists[i]);

		resource_describe(table, &process);
		assert_null(value_of(resource_for(table, 1), "x"));
		free(table);
	}
}

static void members_are_taken_one_by_one(void **state)
{
	(void)state;
	static const char list[] = ",a=b=c, d+e = f ,,";
	struct slice rest = SLICE(list);
	struct resource_attribute attribute;
	uint8_t text[64];

	assert_int_equal(resource_list_next(&rest, text, sizeof(text), &attribute), 1);
	assert_slice_equal(attribute.key, SLICE("a"));
	assert_slice_equal(attribute.value, SLICE("b=c"));
	assert_int_equal(resource_list_next(&rest, text, sizeof(text), &attribute), 1);
	assert_slice_equal(attribute.key, SLICE("d+e"));
	assert_slice_equal(attribute.value, SLICE("f"));
	assert_int_equal(resource_list_next(&rest, text, sizeof(text), &attribute), 0);
	assert_false(resource_list_valid(SLICE("abc=def"), text, 5));
	assert_true(resource_list_valid(SLICE("abc=def"), text, 6));
}

static void a_process_that_nobody_described_has_what_is_known(void **state)
{
	(void)state;
	struct resource_table *table = table_new();
	const struct resource *resource = resource_for(table, 5);

	assert_text(resource, "service.name", "unknown_service");
	assert_null(value_of(resource, "process.pid"));
	assert_text(resource, "telemetry.sdk.name", "otelshim");
	sample_begin(&sample)->process_id = 6;
	record_put_string(&sample.writer, ATTRIBUTE_PROCESS_EXECUTABLE_NAME, SLICE("psql"));
	assert_text(resource_of(table, sample_end(&sample)), "service.name",
		    "unknown_service:psql");
	free(table);
}

static void later_processes_than_the_table_holds_are_told_apart_no_more(void **state)
{
	(void)state;
	struct resource_table *table = table_new();

	for (uint64_t id = 1; id <= RESOURCE_PROCESSES + 10; id++) {
		struct reader_process process = process_with(id, "s", "");

		process.pid = 0;
		resource_describe(table, &process);
	}
	assert_non_null(value_of(resource_for(table, RESOURCE_PROCESSES), "process.pid"));
	assert_null(value_of(resource_for(table, RESOURCE_PROCESSES + 1), "process.pid"));
	free(table);
}

static void more_attributes_than_the_table_holds_are_counted(void **state)
{
	(void)state;
	struct resource_table *table = table_new();
	static char list[RESOURCE_ATTRIBUTES * 16];
	struct reader_process process;
	size_t used = 0;

	for (unsigned i = 0; i < RESOURCE_ATTRIBUTES; i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "key%u=v,", i);
	process = process_with(1, "", list);
	resource_describe(table, &process);
	const struct resource *resource = resource_for(table, 1);

	assert_int_equal(resource->count, RESOURCE_ATTRIBUTES);
	assert_true(resource->dropped > 0 && resource->dropped < 40);
	free(table);
}

static void our_own_user_is_named(void **state)
{
	(void)state;
	struct resource_table *table = table_new();
	char path[512];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
	struct reader_process process = process_with(1, "", "");

	assert_true(size > 0);
	process.executable = slice_of(path, (size_t)size);
	process.pid = (uint32_t)getpid();
	resource_describe(table, &process);
	if (getuid() == 0)
		assert_text(resource_for(table, 1), "process.owner", "root");
	/* The pid of another program says nothing of its user. */
	process = process_with(2, "", "");
	process.pid = (uint32_t)getpid();
	resource_describe(table, &process);
	assert_null(value_of(resource_for(table, 2), "process.owner"));
	free(table);
}

static void times_are_written_as_dates(void **state)
{
	(void)state;
	static const struct {
		uint64_t seconds;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.007Z" },
		{ 951782399, "2000-02-28T23:59:59.007Z" },
		{ 951782400, "2000-02-29T00:00:00.007Z" },
		{ 951868800, "2000-03-01T00:00:00.007Z" },
		{ 1735689599, "2024-12-31T23:59:59.007Z" },
		{ 4107542400, "2100-03-01T00:00:00.007Z" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[25] = "";

		resource_time_format(cases[i].seconds * 1000000000 + 7999999, text);
		assert_string_equal(text, cases[i].text);
	}
}

TESTS(cmocka_unit_test(a_process_has_its_own_resource),
      cmocka_unit_test(what_a_process_executed_last_is_known),
      cmocka_unit_test(the_environment_overrides_what_was_found),
      cmocka_unit_test(a_malformed_list_counts_for_nothing),
      cmocka_unit_test(members_are_taken_one_by_one),
      cmocka_unit_test(a_process_that_nobody_described_has_what_is_known),
      cmocka_unit_test(later_processes_than_the_table_holds_are_told_apart_no_more),
      cmocka_unit_test(more_attributes_than_the_table_holds_are_counted),
      cmocka_unit_test(our_own_user_is_named), cmocka_unit_test(times_are_written_as_dates))
