/* SPDX-License-Identifier: Apache-2.0 */
/* The settings: rows of config.def read by their kinds, then the rules between them. */
#include "base/config.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cold.h"
#include "base/config_parse.h"
#include "base/environment.h"
#include "base/log.h"

enum config_kind {
	CONFIG_BOOLEAN, CONFIG_INTEGER, CONFIG_DURATION, CONFIG_SIZE, CONFIG_FRACTION,
	CONFIG_STRING, CONFIG_CHOICE, CONFIG_NUMBERS, CONFIG_WORDS
};

/* A row as the readers need it, without pointers: the loader would write each in every process. */
struct config_setting {
	int64_t least, most;
	enum config_kind kind;
	uint16_t field, set;	/* offsets in struct config */
	char name[64];
	char choices[128];
	char instead[208];	/* of a value that cannot be read */
};

static const struct config_setting config_settings[] = {
#define BOOLEAN(field_, name_, preset_, meaning) \
	{ .kind = CONFIG_BOOLEAN, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .instead = "is neither true nor false; " #preset_ " is used" },
#define INTEGER(field_, name_, preset_, least_, most_, meaning) \
	{ .kind = CONFIG_INTEGER, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .least = least_, .most = most_, \
	  .instead = "is not a number from " #least_ " to " #most_ "; " #preset_ " is used" },
#define MILLISECONDS(field_, name_, preset_, meaning) \
	{ .kind = CONFIG_INTEGER, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .least = 0, .most = INT32_MAX, \
	  .instead = "is not a number of milliseconds; " #preset_ " is used" },
#define DURATION(field_, name_, preset_, shown, meaning) \
	{ .kind = CONFIG_DURATION, .field = offsetof(struct config, field_##_ns), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .instead = "is not a duration such as 250us, 100ms or 1s; " shown " is used" },
#define SIZE(field_, name_, preset_, least_, most_, shown, meaning) \
	{ .kind = CONFIG_SIZE, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .least = least_, .most = most_, \
	  .instead = "is not a size from " #least_ " to " #most_ " bytes; " shown " is used" },
#define RATIO(field_, name_, preset_, meaning) \
	{ .kind = CONFIG_FRACTION, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .instead = "is not a number from 0 to 1; " #preset_ " is used" },
#define STRING(field_, name_, preset_, meaning) \
	{ .kind = CONFIG_STRING, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .instead = "is too long; it is taken as unset" },
#define CHOICE(field_, name_, preset_, place, choices_, meaning) \
	{ .kind = CONFIG_CHOICE, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .choices = choices_, .instead = "is not one of " choices_ "; " preset_ " is used" },
#define NUMBERS(field_, name_, meaning) \
	{ .kind = CONFIG_NUMBERS, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .instead = "is neither off, all nor numbers from 0 to 15; off is used" },
#define WORDS(field_, name_, preset_, bits, choices_, meaning) \
	{ .kind = CONFIG_WORDS, .field = offsetof(struct config, field_), \
	  .set = offsetof(struct config, field_##_set), .name = name_, \
	  .choices = choices_, .instead = "names nothing known; " preset_ " is used" },
#include "base/config.def"
#undef BOOLEAN
#undef INTEGER
#undef MILLISECONDS
#undef DURATION
#undef SIZE
#undef RATIO
#undef STRING
#undef CHOICE
#undef NUMBERS
#undef WORDS
};

static const struct config_row config_table[] = {
#define BOOLEAN(field, name, preset, meaning) { name, #preset, NULL, meaning },
#define INTEGER(field, name, preset, least, most, meaning) { name, #preset, NULL, meaning },
#define MILLISECONDS(field, name, preset, meaning) { name, #preset, NULL, meaning },
#define DURATION(field, name, preset, shown, meaning) { name, shown, NULL, meaning },
#define SIZE(field, name, preset, least, most, shown, meaning) { name, shown, NULL, meaning },
#define RATIO(field, name, preset, meaning) { name, #preset, NULL, meaning },
#define STRING(field, name, preset, meaning) { name, preset, NULL, meaning },
#define CHOICE(field, name, preset, place, choices, meaning) { name, preset, choices, meaning },
#define NUMBERS(field, name, meaning) { name, "off", NULL, meaning },
#define WORDS(field, name, preset, bits, choices, meaning) \
	{ name, preset, choices "|none", meaning },
#include "base/config.def"
#undef BOOLEAN
#undef INTEGER
#undef MILLISECONDS
#undef DURATION
#undef SIZE
#undef RATIO
#undef STRING
#undef CHOICE
#undef NUMBERS
#undef WORDS
};

/* Values that others know and we do not: say what to do about it. */
struct config_known {
	const char *name, *value, *instead;
};

static const struct config_known config_unsupported[] = {
	{ "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
	  "is not supported; http/protobuf is used, usually on port 4318, not 4317" },
	{ "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc",
	  "is not supported; http/protobuf is used, usually on port 4318, not 4317" },
	{ "OTEL_TRACES_EXPORTER", "zipkin", "is not supported; otlp is used" },
	{ "OTEL_TRACES_EXPORTER", "otlp/stdout",
	  "is not supported; otlp is used, and OTELSHIM_FILE writes OTLP JSON lines" },
	{ "OTEL_TRACES_EXPORTER", "logging",
	  "is not supported; otlp is used, the name is console" },
	{ "OTEL_TRACES_SAMPLER", "jaeger_remote",
	  "is not supported; parentbased_always_on is used" },
	{ "OTEL_TRACES_SAMPLER", "parentbased_jaeger_remote",
	  "is not supported; parentbased_always_on is used" },
	{ "OTEL_TRACES_SAMPLER", "xray", "is not supported; parentbased_always_on is used" },
};

/* Other words for a log level, and the place of ours. */
struct config_alias {
	const char *value;
	enum log_level level;
};

static const struct config_alias config_levels[] = {
	{ "off", LOG_NONE }, { "fatal", LOG_ERROR }, { "warning", LOG_WARN },
	{ "verbose", LOG_DEBUG }, { "trace", LOG_DEBUG }, { "all", LOG_DEBUG },
};

/* What is in force where nothing is set: complete, so that most processes read no row at all. */
static const struct config config_presets = {
#define BOOLEAN(field, name, preset, meaning) .field = preset,
#define INTEGER(field, name, preset, least, most, meaning) .field = preset,
#define MILLISECONDS(field, name, preset, meaning) .field = preset,
#define DURATION(field, name, preset, shown, meaning) .field##_ns = preset,
#define SIZE(field, name, preset, least, most, shown, meaning) .field = preset,
#define RATIO(field, name, preset, meaning) .field = preset,
#define STRING(field, name, preset, meaning) .field = preset,
#define CHOICE(field, name, preset, place, choices, meaning) .field = place,
#define NUMBERS(field, name, meaning) .field = 0,
#define WORDS(field, name, preset, bits, choices, meaning) .field = bits,
#include "base/config.def"
#undef BOOLEAN
#undef INTEGER
#undef MILLISECONDS
#undef DURATION
#undef SIZE
#undef RATIO
#undef STRING
#undef CHOICE
#undef NUMBERS
#undef WORDS
};

static struct config config_own COLD_TABLE;
static char config_strings[CONFIG_STRINGS] COLD_TABLE;
static const struct config *_Atomic config_present;
static _Atomic int config_warned;

/* Cut before a character that does not fit as a whole. */
static void config_quote(struct slice value, char ret[64])
{
	size_t size = value.size < 63 ? value.size : 63;

	while (size < value.size && size > 0 && (value.data[size] & 0xc0) == 0x80)
		size--;
	if (size > 0)
		memcpy(ret, value.data, size);
	ret[size] = '\0';
}

static void config_complain(struct config *config, const char *name, struct slice value,
			    const char *instead)
{
	size_t place = config->warnings++;

	if (place >= CONFIG_WARNINGS)
		return;
	config->warning[place].name = name;
	config->warning[place].instead = instead;
	config_quote(value, config->warning[place].value);
}

static bool config_keep(struct config *config, struct slice value, const char **ret)
{
	char *copy = config_strings + config->strings_used;

	if (value.size >= CONFIG_STRINGS - config->strings_used)
		return false;
	memcpy(copy, value.data, value.size);
	copy[value.size] = '\0';
	config->strings_used += value.size + 1;
	*ret = copy;
	return true;
}

static void *config_field(struct config *config, const struct config_setting *setting)
{
	return (uint8_t *)config + setting->field;
}

static bool config_parse_level(struct slice value, const char *choices, int *ret)
{
	if (config_parse_choice(value, choices, ret))
		return true;
	for (size_t i = 0; i < sizeof(config_levels) / sizeof(config_levels[0]); i++) {
		if (!config_equal(config_trim(value), slice_of_string(config_levels[i].value)))
			continue;
		*ret = (int)config_levels[i].level;
		return true;
	}
	return false;
}

static bool config_read_integer(const struct config_setting *setting, struct slice value,
				int64_t *ret)
{
	int64_t number;

	if (!config_parse_integer(value, &number) || number < setting->least ||
	    number > setting->most)
		return false;
	*ret = number;
	return true;
}

static bool config_read_size(const struct config_setting *setting, struct slice value,
			     uint64_t *ret)
{
	uint64_t size;

	if (!config_parse_size(value, &size) || size < (uint64_t)setting->least ||
	    size > (uint64_t)setting->most)
		return false;
	*ret = size;
	return true;
}

/* Each word by itself: what is not known does not take the others with it (otel-spec 1.2). */
static bool config_read_words(struct config *config, const struct config_setting *setting,
			      struct slice value, uint32_t *ret)
{
	uint32_t bits = 0;
	bool none = false;
	struct slice word;

	while (slice_take_part(&value, ',', &word)) {
		int place;

		word = config_trim(word);
		if (config_parse_choice(word, setting->choices, &place))
			bits |= UINT32_C(1) << place;
		else if (config_equal(word, SLICE("none")))
			none = true;
		else if (word.size)
			config_complain(config, setting->name, word, "is not known and left out");
	}
	if (none && bits)
		config_complain(config, setting->name, SLICE("none"),
				"is not alone; the others hold");
	if (!none && !bits)
		return false;
	*ret = bits;
	return true;
}

/* Stores @value in its field; false when it is none. */
static bool config_parse(struct config *config, const struct config_setting *setting,
			 struct slice value)
{
	void *field = config_field(config, setting);

	switch (setting->kind) {
	case CONFIG_BOOLEAN:
		return config_parse_boolean(value, field);
	case CONFIG_INTEGER:
		return config_read_integer(setting, value, field);
	case CONFIG_DURATION:
		return config_parse_duration(value, field);
	case CONFIG_SIZE:
		return config_read_size(setting, value, field);
	case CONFIG_FRACTION:
		return config_parse_ratio(value, field);
	case CONFIG_STRING:
		return config_keep(config, value, field);
	case CONFIG_CHOICE:
		if (setting->field == offsetof(struct config, log_level))
			return config_parse_level(value, setting->choices, field);
		return config_parse_choice(value, setting->choices, field);
	case CONFIG_NUMBERS:
		return config_parse_numbers(value, field);
	case CONFIG_WORDS:
		return config_read_words(config, setting, value, field);
	}
	return false;
}

static const char *config_instead(const struct config_setting *setting, struct slice value)
{
	for (size_t i = 0; i < sizeof(config_unsupported) / sizeof(config_unsupported[0]); i++) {
		const struct config_known *known = &config_unsupported[i];

		if (strcmp(known->name, setting->name) == 0 &&
		    config_equal(config_trim(value), slice_of_string(known->value)))
			return known->instead;
	}
	return setting->instead;
}

static void config_read_setting(struct config *config, const struct config_setting *setting,
				struct slice value)
{
	if (value.size == 0)
		return;
	if (config_parse(config, setting, value)) {
		*((bool *)config + setting->set) = true;
		return;
	}
	/* A text may be a header or hold a password: it is not repeated. */
	config_complain(config, setting->name,
			setting->kind == CONFIG_STRING ? slice_of(NULL, 0) : config_trim(value),
			config_instead(setting, value));
}

/* Its argument means a ratio, and is read, only with these (otel-spec 1.2). */
static bool config_takes_ratio(const struct config *config)
{
	return config->sampler == CONFIG_RATIO || config->sampler == CONFIG_PARENT_RATIO;
}

static void config_fall_back(struct config *config)
{
	if (!config->traces_protocol_set)
		config->traces_protocol = config->protocol;
	if (!config->traces_headers_set)
		config->traces_headers = config->headers;
	if (!config->traces_compression_set)
		config->traces_compression = config->compression;
	if (!config->traces_timeout_set)
		config->traces_timeout = config->timeout;
	if (!config->span_attribute_count_limit_set && config->attribute_count_limit_set)
		config->span_attribute_count_limit = config->attribute_count_limit;
	if (!config->span_attribute_length_limit_set && config->attribute_length_limit_set)
		config->span_attribute_length_limit = config->attribute_length_limit;
	config->traces_protocol_set |= config->protocol_set;
	config->traces_headers_set |= config->headers_set;
	config->traces_compression_set |= config->compression_set;
	config->traces_timeout_set |= config->timeout_set;
	config->span_attribute_count_limit_set |= config->attribute_count_limit_set;
	config->span_attribute_length_limit_set |= config->attribute_length_limit_set;
}

static void config_limit_batch(config_source *source, struct config *config)
{
	const char *name = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";

	if (config->max_export_batch_size <= config->max_queue_size)
		return;
	if (config->max_export_batch_size_set)
		config_complain(config, name, config_trim(slice_of_string(source(name))),
				"is more than OTEL_BSP_MAX_QUEUE_SIZE; the queue's size is used");
	config->max_export_batch_size = config->max_queue_size;
}

static void config_refuse_file(config_source *source, struct config *config)
{
	static const char *const names[] = { "OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_of_string(source(names[i])).size == 0)
			continue;
		config_complain(config, names[i], slice_of(NULL, 0),
				"is not supported; the environment's other settings are used");
		return;
	}
}

void config_read(config_source *source, struct config *ret)
{
	*ret = config_presets;
	config_refuse_file(source, ret);
	for (size_t i = 0; i < sizeof(config_settings) / sizeof(config_settings[0]); i++) {
		const struct config_setting *setting = &config_settings[i];
		struct slice value = slice_of_string(source(setting->name));

		if (setting->kind == CONFIG_FRACTION && !config_takes_ratio(ret))
			value.size = 0;
		config_read_setting(ret, setting, value);
	}
	config_fall_back(ret);
	config_limit_batch(source, ret);
}

static const char *config_environment(const char *name)
{
	return secure_getenv(name);
}

START void config_load(void)
{
	const struct config *present = &config_presets;

	if (atomic_load_explicit(&config_present, memory_order_acquire))
		return;
	if (environment_has(CONFIG_PREFIX)) {
		config_read(config_environment, &config_own);
		present = &config_own;
	}
	atomic_store_explicit(&config_present, present, memory_order_release);
}

START const struct config *config(void)
{
	config_load();
	return atomic_load_explicit(&config_present, memory_order_relaxed);
}

void config_warn(void)
{
	const struct config *present = config();
	size_t kept = present->warnings < CONFIG_WARNINGS ? present->warnings : CONFIG_WARNINGS;

	if (atomic_exchange(&config_warned, 1))
		return;
	for (size_t i = 0; i < kept; i++) {
		const struct config_warning *warning = &present->warning[i];

		if (warning->value[0])
			log_warn("%s=\"%s\" %s", warning->name, warning->value, warning->instead);
		else
			log_warn("%s %s", warning->name, warning->instead);
	}
	if (present->warnings > kept)
		log_warn("%zu more settings cannot be read", present->warnings - kept);
}

const struct config_row *config_rows(size_t *ret_count)
{
	*ret_count = sizeof(config_table) / sizeof(config_table[0]);
	return config_table;
}
