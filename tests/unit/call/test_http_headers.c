/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that settings name, and no others. */
#include "tests/support/test.h"

#include "call/http_headers.h"

/* ---- sources and what comes of them ---- */

struct lines {
	const char *const *line;	/* null after the last */
	size_t place;
	bool entries;
};

static bool lines_next(void *context, bool again, struct http_header *ret)
{
	struct lines *lines = context;

	if (again)
		lines->place = 0;
	while (lines->line[lines->place]) {
		struct slice line = slice_of_string(lines->line[lines->place++]);

		if (lines->entries ? http_header_of_entry(line, ret) : http_header_split(line, ret))
			return true;
	}
	return false;
}

static struct http_header_source source_of(struct lines *lines)
{
	return (struct http_header_source){ lines_next, lines };
}

static const struct http_header_source nothing;

static void show_header(struct slice header, char *to, size_t room)
{
	struct slice name = header_name(header), rest = slice_after(header, name.size), value;
	size_t used = (size_t)snprintf(to, room, "%.*s=", (int)name.size, (const char *)name.data);

	while (used < room && header_next_value(&rest, &value))
		used += (size_t)snprintf(to + used, room - used, "[%.*s]", (int)value.size,
					 (const char *)value.data);
}

/* "> name=[value][value]" for requests, "<" for responses, "left out 1". */
static const char *describe_in(size_t room, struct http_header_source request,
			       struct http_header_source response)
{
	static _Alignas(8) uint8_t memory[RECORD_SIZE_MAX];
	static char text[RECORD_SIZE_MAX];
	struct record_writer writer;
	struct attribute_cursor cursor;
	struct attribute_value value;
	size_t used = 0;

	memset(memory, 0xee, sizeof(memory));
	record_writer_begin(&writer, memory, room);
	http_headers_describe(&writer, request, response);
	assert_int_equal(memory[room], 0xee);
	assert_true(attributes_check(slice_of(memory, (size_t)(writer.position - memory)),
				     writer.attributes));
	cursor = (struct attribute_cursor){ memory, writer.position };
	for (text[0] = '\0'; attribute_next(&cursor, &value); used = strlen(text)) {
		const char *mark = value.key == ATTRIBUTE_HTTP_REQUEST_HEADER ? ">" : "<";

		used += (size_t)snprintf(text + used, sizeof(text) - used, used ? " %s " : "%s ",
					 value.type == ATTRIBUTE_HEADER ? mark : "left out");
		if (value.type == ATTRIBUTE_HEADER)
			show_header(value.string, text + used, sizeof(text) - used);
		else
			snprintf(text + used, sizeof(text) - used, "%d", (int)value.integer);
	}
	return text;
}

static const char *describe(struct http_header_source request, struct http_header_source response)
{
	return describe_in(HTTP_HEADERS_ROOM, request, response);
}

static void configure(const char *request, const char *response, const char *sanitized)
{
	http_header_options = (struct http_header_options){
		slice_of_string(request), slice_of_string(response), slice_of_string(sanitized),
	};
}

static const char *const answer[] = {
	"HTTP/1.1 200 OK\r\n", "Content-Type: text/html\r\n", "Set-Cookie: a=1\r\n",
	"X-Empty:\r\n", "Set-Cookie: b=2\r\n", "\r\n", NULL,
};

/* ---- lines ---- */

struct parsed {
	const char *line, *name, *value;	/* name null: no header */
};

static void check_lines(const struct parsed *cases, size_t count,
			bool (*parse)(struct slice line, struct http_header *ret))
{
	for (size_t i = 0; i < count; i++) {
		struct slice line = slice_of_string(cases[i].line);
		struct http_header header = { 0 };

		for (size_t cut = 0; cut <= line.size; cut++) {
			uint8_t *copy = test_exact_copy(slice_first(line, cut));
			bool found = parse(slice_of(copy, cut), &header);

			if (cut == line.size && found != !!cases[i].name)
				fail_msg("\"%s\"", cases[i].line);
			if (cut == line.size && found) {
				assert_slice_equal(header.name, slice_of_string(cases[i].name));
				assert_slice_equal(header.value, slice_of_string(cases[i].value));
			}
			free(copy);
		}
	}
}

static void a_line_is_a_name_and_a_value(void **state)
{
	static const struct parsed cases[] = {
		{ "Host: a", "Host", "a" },
		{ "Host:a\r\n", "Host", "a" },
		{ "Host: \t a b \t\r\n", "Host", "a b" },
		{ "X: a:b", "X", "a:b" },
		{ "X:", "X", "" },
		{ "HTTP/1.1 200 OK\r\n", NULL, NULL },
		{ "\r\n", NULL, NULL },
		{ "", NULL, NULL },
		{ ": a", NULL, NULL },
		{ "a b: c", NULL, NULL },
		{ " folded: line", NULL, NULL },
		{ "caf\xc3\xa9: c", NULL, NULL },
		{ ":authority: a", NULL, NULL },
	};

	(void)state;
	check_lines(cases, sizeof(cases) / sizeof(cases[0]), http_header_split);
}

static void an_entry_may_add_an_empty_header_or_take_one_away(void **state)
{
	static const struct parsed cases[] = {
		{ "X-A: 1", "X-A", "1" }, { "X-A:", NULL, NULL },  { "X-A: \t", NULL, NULL },
		{ "X-A;", "X-A", "" },	  { "X-A; ", "X-A", "" },  { "X-A;b", NULL, NULL },
		{ ";", NULL, NULL },	  { "X-A", NULL, NULL },   { "a b;", NULL, NULL },
		{ "X-A: b;", "X-A", "b;" },
	};

	(void)state;
	check_lines(cases, sizeof(cases) / sizeof(cases[0]), http_header_of_entry);
}

/* ---- selection ---- */

static void nothing_is_told_that_was_not_named(void **state)
{
	struct lines lines = { .line = answer };

	(void)state;
	configure("", "", "");
	assert_false(http_headers_wanted());
	assert_string_equal(describe(source_of(&lines), source_of(&lines)), "");
	configure("content-type", "", "");
	assert_true(http_headers_wanted());
	assert_string_equal(describe(nothing, source_of(&lines)), "");
	configure("", "x-absent", "");
	assert_string_equal(describe(source_of(&lines), source_of(&lines)), "");
}

static void named_headers_have_small_letters_and_all_their_values(void **state)
{
	struct lines lines = { .line = answer };

	(void)state;
	configure("", "SET-cookie, Content-Type ,X-Empty", "");
	assert_string_equal(describe(nothing, source_of(&lines)),
			    "< set-cookie=[a=1][b=2] < content-type=[text/html] < x-empty=[]");
}

static void both_directions_have_their_own_names(void **state)
{
	static const char *const sent[] = { "X-Id: 7", "Accept: */*", "Expect:", "X-Flag;", NULL };
	struct lines request = { .line = sent, .entries = true }, response = { .line = answer };

	(void)state;
	configure("x-id,expect,x-flag", "content-type,x-id", "");
	assert_string_equal(describe(source_of(&request), source_of(&response)),
			    "> x-id=[7] > x-flag=[] < content-type=[text/html]");
}

static void values_of_named_fields_are_masked(void **state)
{
	struct lines lines = { .line = answer };

	(void)state;
	configure("", "set-cookie,content-type", "Set-Cookie,authorization");
	assert_string_equal(describe(nothing, source_of(&lines)),
			    "< set-cookie=[REDACTED][REDACTED] < content-type=[text/html]");
}

static void odd_lists_of_names_do_no_harm(void **state)
{
	static const char *const lists[] = { ",", ",,,", " , ", "a b", "caf\xc3\xa9", ",x-none,",
		"0123456789012345678901234567890123456789012345678901234567890123456789" };
	struct lines lines = { .line = answer };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		configure(lists[i], lists[i], lists[i]);
		assert_string_equal(describe(source_of(&lines), source_of(&lines)), "");
	}
	configure("", "content-type,,Content-Type,content-type", "");
	assert_string_equal(describe(nothing, source_of(&lines)), "< content-type=[text/html]");
}

/* ---- bounds ---- */

static void what_is_too_much_is_left_out_and_counted(void **state)
{
	static char line[8][600];
	const char *const many[] = { line[0], line[1], line[2], line[3], "X-B: last", NULL };
	struct lines lines = { .line = many };
	const char *text;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		snprintf(line[i], sizeof(line[i]), "X-A: %0590zu", i);
	configure("", "x-a,x-b", "");
	text = describe(nothing, source_of(&lines));
	assert_non_null(strstr(text, "[last]"));
	assert_non_null(strstr(text, "left out 1"));
	assert_non_null(strstr(text, "0002]"));
	assert_null(strstr(text, "0003]"));
	for (size_t room = 0; room <= HTTP_HEADERS_ROOM; room += 8)
		describe_in(room, source_of(&lines), source_of(&lines));
}

static void both_directions_at_their_most_fit_in_the_promised_room(void **state)
{
	static char line[64][1200], names[64 * 8];
	const char *many[65] = { NULL };
	struct lines lines = { .line = many };

	(void)state;
	for (size_t size = 31; size < 1100; size = size * 2 + 1) {
		names[0] = '\0';
		for (size_t i = 0; i < 64; i++) {
			snprintf(line[i], sizeof(line[i]), "h%zu: %0*d", i, (int)size, 1);
			snprintf(names + strlen(names), 8, "h%zu,", i);
			many[i] = line[i];
		}
		configure(names, names, "");
		describe(source_of(&lines), source_of(&lines));
		assert_non_null(strstr(describe(source_of(&lines), source_of(&lines)), "left out"));
	}
}

static void a_long_value_is_cut_at_a_character(void **state)
{
	static char line[HTTP_HEADER_VALUE_MAX + 64] = "x: ";
	const char *const one[] = { line, NULL };
	struct lines lines = { .line = one };
	const char *text;

	(void)state;
	for (size_t i = 0; i < HTTP_HEADER_VALUE_MAX; i += 2)
		memcpy(line + strlen(line), i ? "\xc3\xa9" : "a\xc3\xa9", i ? 3 : 4);
	configure("", "x", "");
	text = describe(nothing, source_of(&lines));
	assert_int_equal(strlen(text), strlen("< x=[]") + HTTP_HEADER_VALUE_MAX - 1);
}

TESTS(cmocka_unit_test(a_line_is_a_name_and_a_value),
      cmocka_unit_test(an_entry_may_add_an_empty_header_or_take_one_away),
      cmocka_unit_test(nothing_is_told_that_was_not_named),
      cmocka_unit_test(named_headers_have_small_letters_and_all_their_values),
      cmocka_unit_test(both_directions_have_their_own_names),
      cmocka_unit_test(values_of_named_fields_are_masked),
      cmocka_unit_test(odd_lists_of_names_do_no_harm),
      cmocka_unit_test(what_is_too_much_is_left_out_and_counted),
      cmocka_unit_test(both_directions_at_their_most_fit_in_the_promised_room),
      cmocka_unit_test(a_long_value_is_cut_at_a_character))
