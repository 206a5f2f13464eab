/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL lexer: tables of statements and the tokens that they are cut into. */
#include "tests/support/test.h"

#include "protocol/sql_token.h"

/*
 * Tokens as one string: each token in brackets behind a letter for its kind, w word, q quoted
 * identifier, l literal, p parameter, m mark, c comment, b broken.
 */
static const struct {
	const char *input;
	const char *tokens;
} standard[] = {
	{ "", "" },
	{ " \t\r\n", "" },
	{ "a", "w{a}" },
	{ "select a1_$, \xc3\xa9 from t", "w{select} w{a1_$} m{,} w{\xc3\xa9} w{from} w{t}" },
	{ "(a.b);[c]", "m{(} w{a} m{.} w{b} m{)} m{;} m{[} w{c} m{]}" },
	{ "a = b <> c || d", "w{a} w{b} w{c} w{d}" },
	/* Numbers. */
	{ "0 1 42 1_000", "l{0} l{1} l{42} l{1_000}" },
	{ ".5 5. 1.5e10 1e-5 1E+5 1e5", "l{.5} l{5.} l{1.5e10} l{1e-5} l{1E+5} l{1e5}" },
	{ "0x1F 0o17 0b1 0x1e+5", "l{0x1F} l{0o17} l{0b1} l{0x1e} l{+5}" },
	{ "-1 +1 - 1 -.5 a-1 99+100", "l{-1} l{+1} l{1} l{-.5} w{a} l{-1} l{99} l{+100}" },
	{ "1..10", "l{1} m{.} l{.10}" },
	{ "12ab34 1.2.3", "l{12ab34} l{1.2.3}" },
	{ "a->1 a->>'b'", "w{a} l{1} w{a} l{'b'}" },
	/* Strings. */
	{ "'a' 'it''s' ''", "l{'a'} l{'it''s'} l{''}" },
	{ "'a\\' b", "l{'a\\'} w{b}" },
	{ "E'a\\'b' e'\\\\' c", "l{E'a\\'b'} l{e'\\\\'} w{c}" },
	{ "X'1F' b'01' N'n' U&'d\\0061t''a'", "l{X'1F'} l{b'01'} l{N'n'} l{U&'d\\0061t''a'}" },
	{ "U & 'a' u&b", "w{U} l{'a'} w{u} w{b}" },
	{ "fooE'a\\' b", "w{fooE} l{'a\\'} w{b}" },
	{ "date'2020-01-01' _utf8'x'", "w{date} l{'2020-01-01'} w{_utf8} l{'x'}" },
	{ "'a'\n'b' c", "l{'a'\n'b'} w{c}" },
	{ "'a' 'b'", "l{'a'} l{'b'}" },
	{ "'a' -- x\n 'b' c", "l{'a' -- x\n 'b'} w{c}" },
	{ "'a' -- x", "l{'a'} c{-- x}" },
	{ "'a'\n/* x */'b'", "l{'a'} c{/* x */} l{'b'}" },
	{ "E'a'\n'\\'b' c", "l{E'a'\n'\\'b'} w{c}" },
	{ "$$a$$ $t$a$$b$t$ $t$ $tt$ $t$", "l{$$a$$} l{$t$a$$b$t$} l{$t$ $tt$ $t$}" },
	{ "a$$b$$", "w{a$$b$$}" },
	{ "$a b", "p{$} w{a} w{b}" },
	/* Parameters. */
	{ "$1 $12, ? :name :n1", "p{$1} p{$12} m{,} p{?} p{:name} p{:n1}" },
	{ "a::text :=b ::c", "w{a} w{text} w{b} w{c}" },
	{ "a[1:2] a[1:n]", "w{a} m{[} l{1} l{2} m{]} w{a} m{[} l{1} p{:n} m{]}" },
	/* Quoted identifiers. */
	{ "\"a b\" \"a\"\"b\" \"a\".\"b\"", "q{\"a b\"} q{\"a\"\"b\"} q{\"a\"} m{.} q{\"b\"}" },
	{ "U&\"d\\0061t\" \"it's\"", "q{U&\"d\\0061t\"} q{\"it's\"}" },
	/* Comments. */
	{ "a--b\nc", "w{a} c{--b} w{c}" },
	{ "a--b\rc", "w{a} c{--b} w{c}" },
	{ "1--1", "l{1} c{--1}" },
	{ "a/*b*/c /* /* */ */ d", "w{a} c{/*b*/} w{c} c{/* /* */ */} w{d}" },
	{ "a / b /c", "w{a} w{b} w{c}" },
	{ "/*/*/ a */", "b{/*/*/ a */}" },
	{ "/*+ hint 'a */ b", "c{/*+ hint 'a */} w{b}" },
	/* Without an end. */
	{ "'a", "b{'a}" },
	{ "'", "b{'}" },
	{ "a 'b''", "w{a} b{'b''}" },
	{ "E'a\\'", "b{E'a\\'}" },
	{ "E'a\\", "b{E'a\\}" },
	{ "'a'\n'b", "b{'a'\n'b}" },
	{ "$$a$", "b{$$a$}" },
	{ "$a$b$a", "b{$a$b$a}" },
	{ "\"a", "b{\"a}" },
	{ "U&'a", "b{U&'a}" },
	{ "U&\"a", "b{U&\"a}" },
	{ "a /* b", "w{a} b{/* b}" },
};

/* The same where standard_conforming_strings is off. */
static const struct {
	const char *input;
	const char *tokens;
} escaped[] = {
	{ "'a\\'b' c", "l{'a\\'b'} w{c}" },
	{ "N'a\\'b' c", "l{N'a\\'b'} w{c}" },
	{ "X'\\' c", "l{X'\\'} w{c}" },
	{ "'a'\n'\\'b' c", "l{'a'\n'\\'b'} w{c}" },
	{ "'it''s\\\\' c", "l{'it''s\\\\'} w{c}" },
};

static void tokens_print(struct slice input, bool conforming, char *out, size_t room)
{
	struct sql_lexer lexer = sql_lexer_of(input, conforming);
	enum sql_token_kind kind;
	const uint8_t *before = input.data;
	int used = 0;

	out[0] = '\0';
	while ((kind = sql_token_next(&lexer)) != SQL_TOKEN_END) {
		struct slice token = sql_token_slice(&lexer);

		assert_true(lexer.start >= before && lexer.at > lexer.start &&
			    lexer.at <= input.data + input.size);
		before = lexer.at;
		used += snprintf(out + used, room - (size_t)used, "%s%c{%.*s}", used ? " " : "",
				 "_wqlpmcb"[kind], (int)token.size, (const char *)token.data);
		assert_true((size_t)used < room);
	}
	assert_ptr_equal(lexer.at, input.data + input.size);
	assert_int_equal(sql_token_next(&lexer), SQL_TOKEN_END);
}

static void check(const char *input, bool conforming, const char *expected)
{
	struct slice whole = slice_of_string(input);
	char tokens[4096];

	for (size_t size = 0; size <= whole.size; size++) {
		uint8_t *copy = test_exact_copy(slice_first(whole, size));

		tokens_print(slice_of(copy, size), conforming, tokens, sizeof(tokens));
		free(copy);
	}
	assert_string_equal(tokens, expected);
}

static void statements_are_cut_into_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(standard) / sizeof(*standard); i++)
		check(standard[i].input, true, standard[i].tokens);
}

static void backslashes_escape_where_strings_do_not_conform(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(escaped) / sizeof(*escaped); i++)
		check(escaped[i].input, false, escaped[i].tokens);
}

static void words_of_every_length_end_where_they_end(void **state)
{
	static const char ends[] = " ,()';.=-";

	(void)state;
	for (size_t size = 1; size < 40; size++) {
		for (size_t i = 0; i < sizeof(ends); i++) {
			uint8_t input[64];
			struct sql_lexer lexer;

			memset(input, size % 3 ? 'z' : '_', size);
			memset(input + size, ends[i], 20);
			lexer = sql_lexer_of(slice_of(input, size + 20), true);
			assert_int_equal(sql_token_next(&lexer), SQL_TOKEN_WORD);
			assert_int_equal(sql_token_slice(&lexer).size, size);
		}
	}
}

static void deep_nesting_and_long_operators_do_not_recurse(void **state)
{
	static uint8_t input[1 << 20];
	static const char *const patterns[] = { "+", "-+", ":", "/", "(", "/*", "$", "$a", ". " };

	(void)state;
	for (size_t p = 0; p < sizeof(patterns) / sizeof(*patterns); p++) {
		size_t length = strlen(patterns[p]);
		struct sql_lexer lexer = sql_lexer_of(slice_of(input, sizeof(input)), true);

		for (size_t i = 0; i < sizeof(input); i++)
			input[i] = (uint8_t)patterns[p][i % length];
		while (sql_token_next(&lexer) != SQL_TOKEN_END)
			continue;
	}
}

TESTS(cmocka_unit_test(statements_are_cut_into_tokens),
      cmocka_unit_test(backslashes_escape_where_strings_do_not_conform),
      cmocka_unit_test(words_of_every_length_end_where_they_end),
      cmocka_unit_test(deep_nesting_and_long_operators_do_not_recurse))
