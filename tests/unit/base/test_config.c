/* SPDX-License-Identifier: Apache-2.0 */
/* Settings as variables set them, the rules between them, and what is said about mistakes. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/config.h"
#include "base/log.h"
#include "tests/support/child.h"

#define SET_MAX 16

/* The environment of a case: names and values in turn, up to a null. */
static const char *const *environment;

static const char *look_up(const char *name)
{
	for (size_t i = 0; environment[i]; i += 2)
		if (strcmp(environment[i], name) == 0)
			return environment[i + 1];
	return NULL;
}

static struct config settings;

static const struct config *read_config(const char *const *variables)
{
	environment = variables;
	memset(&settings, 0xa5, sizeof(settings));
	config_read(look_up, &settings);
	return &settings;
}

#define READ(...) read_config((const char *const[]){ __VA_ARGS__, NULL })
#define READ_NOTHING() read_config((const char *const[]){ NULL })

/* The one warning of the last reading. */
static void expect_warning(const char *name, const char *value, const char *part)
{
	assert_int_equal(settings.warnings, 1);
	assert_string_equal(settings.warning[0].name, name);
	assert_string_equal(settings.warning[0].value, value);
	if (!strstr(settings.warning[0].instead, part))
		fail_msg("\"%s\" does not say \"%s\"", settings.warning[0].instead, part);
}

static void nothing_set_gives_the_documented_defaults(void **state)
{
	const struct config *c = READ_NOTHING();

	(void)state;
	assert_int_equal(c->warnings, 0);
	assert_int_equal(c->log_level, LOG_INFO);
	assert_false(c->sdk_disabled);
	assert_string_equal(c->service_name, "");
	assert_int_equal(c->sampler, CONFIG_PARENT_ALWAYS_ON);
	assert_true(c->sampler_ratio > 0.999 && c->sampler_ratio < 1.001);
	assert_int_equal(c->exporter, CONFIG_OTLP);
	assert_int_equal(c->protocol, CONFIG_HTTP_PROTOBUF);
	assert_int_equal(c->traces_protocol, CONFIG_HTTP_PROTOBUF);
	assert_string_equal(c->endpoint, "http://localhost:4318");
	assert_false(c->endpoint_set);
	assert_string_equal(c->traces_endpoint, "");
	assert_string_equal(c->traces_headers, "");
	assert_int_equal(c->timeout, 10000);
	assert_int_equal(c->traces_timeout, 10000);
	assert_int_equal(c->schedule_delay, 5000);
	assert_int_equal(c->export_timeout, 30000);
	assert_int_equal(c->max_queue_size, 2048);
	assert_int_equal(c->max_export_batch_size, 512);
	assert_int_equal(c->span_attribute_count_limit, 128);
	assert_int_equal(c->span_attribute_length_limit, 2147483647);
	assert_int_equal(c->slow_ns, 100000000);
	assert_int_equal(c->buffer, 4194304);
	assert_int_equal(c->exit_timeout_ns, 5000000000);
	assert_true(c->run_span);
	assert_int_equal(c->summary, CONFIG_AUTO);
	assert_int_equal(c->pg_connect, CONFIG_CONNECT_ON);
}

static void set_but_empty_is_unset(void **state)
{
	size_t count;
	const struct config_row *rows = config_rows(&count);
	const char *variables[2 * 64 + 1] = { NULL };
	const struct config *c;

	(void)state;
	assert_in_range(count, 30, 64);
	for (size_t i = 0; i < count; i++) {
		variables[2 * i] = rows[i].name;
		variables[2 * i + 1] = "";
	}
	c = read_config(variables);
	assert_int_equal(c->warnings, 0);
	assert_int_equal(c->exporter, CONFIG_OTLP);
	assert_false(c->exporter_set);
	assert_string_equal(c->endpoint, "http://localhost:4318");
	assert_false(c->endpoint_set);
	assert_false(c->sdk_disabled_set);
	assert_false(c->max_queue_size_set);
}

static void the_sdk_is_disabled_by_true_alone(void **state)
{
	(void)state;
	assert_true(READ("OTEL_SDK_DISABLED", "TRUE")->sdk_disabled);
	assert_int_equal(settings.warnings, 0);
	assert_false(READ("OTEL_SDK_DISABLED", "false")->sdk_disabled);
	assert_int_equal(settings.warnings, 0);
	assert_true(settings.sdk_disabled_set);
	assert_false(READ("OTEL_SDK_DISABLED", "1")->sdk_disabled);
	expect_warning("OTEL_SDK_DISABLED", "1", "false is used");
	assert_false(settings.sdk_disabled_set);
}

static void a_default_of_true_stays_when_a_value_is_unreadable(void **state)
{
	(void)state;
	assert_false(READ("OTELSHIM_RUN_SPAN", "false")->run_span);
	assert_true(READ("OTELSHIM_RUN_SPAN", "no")->run_span);
	expect_warning("OTELSHIM_RUN_SPAN", "no", "true is used");
}

static void numbers_out_of_range_give_the_default(void **state)
{
	(void)state;
	assert_int_equal(READ("OTEL_BSP_MAX_QUEUE_SIZE", "0")->max_queue_size, 2048);
	expect_warning("OTEL_BSP_MAX_QUEUE_SIZE", "0", "2048 is used");
	assert_int_equal(READ("OTEL_BSP_MAX_QUEUE_SIZE", "abc")->max_queue_size, 2048);
	expect_warning("OTEL_BSP_MAX_QUEUE_SIZE", "abc", "2048 is used");
	assert_int_equal(READ("OTEL_BSP_SCHEDULE_DELAY", "-5")->schedule_delay, 5000);
	expect_warning("OTEL_BSP_SCHEDULE_DELAY", "-5", "5000 is used");
	assert_int_equal(READ("OTEL_BSP_SCHEDULE_DELAY", "0")->schedule_delay, 0);
	assert_int_equal(settings.warnings, 0);
	assert_int_equal(READ("OTEL_EXPORTER_OTLP_TIMEOUT", "5s")->timeout, 10000);
	expect_warning("OTEL_EXPORTER_OTLP_TIMEOUT", "5s", "milliseconds; 10000 is used");
	assert_int_equal(READ("OTEL_ATTRIBUTE_COUNT_LIMIT", "0")->attribute_count_limit, 0);
	assert_int_equal(READ("OTEL_ATTRIBUTE_COUNT_LIMIT", "-1")->attribute_count_limit, 128);
	assert_int_equal(settings.span_attribute_count_limit, 128);
	assert_int_equal(READ("OTELSHIM_BUFFER", "64K")->buffer, 4194304);
	expect_warning("OTELSHIM_BUFFER", "64K", "4M is used");
	assert_int_equal(READ("OTELSHIM_BUFFER", "16M")->buffer, 16777216);
	assert_int_equal(READ("OTELSHIM_SLOW", "later")->slow_ns, 100000000);
	expect_warning("OTELSHIM_SLOW", "later", "100ms is used");
	assert_int_equal(READ("OTELSHIM_SLOW", "250us")->slow_ns, 250000);
}

static void what_opens_up_is_off_unless_asked_for(void **state)
{
	(void)state;
	assert_int_equal(READ("OTELSHIM_PARAMS", "yes")->params, 0);
	expect_warning("OTELSHIM_PARAMS", "yes", "off is used");
	assert_int_equal(READ("OTELSHIM_PARAMS", "0,2")->params, 5);
	assert_true(settings.params_set);
	assert_int_equal(READ("OTELSHIM_PG_ROWS", "true")->params, 0);
	assert_true(settings.pg_rows);
	assert_false(settings.pg_describe || settings.pg_large_objects);
	assert_int_equal(settings.pg_sqlcommenter, CONFIG_OFF);
}

static void choices_are_read_in_any_case(void **state)
{
	(void)state;
	assert_int_equal(READ("OTEL_TRACES_SAMPLER", "ALWAYS_OFF")->sampler, CONFIG_ALWAYS_OFF);
	assert_true(settings.sampler_set);
	assert_int_equal(READ("OTEL_EXPORTER_OTLP_PROTOCOL", "HTTP/JSON")->protocol,
			 CONFIG_HTTP_JSON);
	assert_int_equal(READ("OTEL_TRACES_EXPORTER", " none ")->exporter, CONFIG_NONE);
	assert_int_equal(READ("OTELSHIM_SUMMARY", "Always")->summary, CONFIG_ALWAYS);
	assert_int_equal(READ("OTELSHIM_PG_CONNECT", "errors")->pg_connect, CONFIG_CONNECT_ERRORS);
	assert_int_equal(READ("OTELSHIM_PG_SQLCOMMENTER", "on")->pg_sqlcommenter, CONFIG_ON);
}

#define PROPAGATORS(value) (READ("OTEL_PROPAGATORS", (value))->propagators)

static void words_are_a_set(void **state)
{
	(void)state;
	READ("OTEL_LOG_LEVEL", "info");
	assert_int_equal(settings.propagators, 3);
	assert_false(settings.propagators_set);
	assert_int_equal(PROPAGATORS("tracecontext"), 1);
	assert_true(settings.propagators_set);
	assert_int_equal(PROPAGATORS("baggage,tracecontext,baggage"), 3);
	assert_int_equal(PROPAGATORS(" B3 , ,b3Multi,"), 12);
	assert_int_equal(PROPAGATORS("ottrace,xray,jaeger"), 0x70);
	assert_int_equal(PROPAGATORS("none"), 0);
	assert_true(settings.propagators_set);
	assert_int_equal(settings.warnings, 0);
}

static void a_word_that_is_not_known_is_left_out(void **state)
{
	(void)state;
	assert_int_equal(PROPAGATORS("foo,tracecontext"), 1);
	expect_warning("OTEL_PROPAGATORS", "foo", "left out");
	assert_int_equal(PROPAGATORS("tracecontext,none"), 1);
	expect_warning("OTEL_PROPAGATORS", "none", "the others hold");
	assert_int_equal(PROPAGATORS("none, b3x"), 0);
	expect_warning("OTEL_PROPAGATORS", "b3x", "left out");
	assert_int_equal(PROPAGATORS(" , "), 3);
	expect_warning("OTEL_PROPAGATORS", ",", "tracecontext,baggage is used");
	assert_int_equal(PROPAGATORS("foo,bar"), 3);
	assert_int_equal(settings.warnings, 3);
	assert_string_equal(settings.warning[1].value, "bar");
	assert_string_equal(settings.warning[2].value, "foo,bar");
	assert_false(settings.propagators_set);
}

static void levels_have_other_names(void **state)
{
	static const struct {
		const char *text;
		int level;
	} cases[] = {
		{ "none", LOG_NONE }, { "OFF", LOG_NONE }, { "fatal", LOG_ERROR },
		{ "Warning", LOG_WARN }, { "trace", LOG_DEBUG }, { "verbose", LOG_DEBUG },
		{ " all ", LOG_DEBUG }, { "debug", LOG_DEBUG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(READ("OTEL_LOG_LEVEL", cases[i].text)->log_level, cases[i].level);
		assert_int_equal(settings.warnings, 0);
	}
	assert_int_equal(READ("OTEL_LOG_LEVEL", "loud")->log_level, LOG_INFO);
	expect_warning("OTEL_LOG_LEVEL", "loud", "info is used");
}

static void known_values_that_are_not_supported_are_explained(void **state)
{
	static const struct {
		const char *name, *value, *part;
	} cases[] = {
		{ "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "4318, not 4317" },
		{ "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "GRPC", "http/protobuf is used" },
		{ "OTEL_TRACES_EXPORTER", "zipkin", "otlp is used" },
		{ "OTEL_TRACES_EXPORTER", "otlp/stdout", "OTELSHIM_FILE" },
		{ "OTEL_TRACES_EXPORTER", "logging", "console" },
		{ "OTEL_TRACES_EXPORTER", "otlp,console", "otlp|console|none" },
		{ "OTEL_TRACES_SAMPLER", "jaeger_remote", "parentbased_always_on is used" },
		{ "OTEL_TRACES_SAMPLER", "xray", "parentbased_always_on is used" },
		{ "OTEL_TRACES_SAMPLER", "sometimes", "parentbased_always_on is used" },
		{ "OTEL_EXPORTER_OTLP_PROTOCOL", "smoke", "http/protobuf is used" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		READ(cases[i].name, cases[i].value);
		expect_warning(cases[i].name, cases[i].value, cases[i].part);
		assert_int_equal(settings.sampler, CONFIG_PARENT_ALWAYS_ON);
		assert_int_equal(settings.exporter, CONFIG_OTLP);
		assert_int_equal(settings.traces_protocol, CONFIG_HTTP_PROTOBUF);
	}
}

static void expect_ratio(double expected)
{
	assert_true(settings.sampler_ratio > expected - 0.0001);
	assert_true(settings.sampler_ratio < expected + 0.0001);
}

static void a_ratio_is_read_for_a_sampler_that_has_one(void **state)
{
	(void)state;
	READ("OTEL_TRACES_SAMPLER_ARG", "0.5");
	expect_ratio(1.0);
	assert_int_equal(settings.warnings, 0);
	READ("OTEL_TRACES_SAMPLER", "always_on", "OTEL_TRACES_SAMPLER_ARG", "abc");
	assert_int_equal(settings.warnings, 0);
	READ("OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", "0.25");
	expect_ratio(0.25);
	assert_true(settings.sampler_ratio_set);
	READ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG", "0");
	expect_ratio(0.0);
	READ("OTEL_TRACES_SAMPLER", "traceidratio");
	expect_ratio(1.0);
	assert_int_equal(settings.warnings, 0);
}

static void a_bad_ratio_is_told_and_is_1(void **state)
{
	static const char *const bad[] = { "abc", "1.5", "-1", "nan" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		READ("OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", bad[i]);
		expect_warning("OTEL_TRACES_SAMPLER_ARG", bad[i], "1.0 is used");
		expect_ratio(1.0);
		assert_false(settings.sampler_ratio_set);
	}
}

static void the_general_limits_are_those_of_spans_too(void **state)
{
	(void)state;
	READ("OTEL_ATTRIBUTE_COUNT_LIMIT", "3", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "10");
	assert_int_equal(settings.span_attribute_count_limit, 3);
	assert_int_equal(settings.span_attribute_length_limit, 10);
	READ("OTEL_ATTRIBUTE_COUNT_LIMIT", "3", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "5");
	assert_int_equal(settings.span_attribute_count_limit, 5);
	assert_int_equal(settings.attribute_count_limit, 3);
	READ("OTEL_ATTRIBUTE_COUNT_LIMIT", "3", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many");
	assert_int_equal(settings.span_attribute_count_limit, 3);
	assert_int_equal(settings.warnings, 1);
}

static void what_is_for_traces_beats_what_is_for_all(void **state)
{
	const struct config *c;

	(void)state;
	c = READ("OTEL_EXPORTER_OTLP_TIMEOUT", "1", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json",
		 "OTEL_EXPORTER_OTLP_HEADERS", "a=b", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://x");
	assert_int_equal(c->traces_timeout, 1);
	assert_int_equal(c->traces_protocol, CONFIG_HTTP_JSON);
	assert_string_equal(c->traces_headers, "a=b");
	assert_true(c->traces_headers_set);
	/* Its path is not the same: v1/traces is added to the general one. */
	assert_string_equal(c->endpoint, "http://x");
	assert_string_equal(c->traces_endpoint, "");
	assert_false(c->traces_endpoint_set);
	c = READ("OTEL_EXPORTER_OTLP_TIMEOUT", "1", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0",
		 "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
		 "http/protobuf", "OTEL_EXPORTER_OTLP_HEADERS", "a=b",
		 "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "c=d");
	assert_int_equal(c->traces_timeout, 0);
	assert_int_equal(c->traces_protocol, CONFIG_HTTP_PROTOBUF);
	assert_string_equal(c->traces_headers, "c=d");
}

static void a_batch_is_at_most_the_queue(void **state)
{
	(void)state;
	READ("OTEL_BSP_MAX_QUEUE_SIZE", "100");
	assert_int_equal(settings.max_export_batch_size, 100);
	assert_int_equal(settings.warnings, 0);
	READ("OTEL_BSP_MAX_QUEUE_SIZE", "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "200");
	assert_int_equal(settings.max_export_batch_size, 100);
	expect_warning("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "200", "OTEL_BSP_MAX_QUEUE_SIZE");
	READ("OTEL_BSP_MAX_QUEUE_SIZE", "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "50");
	assert_int_equal(settings.max_export_batch_size, 50);
	assert_int_equal(settings.warnings, 0);
}

static void a_configuration_file_is_told_not_to_count(void **state)
{
	(void)state;
	READ("OTEL_CONFIG_FILE", "/etc/otel.yaml", "OTEL_SERVICE_NAME", "shop");
	expect_warning("OTEL_CONFIG_FILE", "", "not supported");
	assert_string_equal(settings.service_name, "shop");
	READ("OTEL_CONFIG_FILE", "", "OTEL_EXPERIMENTAL_CONFIG_FILE", "x");
	expect_warning("OTEL_EXPERIMENTAL_CONFIG_FILE", "", "not supported");
}

static void texts_are_copied_as_they_are(void **state)
{
	char name[] = " shop ";

	(void)state;
	READ("OTEL_SERVICE_NAME", name, "OTELSHIM_FILE", "/tmp/%p");
	name[1] = 'X';
	assert_string_equal(settings.service_name, " shop ");
	assert_string_equal(settings.file, "/tmp/%p");
}

static char *repeat(char byte, size_t size)
{
	char *text = malloc(size + 1);

	assert_non_null(text);
	memset(text, byte, size);
	text[size] = '\0';
	return text;
}

static void a_text_that_is_too_long_is_unset_and_never_quoted(void **state)
{
	char *fits = repeat('a', CONFIG_STRINGS - 1);
	char *secret = repeat('s', CONFIG_STRINGS);

	(void)state;
	READ("OTEL_EXPORTER_OTLP_HEADERS", fits);
	assert_int_equal(settings.warnings, 0);
	assert_int_equal(strlen(settings.headers), CONFIG_STRINGS - 1);
	READ("OTEL_EXPORTER_OTLP_HEADERS", secret, "OTEL_SERVICE_NAME", "shop");
	expect_warning("OTEL_EXPORTER_OTLP_HEADERS", "", "too long");
	assert_string_equal(settings.headers, "");
	assert_false(settings.headers_set);
	assert_string_equal(settings.service_name, "shop");
	free(fits);
	free(secret);
}

static void a_quoted_value_is_cut_between_characters(void **state)
{
	char *value = repeat('x', 62);
	char text[80];

	(void)state;
	snprintf(text, sizeof(text), "%s\xc3\xa9" "abc", value);
	READ("OTEL_BSP_MAX_QUEUE_SIZE", text);
	expect_warning("OTEL_BSP_MAX_QUEUE_SIZE", value, "is used");
	free(value);
}

static void more_mistakes_than_places_are_counted(void **state)
{
	static const char *const variables[] = {
		"OTEL_SDK_DISABLED", "x", "OTEL_TRACES_SAMPLER", "x", "OTEL_TRACES_EXPORTER", "x",
		"OTEL_BSP_SCHEDULE_DELAY", "x", "OTEL_BSP_EXPORT_TIMEOUT", "x",
		"OTEL_BSP_MAX_QUEUE_SIZE", "x", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "x",
		"OTEL_ATTRIBUTE_COUNT_LIMIT", "x", "OTELSHIM_BUFFER", "x", "OTELSHIM_SLOW",
		"x", NULL,
	};

	(void)state;
	assert_int_equal(read_config(variables)->warnings, 10);
	assert_string_equal(settings.warning[CONFIG_WARNINGS - 1].name,
			    "OTEL_ATTRIBUTE_COUNT_LIMIT");
}

/* Every default in the table is a value of its own variable, and gives what nothing gives. */
static void each_default_shown_is_the_default(void **state)
{
	static struct config unset;
	size_t count;
	const struct config_row *rows = config_rows(&count);

	(void)state;
	READ_NOTHING();
	unset = settings;
	for (size_t i = 0; i < count; i++) {
		assert_true(rows[i].meaning[0] != '\0');
		assert_memory_equal(rows[i].name, CONFIG_PREFIX, strlen(CONFIG_PREFIX));
		READ(rows[i].name, rows[i].preset);
		assert_int_equal(settings.warnings, 0);
		assert_int_equal(settings.log_level, unset.log_level);
		assert_int_equal(settings.summary, unset.summary);
		assert_int_equal(settings.protocol, unset.protocol);
		assert_int_equal(settings.compression, unset.compression);
		assert_int_equal(settings.traces_compression, unset.traces_compression);
		assert_int_equal(settings.pg_sqlcommenter, unset.pg_sqlcommenter);
		assert_int_equal(settings.params, unset.params);
		assert_int_equal(settings.sampler, unset.sampler);
		assert_int_equal(settings.exporter, unset.exporter);
		assert_int_equal(settings.traces_protocol, unset.traces_protocol);
		assert_string_equal(settings.endpoint, unset.endpoint);
		assert_int_equal(settings.max_queue_size, unset.max_queue_size);
		assert_int_equal(settings.traces_timeout, unset.traces_timeout);
		assert_int_equal(settings.slow_ns, unset.slow_ns);
		assert_int_equal(settings.exit_timeout_ns, unset.exit_timeout_ns);
		assert_int_equal(settings.buffer, unset.buffer);
		assert_int_equal(settings.run_span, unset.run_span);
		assert_int_equal(settings.span_attribute_length_limit,
				 unset.span_attribute_length_limit);
		assert_int_equal(settings.pg_connect, unset.pg_connect);
	}
}

static char log_path[] = "/tmp/test_config.XXXXXX";

/* In a process of its own: the settings are read once. */
static void load_and_warn(void)
{
	static char text[4096];
	int log;

	setenv("OTEL_SERVICE_NAME", "first", 1);
	setenv("OTEL_SDK_DISABLED", "yes", 1);
	setenv("OTEL_CONFIG_FILE", "x", 1);
	config_load();
	setenv("OTEL_SERVICE_NAME", "second", 1);
	CHILD_EXPECT(strcmp(config()->service_name, "first") == 0);
	log_configure(LOG_WARN, log_path);
	config_warn();
	config_warn();
	log = open(log_path, O_RDONLY);
	CHILD_EXPECT(read(log, text, sizeof(text) - 1) > 0);
	CHILD_EXPECT(strstr(text, "warn: OTEL_SDK_DISABLED=\"yes\" is neither true nor false; "
				  "false is used\n"));
	CHILD_EXPECT(strstr(text, "warn: OTEL_CONFIG_FILE is not supported"));
	CHILD_EXPECT(strstr(strstr(text, "yes") + 1, "yes") == NULL);
}

static void the_environment_is_read_once_and_mistakes_told_once(void **state)
{
	int log = mkstemp(log_path);

	(void)state;
	assert_true(log >= 0);
	close(log);
	assert_int_equal(child_run(load_and_warn), 0);
	unlink(log_path);
}

TESTS(cmocka_unit_test(nothing_set_gives_the_documented_defaults),
      cmocka_unit_test(set_but_empty_is_unset),
      cmocka_unit_test(the_sdk_is_disabled_by_true_alone),
      cmocka_unit_test(a_default_of_true_stays_when_a_value_is_unreadable),
      cmocka_unit_test(numbers_out_of_range_give_the_default),
      cmocka_unit_test(what_opens_up_is_off_unless_asked_for),
      cmocka_unit_test(choices_are_read_in_any_case),
      cmocka_unit_test(words_are_a_set),
      cmocka_unit_test(a_word_that_is_not_known_is_left_out),
      cmocka_unit_test(levels_have_other_names),
      cmocka_unit_test(known_values_that_are_not_supported_are_explained),
      cmocka_unit_test(a_ratio_is_read_for_a_sampler_that_has_one),
      cmocka_unit_test(a_bad_ratio_is_told_and_is_1),
      cmocka_unit_test(the_general_limits_are_those_of_spans_too),
      cmocka_unit_test(what_is_for_traces_beats_what_is_for_all),
      cmocka_unit_test(a_batch_is_at_most_the_queue),
      cmocka_unit_test(a_configuration_file_is_told_not_to_count),
      cmocka_unit_test(texts_are_copied_as_they_are),
      cmocka_unit_test(a_text_that_is_too_long_is_unset_and_never_quoted),
      cmocka_unit_test(a_quoted_value_is_cut_between_characters),
      cmocka_unit_test(more_mistakes_than_places_are_counted),
      cmocka_unit_test(each_default_shown_is_the_default),
      cmocka_unit_test(the_environment_is_read_once_and_mistakes_told_once))
