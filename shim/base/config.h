/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings, read once from the environment by secure_getenv(), each by its row in config.def.
 * Set but empty is unset. What cannot be read gives its documented default and one warning that
 * quotes the value; warnings are kept, and told by whoever first has a reason to speak (otel-spec
 * 1.1).
 *
 * Ownership: strings are copies in one pool, until the next config_read(); the program may change
 * its environment later.
 * Threads: config_load() once, at load; read-only afterwards. No allocation.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All values together; what is longer counts as unreadable */
#define CONFIG_STRINGS ((size_t)16 << 10)
#define CONFIG_WARNINGS 8
/* Of the names of all settings */
#define CONFIG_PREFIX "OTEL"

enum config_sampler {
	CONFIG_ALWAYS_ON, CONFIG_ALWAYS_OFF, CONFIG_RATIO,
	CONFIG_PARENT_ALWAYS_ON, CONFIG_PARENT_ALWAYS_OFF, CONFIG_PARENT_RATIO
};
enum config_exporter { CONFIG_OTLP, CONFIG_CONSOLE, CONFIG_NONE };
enum config_protocol { CONFIG_HTTP_PROTOBUF, CONFIG_HTTP_JSON };
enum config_compression { CONFIG_UNCOMPRESSED, CONFIG_GZIP };
enum config_when { CONFIG_AUTO, CONFIG_ALWAYS, CONFIG_NEVER };
enum config_switch { CONFIG_OFF, CONFIG_ON };
enum config_connect { CONFIG_CONNECT_ON, CONFIG_CONNECT_ERRORS, CONFIG_CONNECT_OFF };

struct config_warning {
	const char *name;	/* of the variable */
	char value[64];		/* cut; empty for texts, which may hold secrets */
	const char *instead;	/* what is wrong and what happens, the rest of a sentence */
};

/* For each row: the field, and whether the variable was set to something readable. */
struct config {
#define BOOLEAN(field, name, preset, meaning) bool field; bool field##_set;
#define INTEGER(field, name, preset, least, most, meaning) int64_t field; bool field##_set;
#define MILLISECONDS(field, name, preset, meaning) int64_t field; bool field##_set;
#define DURATION(field, name, preset, shown, meaning) uint64_t field##_ns; bool field##_set;
#define SIZE(field, name, preset, least, most, shown, meaning) uint64_t field; bool field##_set;
#define RATIO(field, name, preset, meaning) double field; bool field##_set;
#define STRING(field, name, preset, meaning) const char *field; bool field##_set;
#define CHOICE(field, name, preset, place, choices, meaning) int field; bool field##_set;
#define NUMBERS(field, name, meaning) uint32_t field; bool field##_set;
#define WORDS(field, name, preset, bits, choices, meaning) uint32_t field; bool field##_set;
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
	size_t warnings;	/* how many, also those that found no place below */
	struct config_warning warning[CONFIG_WARNINGS];
	size_t strings_used;	/* of CONFIG_STRINGS */
};

/* Where a value comes from: secure_getenv() in the library, a table in tests. */
typedef const char *config_source(const char *name);

/* Fills @ret; every field has a usable value afterwards. Applies the fallbacks between variables:
 * span limits over general, batch size at most the queue's, and traces-specific over generic: the
 * traces_ fields hold what is in force, but for traces_endpoint, since a path is added to the
 * generic one. A sampler's ratio is read for a sampler that has one. */
void config_read(config_source *source, struct config *ret);

/* The settings of this process; config_load() reads them once. */
void config_load(void);
const struct config *config(void);

/* Writes each warning with log_warn(), once in a process. */
void config_warn(void);

/* One row of the table, for `otelshim help environment` and the README. */
struct config_row {
	const char *name, *preset, *choices, *meaning;
};

/* All rows in order; @ret_count of them. */
const struct config_row *config_rows(size_t *ret_count);

#endif
