/* SPDX-License-Identifier: Apache-2.0 */
/* Settings from an environment that is the input: lines of NAME=VALUE. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/config_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *lines;

static const char *look_up(const char *name)
{
	size_t length = strlen(name);

	for (const char *line = lines; *line; line += strlen(line) + 1)
		if (strncmp(line, name, length) == 0 && line[length] == '=')
			return line + length + 1;
	return NULL;
}

/* Each line becomes a string; an empty line, or the end, is the last. */
static char *split(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 2);

	if (!copy)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	copy[size + 1] = '\0';
	for (size_t i = 0; i < size; i++)
		if (copy[i] == '\n')
			copy[i] = '\0';
	return copy;
}

static void expect(int condition)
{
	if (!condition)
		abort();
}

static void check(const struct config *config)
{
	expect(config->log_level >= 0 && config->log_level <= 4);
	expect(config->sampler >= 0 && config->sampler <= CONFIG_PARENT_RATIO);
	expect(config->sampler_ratio >= 0.0 && config->sampler_ratio <= 1.0);
	expect(config->max_queue_size >= 1 && config->max_queue_size <= 1048576);
	expect(config->max_export_batch_size >= 1);
	expect(config->max_export_batch_size <= config->max_queue_size);
	expect(config->schedule_delay >= 0 && config->traces_timeout >= 0);
	expect(config->span_attribute_count_limit >= 0);
	expect(config->slow_ns <= INT64_MAX);
	expect(config->buffer >= 524288 && config->buffer <= 1073741824);
	expect(config->strings_used <= CONFIG_STRINGS);
	expect(strlen(config->service_name) + strlen(config->headers) +
	       strlen(config->traces_endpoint) + strlen(config->file) < CONFIG_STRINGS);
	for (size_t i = 0; i < config->warnings && i < CONFIG_WARNINGS; i++) {
		expect(strlen(config->warning[i].value) < sizeof(config->warning[i].value));
		expect(config->warning[i].name && config->warning[i].instead);
		expect(!strstr(config->warning[i].name, "HEADERS") ||
		       config->warning[i].value[0] == '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config;

	lines = split(data, size);
	config_read(look_up, &config);
	check(&config);
	free(lines);
	return 0;
}
