/* SPDX-License-Identifier: Apache-2.0 */
/* W3C baggage: what is handed on, and what is left out. */
#include "tests/support/test.h"

#include "trace/baggage.h"

static const struct {
	const char *line, *written;
	size_t left_out;
} lines[] = {
	{ "k=v", "k=v", 0 },
	{ "k=v,l=w", "k=v,l=w", 0 },
	{ " k\t= v ; p = q ; r ,\tl=w", "k=v;p=q;r,l=w", 0 },
	{ "k=", "k=", 0 },
	{ "k = ", "k=", 0 },
	{ "k=a=b==", "k=a=b==", 0 },
	{ "k=%20%zz+", "k=%20%zz+", 0 },
	{ "K=1,k=2,K=3", "K=1,k=2,K=3", 0 },
	{ "a!#$%&'*+-.^_`|~9=1", "a!#$%&'*+-.^_`|~9=1", 0 },
	{ "k=!#$%&'()*+-./:<=>?@[]^_`{|}~", "k=!#$%&'()*+-./:<=>?@[]^_`{|}~", 0 },
	{ "k=v;p=;q", "k=v;p=;q", 0 },
	{ "k=v;", "k=v", 0 },
	{ "k=v;;p", "k=v;p", 0 },
	{ "", "", 0 },
	{ ",, ,\t,", "", 0 },
	{ "k", "", 1 },
	{ "=v", "", 1 },
	{ " = v", "", 1 },
	{ ";p", "", 1 },
	{ "k;p=v", "", 1 },
	{ "k=v w", "", 1 },
	{ "k k=v", "", 1 },
	{ "k=v\"", "", 1 },
	{ "k=v\\", "", 1 },
	{ "k\"=v", "", 1 },
	{ "k(=v", "", 1 },
	{ "k@=v", "", 1 },
	{ "k=\xc3\xa4", "", 1 },
	{ "\xc3\xa4=v", "", 1 },
	{ "k=v\x01", "", 1 },
	{ "k=v\x7f", "", 1 },
	{ "k=v;p q", "", 1 },
	{ "k=v;p=q r", "", 1 },
	{ "k=v;=q", "", 1 },
	{ "a=1,b,c=3,=4,e=5;f g", "a=1,c=3", 3 },
};

static uint8_t written[BAGGAGE_SIZE_MAX];

static void lines_are_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct slice line = slice_of_string(lines[i].line);
		uint8_t *copy = test_exact_copy(line);
		struct baggage baggage;

		baggage_begin(&baggage, written);
		baggage_add(&baggage, slice_of(copy, line.size));
		assert_slice_equal(slice_of(written, baggage.size),
				   slice_of_string(lines[i].written));
		if (baggage.left_out != lines[i].left_out)
			fail_msg("\"%s\": %zu", lines[i].line, baggage.left_out);
		free(copy);
	}
}

/* What is written when it is cut is written again, the same, from its own text. */
static void lines_are_cut_at_every_byte(void **state)
{
	static uint8_t again[BAGGAGE_SIZE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		size_t whole = strlen(lines[i].line);

		for (size_t size = 0; size < whole; size++) {
			uint8_t *copy = test_exact_copy(slice_of(lines[i].line, size));
			struct baggage first, second;

			baggage_begin(&first, written);
			baggage_add(&first, slice_of(copy, size));
			baggage_begin(&second, again);
			baggage_add(&second, slice_of(written, first.size));
			assert_slice_equal(slice_of(again, second.size),
					   slice_of(written, first.size));
			assert_int_equal(second.left_out, 0);
			free(copy);
		}
	}
}

static void sixty_four_members_are_the_most(void **state)
{
	struct baggage baggage;

	(void)state;
	baggage_begin(&baggage, written);
	for (int i = 0; i < 63; i++)
		baggage_add(&baggage, SLICE("k=v"));
	baggage_add(&baggage, SLICE("bad,a=1,b=2,c=3"));
	assert_int_equal(baggage.members, 64);
	assert_int_equal(baggage.left_out, 3);
	assert_slice_equal(slice_of(written + baggage.size - 8, 8), SLICE(",k=v,a=1"));
}

/* A member of so many bytes. */
static struct slice member_of(size_t size)
{
	static uint8_t text[2 * BAGGAGE_SIZE_MAX];

	memset(text, 'v', size);
	text[1] = '=';
	return slice_of(text, size);
}

static void no_member_is_cut(void **state)
{
	struct baggage baggage;

	(void)state;
	baggage_begin(&baggage, written);
	baggage_add(&baggage, member_of(BAGGAGE_SIZE_MAX + 1));
	assert_int_equal(baggage.size, 0);
	baggage_add(&baggage, member_of(BAGGAGE_SIZE_MAX - 4));
	assert_int_equal(baggage.size, BAGGAGE_SIZE_MAX - 4);
	baggage_add(&baggage, SLICE("kk=v"));
	baggage_add(&baggage, SLICE("k=v;p"));
	baggage_add(&baggage, SLICE("k=v"));
	baggage_add(&baggage, SLICE("k=v"));
	assert_int_equal(baggage.size, BAGGAGE_SIZE_MAX);
	assert_int_equal(baggage.members, 2);
	assert_int_equal(baggage.left_out, 4);
	assert_slice_equal(slice_of(written + BAGGAGE_SIZE_MAX - 5, 5), SLICE("v,k=v"));
	baggage_begin(&baggage, written);
	baggage_add(&baggage, member_of(BAGGAGE_SIZE_MAX));
	assert_int_equal(baggage.size, BAGGAGE_SIZE_MAX);
}

TESTS(cmocka_unit_test(lines_are_read_by_the_table), cmocka_unit_test(lines_are_cut_at_every_byte),
      cmocka_unit_test(sixty_four_members_are_the_most), cmocka_unit_test(no_member_is_cut))
