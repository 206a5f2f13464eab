/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a CURL*: the table, methods, URLs, schemes. */
#include "tests/support/test.h"

#include <stdlib.h>

#include "base/arena.h"
#include "call/easy.h"

static const struct libcurl whole = { .library = { .whole = true } };

static struct easy *new_easy(uintptr_t handle)
{
	struct easy *easy = easy_renew((struct curl_easy *)handle, &whole, NULL);

	assert_non_null(easy);
	return easy;
}

/* ---- methods ---- */

struct step {
	int option;
	uintptr_t value;
};

static const struct {
	const char *what;
	struct step steps[6];
	const char *method;
} machine[] = {
	{ "nothing set", { { 0, 0 } }, "GET" },
	{ "a post", { { EASY_POST, 1 } }, "POST" },
	{ "a post turned off", { { EASY_POST, 1 }, { EASY_POST, 0 } }, "GET" },
	{ "data", { { EASY_POSTFIELDS, (uintptr_t)"a=b" } }, "POST" },
	{ "no data is a post, too", { { EASY_POSTFIELDS, 0 } }, "POST" },
	{ "copied data", { { EASY_COPYPOSTFIELDS, (uintptr_t)"a" } }, "POST" },
	{ "a form", { { EASY_HTTPPOST, 1 } }, "POST" },
	{ "a form of parts", { { EASY_MIMEPOST, 1 } }, "POST" },
	{ "a get after a post", { { EASY_POST, 1 }, { EASY_HTTPGET, 1 } }, "GET" },
	{ "no get after a post", { { EASY_POST, 1 }, { EASY_HTTPGET, 0 } }, "POST" },
	{ "an upload", { { EASY_UPLOAD, 1 } }, "PUT" },
	{ "an upload by its old name", { { EASY_PUT, 1 } }, "PUT" },
	{ "an upload turned off", { { EASY_UPLOAD, 1 }, { EASY_UPLOAD, 0 } }, "GET" },
	{ "no body", { { EASY_NOBODY, 1 } }, "HEAD" },
	{ "a body again", { { EASY_NOBODY, 1 }, { EASY_NOBODY, 0 } }, "GET" },
	{ "a post has a body", { { EASY_NOBODY, 1 }, { EASY_POST, 1 } }, "POST" },
	{ "data leave no body as it is", { { EASY_NOBODY, 1 }, { EASY_POSTFIELDS, 1 } }, "HEAD" },
	{ "a post without a body, and with one",
	  { { EASY_POST, 1 }, { EASY_NOBODY, 1 }, { EASY_NOBODY, 0 } }, "GET" },
	{ "a body changes no post", { { EASY_POST, 1 }, { EASY_NOBODY, 0 } }, "POST" },
	{ "a name of one's own", { { EASY_POST, 1 }, { EASY_CUSTOMREQUEST, (uintptr_t)"PATCH" } },
	  "PATCH" },
	{ "no such name any more",
	  { { EASY_CUSTOMREQUEST, (uintptr_t)"PATCH" }, { EASY_NOBODY, 1 },
	    { EASY_CUSTOMREQUEST, 0 } }, "HEAD" },
	{ "an int for a long", { { EASY_POST, 0x7f0000000000u } }, "POST" },
};

static void the_method_is_what_libcurl_will_send(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(machine) / sizeof(*machine); i++) {
		struct easy *easy = new_easy(0x1000);
		struct slice method;

		for (size_t j = 0; machine[i].steps[j].option; j++) {
			assert_true(easy_is_kept(machine[i].steps[j].option));
			easy_set(easy, machine[i].steps[j].option, machine[i].steps[j].value);
		}
		method = easy_method(&easy->settings);
		if (!slice_equal(method, slice_of_string(machine[i].method)))
			fail_msg("%s: %.*s", machine[i].what, (int)method.size,
				 (const char *)method.data);
		easy_forget(easy);
	}
}

/* ---- URLs ---- */

static const struct {
	const char *url, *protocol, *scheme;
	bool named;
} schemes[] = {
	{ "http://a/", NULL, "http", true },
	{ "HTTPS://a/", NULL, "HTTPS", true },
	{ "http:/a", NULL, "http", true },
	{ "file:/etc/passwd", NULL, "file", true },
	{ "file:etc", NULL, "file", true },
	{ "a.example/", NULL, "http", false },
	{ "a.example:80/", NULL, "http", false },
	{ "localhost:8080", NULL, "http", false },
	{ "ftp.example/", NULL, "ftp", false },
	{ "FTP.example/", NULL, "ftp", false },
	{ "ftp/", NULL, "http", false },
	{ "smtp.example", NULL, "smtp", false },
	{ "pop3.example", NULL, "pop3", false },
	{ "ftp.example/", "https", "https", false },
	{ "git+ssh://a", "https", "git+ssh", true },
	{ "", NULL, "http", false },
};

static void a_url_has_the_scheme_that_libcurl_gives_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		struct easy *easy = new_easy(0x1000);
		struct slice scheme;

		easy_set(easy, EASY_URL, (uintptr_t)schemes[i].url);
		easy_set(easy, EASY_DEFAULT_PROTOCOL, (uintptr_t)schemes[i].protocol);
		scheme = easy_scheme(&easy->settings);
		if (!slice_equal(scheme, slice_of_string(schemes[i].scheme)))
			fail_msg("%s: %.*s", schemes[i].url, (int)scheme.size,
				 (const char *)scheme.data);
		assert_int_equal(easy_has_scheme(&easy->settings), schemes[i].named);
		easy_forget(easy);
	}
}

static void a_url_is_kept_as_a_copy(void **state)
{
	struct easy *easy = new_easy(0x1000);
	char *url = strdup("http://a/b");

	(void)state;
	easy_set(easy, EASY_URL, (uintptr_t)url);
	memset(url, 'x', strlen(url));
	free(url);
	assert_int_equal(easy->settings.url.size, 10);
	assert_memory_equal(easy->settings.url.bytes, "http://a/b", 10);
	easy_set(easy, EASY_URL, 0);
	assert_int_equal(easy->settings.url.size, 0);
	assert_false(easy->settings.url.lost);
	easy_forget(easy);
}

static struct easy *easy_of_long_url(const char *start)
{
	struct easy *easy = new_easy(0x1000);
	char *url = malloc(EASY_URL_MAX + 100);
	size_t size = strlen(start);

	assert_non_null(url);
	memcpy(url, start, size);
	memset(url + size, 'x', EASY_URL_MAX + 99 - size);
	url[EASY_URL_MAX + 99] = '\0';
	easy_set(easy, EASY_URL, (uintptr_t)url);
	free(url);
	return easy;
}

static void a_long_url_is_cut_where_it_can_hide_no_password(void **state)
{
	struct easy *easy = easy_of_long_url("http://user:pw@host/");

	(void)state;
	assert_int_equal(easy->settings.url.size, EASY_URL_MAX);
	easy_forget(easy);
	easy = easy_of_long_url("http://user:pw");
	assert_int_equal(easy->settings.url.size, 0);
	assert_true(easy->settings.url.lost);
	easy_forget(easy);
}

/* ---- the table ---- */

static void an_unknown_handle_is_not_found(void **state)
{
	(void)state;
	assert_null(easy_find((struct curl_easy *)0x5000));
	assert_null(easy_find(NULL));
	assert_null(easy_of((struct curl_easy *)0x5000, &(struct libcurl){ .function = { NULL } }));
}

static void many_handles_are_told_apart(void **state)
{
	(void)state;
	for (uintptr_t i = 1; i <= 2000; i++)
		new_easy(i << 12);
	for (uintptr_t i = 1; i <= 2000; i++) {
		struct easy *easy = easy_find((struct curl_easy *)(i << 12));

		assert_non_null(easy);
		assert_ptr_equal(easy->handle, (struct curl_easy *)(i << 12));
	}
	for (uintptr_t i = 1; i <= 2000; i++)
		easy_forget(easy_find((struct curl_easy *)(i << 12)));
	assert_null(easy_find((struct curl_easy *)(7 << 12)));
}

static void what_is_met_first_at_a_transfer_is_not_known(void **state)
{
	struct easy *easy = easy_of((struct curl_easy *)0x1000, &whole);

	(void)state;
	assert_false(easy->known);
	assert_ptr_equal(easy_renew((struct curl_easy *)0x1000, &whole, NULL), easy);
	assert_true(easy->known);
	easy_forget(easy);
}

static void a_copy_has_what_its_original_was_set_to(void **state)
{
	struct easy *easy = new_easy(0x1000), *copy, *unknown;

	(void)state;
	easy_set(easy, EASY_URL, (uintptr_t)"http://a/");
	easy_set(easy, EASY_CUSTOMREQUEST, (uintptr_t)"PATCH");
	copy = easy_renew((struct curl_easy *)0x2000, &whole, easy);
	easy_set(easy, EASY_URL, (uintptr_t)"http://b/");
	assert_true(copy->known);
	assert_int_equal(copy->settings.url.size, 9);
	assert_memory_equal(copy->settings.url.bytes, "http://a/", 9);
	assert_int_equal(easy_method(&copy->settings).size, 5);
	easy->known = false;
	unknown = easy_renew((struct curl_easy *)0x3000, &whole, easy);
	assert_false(unknown->known);
	easy_forget(copy);
	easy_forget(unknown);
	easy_forget(easy);
}

TESTS(cmocka_unit_test(the_method_is_what_libcurl_will_send),
      cmocka_unit_test(a_url_has_the_scheme_that_libcurl_gives_it),
      cmocka_unit_test(a_url_is_kept_as_a_copy),
      cmocka_unit_test(a_long_url_is_cut_where_it_can_hide_no_password),
      cmocka_unit_test(an_unknown_handle_is_not_found),
      cmocka_unit_test(many_handles_are_told_apart),
      cmocka_unit_test(what_is_met_first_at_a_transfer_is_not_known),
      cmocka_unit_test(a_copy_has_what_its_original_was_set_to))
