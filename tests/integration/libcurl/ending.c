/* SPDX-License-Identifier: Apache-2.0 */
/* How transfers end: redirects, statuses, failures, and programs that leave. */
#include <setjmp.h>
#include <stdio.h>

#include "case.h"

static CURL *following(const char *path)
{
	CURL *handle = transfer_open(path);

	curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
	return handle;
}

static void redirects(void)
{
	char path[512];
	CURL *handle = following("/redir?to=/upload");

	curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "a=1");
	transfer_once(handle, "POST, 302");
	handle = following("/redir?to=/upload&code=307");
	curl_easy_setopt(handle, CURLOPT_POSTFIELDS, "a=1");
	transfer_once(handle, "POST, 307");
	transfer_once(transfer_open("/redir?to=/ok"), "not followed");
	snprintf(path, sizeof(path), "/redir?to=https://%s/ok", setting("TLS"));
	transfer_once(following(path), "to another server");
}

/* The URL that was reached is not the one that is asked for next. */
static void reused_after_redirect(void)
{
	CURL *handle = following("/redir?to=/ok");

	transfer_show(handle, "first");
	transfer_show(handle, "second");
	curl_easy_setopt(handle, CURLOPT_URL, url_at("http", "HTTP", "/404"));
	transfer_once(handle, "third");
}

static void too_many_redirects(void)
{
	CURL *handle = following("/redirloop");

	curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 2L);
	transfer_once(handle, "loop");
}

static void statuses(void)
{
	CURL *handle = transfer_open("/404");

	transfer_show(handle, "404");
	curl_easy_setopt(handle, CURLOPT_URL, url_at("http", "HTTP", "/500"));
	transfer_show(handle, "500");
	curl_easy_setopt(handle, CURLOPT_URL, url_at("http", "HTTP", "/404"));
	curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
	transfer_show(handle, "404, failing");
	curl_easy_setopt(handle, CURLOPT_URL, url_at("http", "HTTP", "/204"));
	transfer_once(handle, "204");
}

static void authentication(void)
{
	CURL *handle = transfer_open("/digest");

	curl_easy_setopt(handle, CURLOPT_USERPWD, "user:secret");
	curl_easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_ANY);
	transfer_once(handle, "digest");
	handle = transfer_open("/basic");
	curl_easy_setopt(handle, CURLOPT_USERPWD, "user:secret");
	curl_easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_ANY);
	transfer_once(handle, "basic");
	handle = transfer_open("/basic");
	curl_easy_setopt(handle, CURLOPT_USERPWD, "user:wrong");
	transfer_once(handle, "wrong");
}

static void failures(void)
{
	CURL *handle;

	transfer_once(transfer_open_url("http://127.0.0.1:1/"), "refused");
	transfer_once(transfer_open_url("http://nothing.invalid/"), "unknown host");
	handle = transfer_open("/hang");
	curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 200L);
	transfer_once(handle, "timeout");
	handle = transfer_open_url(url_at("https", "TLS", "/ok"));
	curl_easy_setopt(handle, CURLOPT_CAINFO, "/etc/ssl/certs/ca-certificates.crt");
	transfer_once(handle, "unknown certificate");
	transfer_once(transfer_open("/close"), "no answer");
	transfer_once(transfer_open("/truncated"), "truncated");
}

static size_t take_less(char *data, size_t size, size_t count, void *state)
{
	(void)data;
	(void)state;
	return size * count - 1;
}

static int abort_it(void *state, curl_off_t total, curl_off_t now, curl_off_t up_total,
		    curl_off_t up_now)
{
	(void)state;
	(void)total;
	(void)now;
	(void)up_total;
	(void)up_now;
	return 1;
}

static void callbacks(void)
{
	CURL *handle = transfer_open("/ok");

	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_less);
	transfer_once(handle, "write callback");
	handle = transfer_open("/hang");
	curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, abort_it);
	transfer_once(handle, "progress callback");
}

static jmp_buf away;

static size_t jump(char *data, size_t size, size_t count, void *state)
{
	(void)data;
	(void)size;
	(void)count;
	(void)state;
	longjmp(away, 1);
}

/* As R, Perl and Ruby do it; the handle is lost, as libcurl has no word for this. */
static void jumping(void)
{
	CURL *handle = transfer_open("/ok?left");

	curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, jump);
	if (!setjmp(away))
		transfer_show(handle, "left");
	else
		printf("jumped\n");
	transfer_once(transfer_open("/ok"), "next");
	transfer_once(transfer_open("/404"), "next");
}

static void phases(void)
{
	transfer_once(transfer_open("/slow?ms=200"), "slow answer");
	transfer_once(transfer_open("/pause?ms=200"), "slow body");
	transfer_once(transfer_open_url(url_at("https", "TLS", "/ok")), "TLS");
}

const struct curl_case ending_cases[] = {
	{"H07", redirects},
	{"H07-reused", reused_after_redirect},
	{"H08", too_many_redirects},
	{"H09", statuses},
	{"H09-auth", authentication},
	{"H10", failures},
	{"H11", callbacks},
	{"H38", jumping},
	{"H41", phases},
	{NULL, NULL},
};
