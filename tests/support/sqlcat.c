/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Describes the statements on stdin, separated by NUL, one JSON line each: text, summary, hash,
 * truncated. Options: -v keeps the text verbatim, -s means standard_conforming_strings=off.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/sql.h"

static void print_string(const char *name, const uint8_t *data, size_t size)
{
	printf("\"%s\": \"", name);
	for (size_t i = 0; i < size; i++) {
		if (data[i] < 0x20 || data[i] == '"' || data[i] == '\\')
			printf("\\u%04x", data[i]);
		else
			putchar(data[i]);
	}
	printf("\", ");
}

static void print_statement(struct slice statement, enum sql_mode mode, bool standard)
{
	static uint8_t text[2 * SQL_READ_MAX], summary[SQL_READ_MAX];
	struct sql_output out = {
		.text = text,
		.text_capacity = sizeof(text),
		.summary = summary,
		.summary_capacity = sizeof(summary),
	};

	sql_describe(statement, mode, standard, &out);
	putchar('{');
	print_string("text", out.text, out.text_size);
	print_string("summary", out.summary, out.summary_size);
	printf("\"hash\": \"%016" PRIx64 "\", \"truncated\": %s}\n", out.hash,
	       out.truncated ? "true" : "false");
}

int main(int argc, char **argv)
{
	enum sql_mode mode = SQL_SANITISE;
	bool standard = true;
	char *statement = NULL;
	size_t room = 0;
	ssize_t size;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0)
			mode = SQL_VERBATIM;
		else if (strcmp(argv[i], "-s") == 0)
			standard = false;
		else
			return 2;
	}
	while ((size = getdelim(&statement, &room, '\0', stdin)) > 0) {
		size_t length = (size_t)size;

		if (statement[length - 1] == '\0')
			length--;
		print_statement(slice_of(statement, length), mode, standard);
	}
	free(statement);
	return fflush(stdout) == 0 ? 0 : 1;
}
