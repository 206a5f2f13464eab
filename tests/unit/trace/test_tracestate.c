/* SPDX-License-Identifier: Apache-2.0 */
/* tracestate, by the table of W3C Trace Context level 2 and of its conformance tests. */
#include "tests/support/test.h"

#include "trace/tracestate.h"

#define Z16 "zzzzzzzzzzzzzzzz"
#define Z64 Z16 Z16 Z16 Z16
#define Z256 Z64 Z64 Z64 Z64

static const struct {
	const char *line, *written;	/* null: refused as a whole */
} lines[] = {
	{ "foo=1", "foo=1" },
	{ "foo=1,bar=2", "foo=1,bar=2" },
	{ "foo=1 \t , \t bar=2, \t baz=3", "foo=1,bar=2,baz=3" },
	{ "foo=1\t \t,\t \tbar=2,\t \tbaz=3", "foo=1,bar=2,baz=3" },
	{ " foo=1", "foo=1" },
	{ "\tfoo=1\t", "foo=1" },
	{ "foo=1,", "foo=1" },
	{ ",,foo=1,, ,bar=2,", "foo=1,bar=2" },
	{ "", "" },
	{ ",", "" },
	{ " \t , ", "" },
	{ "foo= 1", "foo= 1" },
	{ "foo=bar baz", "foo=bar baz" },
	{ "foo@=1,bar=2", "foo@=1,bar=2" },
	{ "foo@@bar=1", "foo@@bar=1" },
	{ "foo@bar@baz=1,bar=2", "foo@bar@baz=1,bar=2" },
	{ "0=1", "0=1" },
	{ "a_-*/@9=1", "a_-*/@9=1" },
	{ "a=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~", "a=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~" },
	{ Z256 "=1", Z256 "=1" },
	{ "a=" Z256, "a=" Z256 },
	{ Z256 "=" Z256, Z256 "=" Z256 },
	/* The first of equal keys. */
	{ "foo=1,foo=1", "foo=1" },
	{ "foo=1,bar=2,foo=3", "foo=1,bar=2" },
	{ "foo", NULL },
	{ "=", NULL },
	{ "=1", NULL },
	{ "foo=", NULL },
	{ "foo= ", NULL },
	{ "foo=,bar=3", NULL },
	{ "foo =1", NULL },
	{ "foo\t=1", NULL },
	{ "FOO=1", NULL },
	{ "foO=1", NULL },
	{ "foo.bar=1", NULL },
	{ "foo bar=1", NULL },
	{ "@foo=1,bar=2", NULL },
	{ "_a=1", NULL },
	{ "-a=1", NULL },
	{ "*a=1", NULL },
	{ "/a=1", NULL },
	{ "foo=bar=baz", NULL },
	{ "foo=1=", NULL },
	{ "foo=1;bar=2", NULL },
	{ "foo=1;bar", "foo=1;bar" },
	{ "foo=a\tb", NULL },
	{ "foo=a\x1f", NULL },
	{ "foo=a\x7f", NULL },
	{ "foo=\xc3\xa4", NULL },
	{ "f\xc3\xa4=1", NULL },
	{ "foo=1,bar", NULL },
	{ "z" Z256 "=1", NULL },
	{ "a=1" Z256, NULL },
};

static uint8_t written[TRACESTATE_SIZE_MAX];

static struct slice state_text(const struct tracestate *state, size_t room)
{
	return slice_of(written, tracestate_format(state, room, written));
}

static void lines_are_read_by_the_table(void **state)
{
	static struct tracestate members;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct slice line = slice_of_string(lines[i].line);
		uint8_t *copy = test_exact_copy(line);
		bool taken;

		tracestate_clear(&members);
		taken = tracestate_add(&members, slice_of(copy, line.size));
		if (taken != (lines[i].written != NULL))
			fail_msg("\"%s\"", lines[i].line);
		if (taken)
			assert_slice_equal(state_text(&members, sizeof(written)),
					   slice_of_string(lines[i].written));
		free(copy);
	}
}

/* What is taken when it is cut is taken again, the same, from its own text. */
static void lines_are_cut_at_every_byte(void **state)
{
	static struct tracestate members, again;
	static uint8_t text[TRACESTATE_SIZE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		size_t whole = strlen(lines[i].line);

		for (size_t size = 0; size < whole; size++) {
			uint8_t *copy = test_exact_copy(slice_of(lines[i].line, size));
			size_t first;

			tracestate_clear(&members);
			if (tracestate_add(&members, slice_of(copy, size))) {
				first = tracestate_format(&members, sizeof(text), text);
				tracestate_clear(&again);
				assert_true(tracestate_add(&again, slice_of(text, first)));
				assert_slice_equal(state_text(&again, sizeof(written)),
						   slice_of(text, first));
			}
			free(copy);
		}
	}
}

/* "bar01=01,bar02=02,..." */
static struct slice members_text(size_t count)
{
	static char text[1024];
	size_t size = 0;

	for (size_t i = 1; i <= count; i++)
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%sbar%02zu=%02zu",
					 i > 1 ? "," : "", i, i);
	return slice_of(text, size);
}

static void thirty_two_members_are_the_most(void **state)
{
	static struct tracestate members;

	(void)state;
	tracestate_clear(&members);
	assert_true(tracestate_add(&members, members_text(32)));
	assert_slice_equal(state_text(&members, sizeof(written)), members_text(32));
	assert_false(tracestate_add(&members, SLICE("bar01=1")));
	tracestate_clear(&members);
	assert_false(tracestate_add(&members, members_text(33)));
	tracestate_clear(&members);
	assert_true(tracestate_add(&members, members_text(31)));
	assert_true(tracestate_add(&members, SLICE(",, ,a=1,,")));
	assert_int_equal(members.count, 32);
}

static void a_member_that_is_set_comes_first(void **state)
{
	static struct tracestate members;

	(void)state;
	tracestate_clear(&members);
	assert_true(tracestate_add(&members, SLICE("a=1,b=2,c=3")));
	assert_true(tracestate_set(&members, SLICE("d=4")));
	assert_slice_equal(state_text(&members, sizeof(written)), SLICE("d=4,a=1,b=2,c=3"));
	assert_true(tracestate_set(&members, SLICE("b=5")));
	assert_slice_equal(state_text(&members, sizeof(written)), SLICE("b=5,d=4,a=1,c=3"));
	assert_slice_equal(tracestate_value(&members, SLICE("b")), SLICE("5"));
	assert_null(tracestate_value(&members, SLICE("e")).data);
	tracestate_remove(&members, SLICE("a"));
	tracestate_remove(&members, SLICE("e"));
	assert_slice_equal(state_text(&members, sizeof(written)), SLICE("b=5,d=4,c=3"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!lines[i].written && !strchr(lines[i].line, ','))
			assert_false(tracestate_set(&members, slice_of_string(lines[i].line)));
	assert_false(tracestate_set(&members, SLICE("")));
	assert_false(tracestate_set(&members, SLICE("e=1 ")));
	assert_false(tracestate_set(&members, SLICE("e=1,f=2")));
	assert_slice_equal(state_text(&members, sizeof(written)), SLICE("b=5,d=4,c=3"));
}

static void the_thirty_third_member_drops_the_last(void **state)
{
	static struct tracestate members;

	(void)state;
	tracestate_clear(&members);
	assert_true(tracestate_add(&members, members_text(32)));
	assert_true(tracestate_set(&members, SLICE("bar16=x")));
	assert_int_equal(members.count, 32);
	assert_non_null(tracestate_value(&members, SLICE("bar32")).data);
	assert_true(tracestate_set(&members, SLICE("new=x")));
	assert_int_equal(members.count, 32);
	assert_null(tracestate_value(&members, SLICE("bar32")).data);
	assert_slice_equal(members.member[0], SLICE("new=x"));
	assert_slice_equal(members.member[1], SLICE("bar16=x"));
}

static void large_members_go_first_and_then_the_last(void **state)
{
	static struct tracestate members;

	(void)state;
	tracestate_clear(&members);
	assert_true(tracestate_add(&members, SLICE("a=1,l=" Z64 Z64 ",b=2,m="
						   Z64 Z64 ",c=3")));
	assert_int_equal(state_text(&members, 274).size, 273);
	assert_int_equal(state_text(&members, 273).size, 273);
	assert_slice_equal(state_text(&members, 272),
			   SLICE("a=1,l=" Z64 Z64 ",b=2,c=3"));
	assert_slice_equal(state_text(&members, 141), SLICE("a=1,b=2,c=3"));
	assert_slice_equal(state_text(&members, 11), SLICE("a=1,b=2,c=3"));
	assert_slice_equal(state_text(&members, 10), SLICE("a=1,b=2"));
	assert_slice_equal(state_text(&members, 3), SLICE("a=1"));
	assert_slice_equal(state_text(&members, 2), SLICE(""));
	assert_slice_equal(state_text(&members, 0), SLICE(""));
}

TESTS(cmocka_unit_test(lines_are_read_by_the_table), cmocka_unit_test(lines_are_cut_at_every_byte),
      cmocka_unit_test(thirty_two_members_are_the_most),
      cmocka_unit_test(a_member_that_is_set_comes_first),
      cmocka_unit_test(the_thirty_third_member_drops_the_last),
      cmocka_unit_test(large_members_go_first_and_then_the_last))
