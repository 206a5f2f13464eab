/* SPDX-License-Identifier: Apache-2.0 */
/* OTEL_EXPORTER_OTLP_HEADERS: otel-spec 1.10. */
#include "tests/support/test.h"

#include "exporter/user_headers.h"

struct vector {
	const char *list, *text;
	unsigned refused;
};

static const struct vector vectors[] = {
	{ "", "", 0 },
	{ "a=b", "a: b\r\n", 0 },
	{ "a=b%20c,Auth=x==", "a: b c\r\nAuth: x==\r\n", 0 },
	{ " a = b , c = d ", "a: b\r\nc: d\r\n", 0 },
	{ "a=", "a: \r\n", 0 },
	{ "a=b;c=d", "a: b;c=d\r\n", 0 },
	{ ",,a=b,", "a: b\r\n", 0 },
	{ "a", "", 1 },
	{ "=b,c=d", "c: d\r\n", 1 },
	{ "bad key=1,a=b", "a: b\r\n", 1 },
	{ "a=%0d%0aX: y,b=c", "b: c\r\n", 1 },
	{ "a=%00", "", 1 },
	{ "a=%zz", "", 1 },
	{ "a=%2", "", 1 },
	{ "a=x\ny", "", 1 },
	{ "Content-Length=3,HOST=x,Transfer-Encoding=chunked,a=b", "a: b\r\n", 3 },
};

static void lists_become_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		static struct user_headers headers;

		user_headers_read(slice_of_string(vectors[i].list), &headers);
		assert_slice_equal(slice_of(headers.text, headers.used),
				   slice_of_string(vectors[i].text));
		assert_int_equal(headers.refused, vectors[i].refused);
	}
}

static void lists_cut_anywhere_stay_within_their_bytes(void **state)
{
	(void)state;
	static const char list[] = "a=b%20c,Auth=x==,q=%41";

	for (size_t size = 0; size < sizeof(list); size++) {
		static struct user_headers headers;
		uint8_t *copy = test_exact_copy(slice_of(list, size));

		user_headers_read(slice_of(copy, size), &headers);
		free(copy);
	}
}

static void a_user_agent_of_the_user_is_noticed(void **state)
{
	(void)state;
	static struct user_headers headers;

	user_headers_read(SLICE("USER-agent=mine"), &headers);
	assert_true(headers.user_agent);
	user_headers_read(SLICE("a=b"), &headers);
	assert_false(headers.user_agent);
}

static void what_does_not_fit_is_refused_whole(void **state)
{
	(void)state;
	static char list[USER_HEADERS_SIZE + 64];
	static struct user_headers headers;

	memset(list, 'x', sizeof(list) - 1);
	list[1] = '=';
	memcpy(list + sizeof(list) - 5, ",a=b", 4);
	user_headers_read(slice_of_string(list), &headers);
	assert_slice_equal(slice_of(headers.text, headers.used), SLICE("a: b\r\n"));
	assert_int_equal(headers.refused, 1);
}

TESTS(cmocka_unit_test(lists_become_fields),
      cmocka_unit_test(lists_cut_anywhere_stay_within_their_bytes),
      cmocka_unit_test(a_user_agent_of_the_user_is_noticed),
      cmocka_unit_test(what_does_not_fit_is_refused_whole))
