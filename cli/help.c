/* SPDX-License-Identifier: Apache-2.0 */
/* Help texts; the settings come from the rows of base/config.def. */
#include "cli/help.h"

#include <string.h>

#include "base/config.h"

void help_usage(FILE *stream)
{
	fputs("usage: otelshim [run] [options] [--] COMMAND [ARG...]\n"
	      "       otelshim --help\n", stream);
}

static void print_overview(void)
{
	fputs("otelshim shows where a program's time with its database went.\n"
	      "\n"
	      "  otelshim ./shopd                  run it and see its slow queries\n"
	      "  otelshim -n 20 -s p95 ./shopd     the 20 queries with the worst 95th percentile\n"
	      "  otelshim --json=run.json ./shopd  the same for machines\n"
	      "  OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 otelshim -q ./shopd\n"
	      "                                    send the spans, say one line\n"
	      "  LD_PRELOAD=libotelshim.so ./shopd without a supervisor\n"
	      "\n"
	      "usage: otelshim [run] [options] [--] COMMAND [ARG...]\n"
	      "\n"
	      "  -o, --output FILE    spans as OTLP JSON lines; default ./otelshim.jsonl, with a\n"
	      "                       configured exporter only for what was not delivered;\n"
	      "                       the old one is kept as FILE.old\n"
	      "      --no-file        no such file\n"
	      "      --json[=FILE]    the summary as JSON, to FILE or standard error\n"
	      "  -n, --top N          queries in the table (10)\n"
	      "  -s, --sort KEY       total, calls, mean, p95, max, rows, errors\n"
	      "      --summary WHEN   auto, always, never\n"
	      "  -q, --quiet          one line at the end\n"
	      "  -v, --verbose        the whole table, also when nothing is slow\n"
	      "      --color WHEN     auto, always, never; NO_COLOR is obeyed\n"
	      "      --follow         wait for processes that outlive the command\n"
	      "  -E VAR[=VALUE]       set or unset a variable for the command\n"
	      "      --version, --help, help environment\n"
	      "\n"
	      "Nothing is written to standard output; the exit status is the command's own.\n"
	      "125: otelshim failed, 126: cannot be executed, 127: not found.\n",
	      stdout);
}

/* "a|b|c" as "a, b, c": "|" would end a cell of Markdown, too. */
static void print_choices(const char *text)
{
	for (; *text; text++)
		if (*text == '|')
			fputs(", ", stdout);
		else
			putchar(*text);
}

static void print_environment(void)
{
	size_t count;
	const struct config_row *row = config_rows(&count);

	for (size_t i = 0; i < count; i++) {
		printf("%s\n    %s", row[i].name, row[i].meaning);
		if (row[i].choices && *row[i].choices) {
			printf("\n    one of: ");
			print_choices(row[i].choices);
		}
		if (row[i].preset && *row[i].preset)
			printf("\n    default: %s", row[i].preset);
		printf("\n");
	}
}

static void print_options_table(void)
{
	size_t count;
	const struct config_row *row = config_rows(&count);

	printf("| variable | default | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		bool preset = row[i].preset && *row[i].preset;

		printf("| `%s` | %s%s%s | ", row[i].name, preset ? "`" : "",
		       preset ? row[i].preset : "", preset ? "`" : "");
		fputs(row[i].meaning, stdout);
		if (row[i].choices && *row[i].choices) {
			printf(" (");
			print_choices(row[i].choices);
			printf(")");
		}
		printf(" |\n");
	}
}

bool help_print(const char *topic)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} topics[] = {
		{ "run", print_overview },
		{ "environment", print_environment },
		{ "options-table", print_options_table },
	};

	if (!topic) {
		print_overview();
		return true;
	}
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		if (strcmp(topic, topics[i].name) == 0) {
			topics[i].print();
			return true;
		}
	fprintf(stderr, "otelshim: no help on '%s'; there is: run, environment\n", topic);
	return false;
}

void help_version(const char *library)
{
	if (library)
		printf("otelshim %s (libotelshim.so at %s)\n", PACKAGE_VERSION, library);
	else
		printf("otelshim %s (libotelshim.so not found)\n", PACKAGE_VERSION);
}
