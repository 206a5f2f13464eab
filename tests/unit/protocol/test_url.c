/* SPDX-License-Identifier: Apache-2.0 */
/* URLs: their parts, and what is left of them without secrets. */
#include "tests/support/test.h"

#include "protocol/url.h"

#define ROOM ((size_t)4 << 10)

/* ---- parts ---- */

struct parts {
	const char *text, *scheme, *user_info, *host;
	unsigned port;
	const char *path, *query, *fragment;
};

/* Null: absent; absent and empty are not the same. */
static void check_part(const char *text, struct slice got, const char *expected)
{
	if (!expected) {
		if (got.data)
			fail_msg("%s: \"%.*s\" is not absent", text, (int)got.size,
				 (const char *)got.data);
		return;
	}
	if (!got.data) {
		fail_msg("%s: \"%s\" is absent", text, expected);
		return;
	}
	assert_slice_equal(got, slice_of_string(expected));
}

static void urls_are_taken_apart(void **state)
{
	static const struct parts cases[] = {
		{ "http://a", "http", NULL, "a", 80, "", NULL, NULL },
		{ "http://a/", "http", NULL, "a", 80, "/", NULL, NULL },
		{ "https://www.foo.bar/search?q=x#SemConv", "https", NULL, "www.foo.bar", 443,
		  "/search", "q=x", "SemConv" },
		{ "HTTPS://Example.COM:8443/A", "HTTPS", NULL, "Example.COM", 8443, "/A", NULL,
		  NULL },
		{ "http://u:p@h:1/", "http", "u:p", "h", 1, "/", NULL, NULL },
		{ "http://u@h", "http", "u", "h", 80, "", NULL, NULL },
		{ "http://@h", "http", "", "h", 80, "", NULL, NULL },
		{ "http://u:p@w@h/", "http", "u:p@w", "h", 80, "/", NULL, NULL },
		{ "http://[::1]/", "http", NULL, "::1", 80, "/", NULL, NULL },
		{ "http://[::1]:8080/", "http", NULL, "::1", 8080, "/", NULL, NULL },
		{ "http://[fe80::1%25eth0]:81", "http", NULL, "fe80::1", 81, "", NULL, NULL },
		{ "http://u:p@[2001:db8::2]:9/x", "http", "u:p", "2001:db8::2", 9, "/x", NULL,
		  NULL },
		{ "http://h:/", "http", NULL, "h", 80, "/", NULL, NULL },
		{ "http://h:65535/", "http", NULL, "h", 65535, "/", NULL, NULL },
		{ "http://h?q", "http", NULL, "h", 80, "", "q", NULL },
		{ "http://h/?", "http", NULL, "h", 80, "/", "", NULL },
		{ "http://h#f?g", "http", NULL, "h", 80, "", NULL, "f?g" },
		{ "http://h/?a?b#", "http", NULL, "h", 80, "/", "a?b", "" },
		{ "http://h/a@b:c", "http", NULL, "h", 80, "/a@b:c", NULL, NULL },
		{ "http:/h/a", "http", NULL, "h", 80, "/a", NULL, NULL },
		{ "http:///h/a", "http", NULL, "h", 80, "/a", NULL, NULL },
		{ "ftp://h/a;type=i", "ftp", NULL, "h", 21, "/a;type=i", NULL, NULL },
		{ "x+y-1.z://h", "x+y-1.z", NULL, "h", 0, "", NULL, NULL },
		{ "imaps://h", "imaps", NULL, "h", 993, "", NULL, NULL },
		{ "http://u:p/w@h:5/x", "http", "u:p/w", "h", 5, "/x", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct parts *one = &cases[i];
		struct slice text = slice_of_string(one->text);
		uint8_t *copy = test_exact_copy(text);
		struct url url;

		if (!url_parse(slice_of(copy, text.size), SLICE("gopher"), &url))
			fail_msg("%s: no URL", one->text);
		check_part(one->text, url.scheme, one->scheme);
		check_part(one->text, url.user_info, one->user_info);
		check_part(one->text, url.host, one->host);
		check_part(one->text, url.path, one->path);
		check_part(one->text, url.query, one->query);
		check_part(one->text, url.fragment, one->fragment);
		assert_int_equal(url.port, one->port);
		free(copy);
	}
}

static void what_is_no_url_leaves_the_answer_alone(void **state)
{
	static const char *const cases[] = {
		"", "http", "http:", "http:/", "http://", "http:///", "http:////h", "http://:80",
		"http://u@", "http://u:p@/", "http://?q", "http://#f", "http://[::1", "http://[]",
		"http://[::1]x", "http://h:x", "http://h:0",
		"http://h:65536", "http://h:-1", "http://h:123456",
		"http://::1/", "file:///etc/passwd", "mailto:a@b", "1http://h", "://h", "//h",
		"h:80/x", "example.com", "/path",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url url = { .port = 7 };

		if (url_parse(slice_of_string(cases[i]), SLICE(""), &url))
			fail_msg("%s is taken for a URL", cases[i]);
		assert_int_equal(url.port, 7);
		assert_null(url.host.data);
	}
}

static void a_guessed_scheme_is_used_where_none_is_written(void **state)
{
	struct url url;

	(void)state;
	assert_true(url_parse(SLICE("example.com/a"), SLICE("http"), &url));
	assert_slice_equal(url.scheme, SLICE("http"));
	assert_slice_equal(url.host, SLICE("example.com"));
	assert_slice_equal(url.path, SLICE("/a"));
	assert_int_equal(url.port, 80);
	assert_true(url_parse(SLICE("localhost:8080"), SLICE("https"), &url));
	assert_slice_equal(url.host, SLICE("localhost"));
	assert_int_equal(url.port, 8080);
	assert_true(url_parse(SLICE("u:p@ftp.example"), SLICE("ftp"), &url));
	assert_slice_equal(url.host, SLICE("ftp.example"));
	assert_int_equal(url.port, 21);
}

/* ---- redaction ---- */

struct redaction {
	const char *text, *expected;
};

static const struct redaction redactions[] = {
	{ "", "" },
	{ "http://h/a?b=c#d", "http://h/a?b=c#d" },
	{ "https://user:pw@host/", "https://REDACTED:REDACTED@host/" },
	{ "https://user@host/", "https://REDACTED@host/" },
	{ "https://:pw@host/", "https://:REDACTED@host/" },
	{ "https://@host/", "https://@host/" },
	{ "https://u:p@w@[::1]:8/", "https://REDACTED:REDACTED@[::1]:8/" },
	{ "https://u:p/w?x#y@host/", "https://REDACTED:REDACTED@host/" },
	{ "https://h/a@b?c@d", "https://h/a@b?c@d" },
	{ "h/x?X-Amz-Signature=abc", "h/x?X-Amz-Signature=REDACTED" },
	{ "h/x?X-Amz-Credential=abc&a=b", "h/x?X-Amz-Credential=REDACTED&a=b" },
	{ "h/x?a&X-Amz-Security-Token=abc", "h/x?a&X-Amz-Security-Token=REDACTED" },
	{ "h?AWSAccessKeyId=abc#frag", "h?AWSAccessKeyId=REDACTED#frag" },
	{ "h?Signature=a%2Bb=c;d&e=f", "h?Signature=REDACTED&e=f" },
	{ "h?sig=", "h?sig=REDACTED" },
	{ "h?sig", "h?sig" },
	{ "h?sig&sig=1&sig=2", "h?sig&sig=REDACTED&sig=REDACTED" },
	{ "h?X-Goog-Signature=1?2", "h?X-Goog-Signature=REDACTED" },
	{ "h?a=b;sig=1", "h?a=b;sig=REDACTED" },
	{ "h?s%69g=1", "h?s%69g=REDACTED" },
	{ "h?%53ignature=1", "h?%53ignature=REDACTED" },
	{ "h?X%2dAmz%2DSignature=1", "h?X%2dAmz%2DSignature=REDACTED" },
	{ "h?SIG=1", "h?SIG=1" },
	{ "h?Sig=1", "h?Sig=1" },
	{ "h?signature=1", "h?signature=1" },
	{ "h?x-amz-signature=1", "h?x-amz-signature=1" },
	{ "h?asig=1", "h?asig=1" },
	{ "h?sigs=1", "h?sigs=1" },
	{ "h?si%=1", "h?si%=1" },
	{ "h?si%6=1", "h?si%6=1" },
	{ "h?q=sig=1", "h?q=sig=1" },
	{ "h#sig=1", "h#sig=1" },
	{ "h#?sig=1", "h#?sig=1" },
	{ "h?\xc3\xa9=\xff", "h?\xc3\xa9=\xff" },
};

static size_t redact(struct slice text, struct slice scheme, uint8_t *to, size_t room)
{
	uint8_t *copy = test_exact_copy(text), *exact = malloc(room ? room : 1);
	size_t size;

	assert_non_null(exact);
	size = url_redact(slice_of(copy, text.size), scheme, exact, room);
	assert_true(size <= room);
	memcpy(to, exact, size);
	free(copy);
	free(exact);
	return size;
}

static void secrets_are_replaced_and_nothing_else(void **state)
{
	uint8_t to[ROOM];

	(void)state;
	for (size_t i = 0; i < sizeof(redactions) / sizeof(redactions[0]); i++) {
		struct slice text = slice_of_string(redactions[i].text);
		size_t size = redact(text, SLICE(""), to, sizeof(to));

		assert_slice_equal(slice_of(to, size), slice_of_string(redactions[i].expected));
		assert_true(size <= url_redacted_most(text.size));
	}
}

static void a_query_alone_is_redacted_in_the_same_way(void **state)
{
	uint8_t to[ROOM];

	(void)state;
	assert_slice_equal(slice_of(to, url_redact_query(SLICE("sig=1&q=OpenTelemetry"), to,
							 sizeof(to))),
			   SLICE("sig=REDACTED&q=OpenTelemetry"));
	assert_int_equal(url_redact_query(SLICE(""), to, sizeof(to)), 0);
}

static void a_guessed_scheme_is_put_in_front_of_what_has_none(void **state)
{
	uint8_t to[ROOM];

	(void)state;
	assert_slice_equal(slice_of(to, redact(SLICE("u:p@h/a"), SLICE("http"), to, ROOM)),
			   SLICE("http://REDACTED:REDACTED@h/a"));
	assert_slice_equal(slice_of(to, redact(SLICE("ftp://h/a"), SLICE("http"), to, ROOM)),
			   SLICE("ftp://h/a"));
}

/* Every prefix of every case: nothing is read behind it, and no secret comes out. */
static void urls_cut_at_every_byte_keep_their_secrets(void **state)
{
	struct slice text = SLICE("https://s\x01" "cret:s\x01" "cret@host/?X-Amz-Signature=s\x01"
				  "cret&%73ig=s\x01" "cret&a=b");
	uint8_t to[ROOM];

	(void)state;
	for (size_t cut = 0; cut <= text.size; cut++) {
		struct slice first = slice_first(text, cut);
		size_t size = redact(first, SLICE("http"), to, sizeof(to));
		struct url url;

		/* Before the "@" a user name cannot be told from a host. */
		if (cut >= sizeof("https://s.cret:s.cret@") - 1)
			assert_null(memchr(to, 1, size));
		url_parse(first, SLICE("http"), &url);
	}
	for (size_t i = 0; i < sizeof(redactions) / sizeof(redactions[0]); i++) {
		struct slice whole = slice_of_string(redactions[i].text);

		for (size_t cut = 0; cut < whole.size; cut++)
			redact(slice_first(whole, cut), SLICE(""), to, sizeof(to));
	}
}

static void too_little_room_cuts_the_text_and_no_character_of_it(void **state)
{
	struct slice text = SLICE("http://u:p@h/\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80%E2%82%AC"
				  "?sig=1");
	uint8_t whole[ROOM], to[ROOM];
	size_t size = redact(text, SLICE(""), whole, sizeof(whole));

	(void)state;
	for (size_t room = 0; room <= size; room++) {
		size_t cut = redact(text, SLICE(""), to, room);

		assert_true(cut <= room && cut + 3 >= room);
		assert_memory_equal(to, whole, cut);
		if (cut < size)
			assert_int_not_equal(whole[cut] & 0xc0, 0x80);
		if (cut >= 1)
			assert_int_not_equal(to[cut - 1], '%');
		if (cut >= 2)
			assert_int_not_equal(to[cut - 2], '%');
	}
	assert_int_equal(redact(text, SLICE(""), to, size), size);
}

static void no_redacted_text_is_longer_than_was_promised(void **state)
{
	char text[1024] = "u:p@h?";
	uint8_t to[ROOM];

	(void)state;
	for (size_t used = strlen(text); used + 5 < sizeof(text); used += 5) {
		memcpy(text + used, "sig=&", 6);
		assert_true(redact(slice_of_string(text), SLICE("https"), to, ROOM) <=
				    url_redacted_most(used + 5) ||
			    url_redacted_most(used + 5) == URL_TEXT_MAX);
	}
}

TESTS(cmocka_unit_test(urls_are_taken_apart),
      cmocka_unit_test(what_is_no_url_leaves_the_answer_alone),
      cmocka_unit_test(a_guessed_scheme_is_used_where_none_is_written),
      cmocka_unit_test(secrets_are_replaced_and_nothing_else),
      cmocka_unit_test(a_query_alone_is_redacted_in_the_same_way),
      cmocka_unit_test(a_guessed_scheme_is_put_in_front_of_what_has_none),
      cmocka_unit_test(urls_cut_at_every_byte_keep_their_secrets),
      cmocka_unit_test(too_little_room_cuts_the_text_and_no_character_of_it),
      cmocka_unit_test(no_redacted_text_is_longer_than_was_promised))
