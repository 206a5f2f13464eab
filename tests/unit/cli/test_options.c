/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines: what is ours, what is the command's, what is refused. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/options.h"

#define WORDS 12

/* Parses @line, split at blanks; the words stay where options point. */
static bool parse(const char *line, struct options *ret)
{
	static char text[256], *word[WORDS + 1];
	int count = 0;

	snprintf(text, sizeof(text), "%s", line);
	for (char *next = strtok(text, " "); next && count < WORDS; next = strtok(NULL, " "))
		word[count++] = next;
	word[count] = NULL;
	return options_parse(count, word, ret);
}

/* The same, with what is said put away. */
static bool parse_quietly(const char *line, struct options *ret)
{
	int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
	bool done;

	assert_true(kept >= 0 && nowhere >= 0);
	fflush(stderr);
	dup2(nowhere, STDERR_FILENO);
	done = parse(line, ret);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(nowhere);
	return done;
}

static void options_end_at_the_command(void **state)
{
	static const struct {
		const char *line, *command, *argument;
	} cases[] = {
		{ "otelshim shopd", "shopd", NULL },
		{ "otelshim run shopd", "shopd", NULL },
		{ "otelshim shopd -q", "shopd", "-q" },
		{ "otelshim -q shopd --json", "shopd", "--json" },
		{ "otelshim -- -odd -x", "-odd", "-x" },
		{ "otelshim run -- run x", "run", "x" },
		{ "otelshim run report x", "report", "x" },
		{ "otelshim -- help x", "help", "x" },
		{ "otelshim -o file shopd run", "shopd", "run" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct options options;

		assert_true(parse(cases[i].line, &options));
		assert_int_equal(options.verb, OPTIONS_RUN);
		assert_string_equal(options.command[0], cases[i].command);
		if (cases[i].argument)
			assert_string_equal(options.command[1], cases[i].argument);
		else
			assert_null(options.command[1]);
	}
}

static void every_option_is_read(void **state)
{
	struct options options;

	(void)state;
	assert_true(parse("otelshim -o f --no-file --json=j -qv -n 7 -s p95 x", &options));
	assert_string_equal(options.output, "f");
	assert_true(options.no_file && options.json && options.quiet && options.verbose);
	assert_string_equal(options.json_file, "j");
	assert_int_equal(options.top, 7);
	assert_int_equal(options.order, SUMMARY_BY_P95);
	assert_true(options.full);
	assert_true(parse("otelshim --color=never --summary always --follow -E A=b=c -E B x",
			  &options));
	assert_int_equal(options.color, OPTIONS_NEVER);
	assert_true(options.summary_set);
	assert_int_equal(options.summary, OPTIONS_ALWAYS);
	assert_true(options.follow);
	assert_int_equal(options.variables, 2);
	assert_string_equal(options.variable[0], "A=b=c");
	assert_string_equal(options.variable[1], "B");
	assert_false(options.full || options.quiet || options.json);
	assert_int_equal(options.top, 10);
}

static void json_without_a_file_does_not_eat_the_command(void **state)
{
	struct options options;

	(void)state;
	assert_true(parse("otelshim --json shopd", &options));
	assert_true(options.json);
	assert_null(options.json_file);
	assert_string_equal(options.command[0], "shopd");
}

static void help_and_version_need_no_command(void **state)
{
	struct options options;

	(void)state;
	assert_true(parse("otelshim --help", &options));
	assert_int_equal(options.verb, OPTIONS_HELP);
	assert_true(parse("otelshim --version", &options));
	assert_int_equal(options.verb, OPTIONS_VERSION);
	assert_true(parse("otelshim help environment", &options));
	assert_int_equal(options.verb, OPTIONS_HELP);
	assert_string_equal(options.topic, "environment");
	assert_true(parse("otelshim help", &options));
	assert_null(options.topic);
}

static void what_makes_no_sense_is_refused_and_nothing_is_changed(void **state)
{
	static const char *const lines[] = {
		"otelshim",
		"otelshim run",
		"otelshim -q",
		"otelshim -x true",
		"otelshim --nope true",
		"otelshim -n 0 true",
		"otelshim -n 101 true",
		"otelshim -n -1 true",
		"otelshim -n 5x true",
		"otelshim -s speed true",
		"otelshim --color=yes true",
		"otelshim --summary=on true",
		"otelshim -E =x true",
		"otelshim --json= true",
		"otelshim -o",
		"otelshim report",
		"otelshim doctor x",
		"otelshim env A=b x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct options options = { .top = 77 };

		assert_false(parse_quietly(lines[i], &options));
		assert_int_equal(options.top, 77);
	}
}

static void as_many_variables_as_promised_are_taken(void **state)
{
	char *word[2 * OPTIONS_VARIABLES + 5];
	static char name[] = "otelshim", flag[] = "-E", value[] = "A=1", command[] = "true";
	struct options options;
	int count = 0;

	(void)state;
	word[count++] = name;
	for (int i = 0; i < OPTIONS_VARIABLES; i++) {
		word[count++] = flag;
		word[count++] = value;
	}
	word[count] = command;
	word[count + 1] = NULL;
	assert_true(options_parse(count + 1, word, &options));
	assert_int_equal(options.variables, OPTIONS_VARIABLES);
}

TESTS(cmocka_unit_test(options_end_at_the_command), cmocka_unit_test(every_option_is_read),
      cmocka_unit_test(json_without_a_file_does_not_eat_the_command),
      cmocka_unit_test(help_and_version_need_no_command),
      cmocka_unit_test(what_makes_no_sense_is_refused_and_nothing_is_changed),
      cmocka_unit_test(as_many_variables_as_promised_are_taken))
