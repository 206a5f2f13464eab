/* SPDX-License-Identifier: Apache-2.0 */
/* CURLINFOs and CURLcodes. */
#include "call/answer.h"

#include <string.h>

/* curl.h: CURLINFO; an older libcurl that has not one of them leaves the place as it is. */
enum {
	INFO_EFFECTIVE_URL = 0x100001, INFO_PRIMARY_IP = 0x100020, INFO_SCHEME = 0x100031,
	INFO_EFFECTIVE_METHOD = 0x10003a,
	INFO_RESPONSE_CODE = 0x200002, INFO_REDIRECT_COUNT = 0x200014, INFO_PRIMARY_PORT = 0x200028,
	INFO_HTTP_VERSION = 0x20002e,
	INFO_SIZE_UPLOAD = 0x600007, INFO_SIZE_DOWNLOAD = 0x600008, INFO_TOTAL_TIME = 0x600032,
	INFO_NAMELOOKUP_TIME = 0x600033, INFO_CONNECT_TIME = 0x600034,
	INFO_PRETRANSFER_TIME = 0x600035, INFO_STARTTRANSFER_TIME = 0x600036,
	INFO_REDIRECT_TIME = 0x600037, INFO_APPCONNECT_TIME = 0x600038, INFO_QUEUE_TIME = 0x600041
};

enum { CODE_URL_MALFORMAT = 3, CODE_HTTP_RETURNED_ERROR = 22, CODE_ABORTED_BY_CALLBACK = 42 };

/* ---- codes ---- */

static const char *code_name(int code)
{
	switch (code) {
#define CURL_CODE(number, name)                                                                    \
	case number:                                                                               \
		return name;
#include "call/curl_code.def"
#undef CURL_CODE
	default:
		return NULL;
	}
}

/* No stdio on an application's thread. */
static struct slice number_name(char *room, size_t size, int code)
{
	unsigned int rest = code < 0 ? 0u - (unsigned int)code : (unsigned int)code;
	size_t at = size;
	static const char prefix[] = "CURLE_";

	do {
		room[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (code < 0)
		room[--at] = '-';
	at -= sizeof(prefix) - 1;
	memcpy(room + at, prefix, sizeof(prefix) - 1);
	return slice_of(room + at, size - at);
}

void answer_begin(struct answer *answer, int code)
{
	const char *name;

	memset(answer, 0, sizeof(*answer));
	answer->code = code;
	answer->over = true;
	answer->cancelled = code == CODE_ABORTED_BY_CALLBACK;
	if (code == CURL_OK || answer->cancelled)
		return;
	name = code_name(code);
	answer->error_type = name ? slice_of_string(name) :
				    number_name(answer->error, sizeof(answer->error), code);
}

void answer_removed(struct answer *answer)
{
	answer->over = false;
	answer->cancelled = true;
	answer->removed = true;
}

void answer_fail(struct answer *answer, const char *type)
{
	answer->error_type = slice_of_string(type);
}

/* ---- infos ---- */

static long ask_long(const struct easy *easy, int info)
{
	long value = 0;

	easy->libcurl->curl_easy_getinfo(easy->handle, info, &value);
	return value;
}

/* Microseconds as nanoseconds, or a size; what is below zero is nothing. */
static uint64_t ask_number(const struct easy *easy, int info)
{
	int64_t value = 0;

	easy->libcurl->curl_easy_getinfo(easy->handle, info, &value);
	return value > 0 ? (uint64_t)value : 0;
}

static uint64_t ask_ns(const struct easy *easy, int info)
{
	uint64_t value_us = ask_number(easy, info);

	return value_us <= INT64_MAX / 1000 ? value_us * 1000 : 0;
}

static struct slice ask_text(const struct easy *easy, int info)
{
	char *value = NULL;

	easy->libcurl->curl_easy_getinfo(easy->handle, info, &value);
	return slice_of_string(value);
}

static void ask_times(struct answer *answer, const struct easy *easy)
{
	answer->total_ns = ask_ns(easy, INFO_TOTAL_TIME);
	answer->marks = (struct http_marks){
		.queued_ns = ask_ns(easy, INFO_QUEUE_TIME),
		.name_looked_up_ns = ask_ns(easy, INFO_NAMELOOKUP_TIME),
		.connected_ns = ask_ns(easy, INFO_CONNECT_TIME),
		.tls_ns = ask_ns(easy, INFO_APPCONNECT_TIME),
		.request_ns = ask_ns(easy, INFO_PRETRANSFER_TIME),
		.first_byte_ns = ask_ns(easy, INFO_STARTTRANSFER_TIME),
		.end_ns = answer->total_ns,
		.redirected_ns = ask_ns(easy, INFO_REDIRECT_TIME),
	};
}

/* Only where the settings do not say it. */
static void ask_unknown(struct answer *answer, const struct easy *easy)
{
	if (easy->known && easy_has_scheme(&easy->settings))
		return;
	answer->effective_url = ask_text(easy, INFO_EFFECTIVE_URL);
	if (easy->known)
		return;
	answer->effective_method = ask_text(easy, INFO_EFFECTIVE_METHOD);
	answer->scheme = ask_text(easy, INFO_SCHEME);
	if (!answer->scheme.size)
		answer->scheme = easy_scheme_of(answer->effective_url);
}

void answer_ask(struct answer *answer, const struct easy *easy, bool sizes)
{
	long redirects = ask_long(easy, INFO_REDIRECT_COUNT);
	long status, port;

	/* It was the first URL: newer copies then tell of the transfer before. */
	if (answer->code == CODE_URL_MALFORMAT && redirects <= 0)
		return;
	status = ask_long(easy, INFO_RESPONSE_CODE);
	port = ask_long(easy, INFO_PRIMARY_PORT);
	answer->status = status > 0 && status <= UINT16_MAX ? (uint16_t)status : 0;
	answer->peer_port = port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
	answer->redirects = redirects > 0 ? (uint32_t)redirects : 0;
	answer->http_version = (uint32_t)ask_long(easy, INFO_HTTP_VERSION);
	answer->peer_address = ask_text(easy, INFO_PRIMARY_IP);
	/* A socket of the file system, for which older copies tell the port of the URL. */
	if (answer->peer_address.size && answer->peer_address.data[0] == '/')
		answer->peer_port = 0;
	ask_times(answer, easy);
	ask_unknown(answer, easy);
	if (!sizes)
		return;
	answer->has_sizes = true;
	answer->sent = ask_number(easy, INFO_SIZE_UPLOAD);
	answer->received = ask_number(easy, INFO_SIZE_DOWNLOAD);
}

/* ---- description ---- */

static struct slice version_of(uint32_t http_version)
{
	switch (http_version) {
	case 1:
		return SLICE("1.0");
	case 2:
		return SLICE("1.1");
	case 3:
		return SLICE("2");
	case 30:
	case 31:
		return SLICE("3");
	default:
		return SLICE("");
	}
}

/* -f makes an error of a status, which is told by that. */
static bool is_status(const struct answer *answer)
{
	return answer->status >= 400 && answer->code == CODE_HTTP_RETURNED_ERROR;
}

/* Of a transfer that never began some libcurls tell years. */
static void describe_times(const struct answer *answer, uint64_t duration_ns,
			   struct http_exchange *exchange)
{
	const struct http_marks *marks = &answer->marks;

	/* Our clock is read a little later than libcurl's: a millisecond is no lie. */
	duration_ns += 1000000;
	if (answer->total_ns > duration_ns || marks->first_byte_ns > duration_ns ||
	    marks->request_ns > duration_ns || marks->tls_ns > duration_ns ||
	    marks->connected_ns > duration_ns || marks->name_looked_up_ns > duration_ns)
		return;
	http_phases_measured(exchange, marks);
}

void answer_describe(const struct answer *answer, uint64_t duration_ns,
		     struct http_exchange *exchange)
{
	exchange->status = answer->status;
	exchange->cancelled = answer->cancelled || answer->lost;
	exchange->removed_early = answer->removed;
	exchange->redirects = answer->redirects;
	exchange->peer_address = answer->peer_address;
	exchange->peer_port = answer->peer_port;
	if (exchange->method.size)
		exchange->protocol_version = version_of(answer->http_version);
	if (!is_status(answer))
		exchange->error_type = answer->error_type;
	exchange->has_request_body = exchange->has_response_body = answer->has_sizes;
	exchange->request_body = answer->sent;
	exchange->response_body = answer->received;
	describe_times(answer, duration_ns, exchange);
}
