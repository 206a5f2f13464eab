/* SPDX-License-Identifier: Apache-2.0 */
/* The table of CURL* handles, and what the program set on them (lib/setopt.c of libcurl). */
#include "call/easy.h"

#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/cold.h"

#define HANDLE_FREE ((uintptr_t)0)
#define HANDLE_USED ((uintptr_t)1)

struct easy_slot {
	_Atomic uintptr_t handle;
	struct easy *easy;
};

struct easy_table {
	struct easy_slot slot[EASIES_MAX];
};

_Static_assert(sizeof(struct easy_table) <= ARENA_BLOCK_MAX, "the table is one block");

static size_t table_first(uintptr_t handle)
{
	return (size_t)((handle >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) % EASIES_MAX;
}

struct easy *easy_find(const struct curl_easy *handle)
{
	struct easy_table *table = arena_root_peek(ARENA_ROOT_EASIES);
	size_t first = table_first((uintptr_t)handle);

	if (!table || !handle)
		return NULL;
	for (size_t i = 0; i < EASY_TRIES; i++) {
		struct easy_slot *slot = &table->slot[(first + i) % EASIES_MAX];
		uintptr_t found = atomic_load_explicit(&slot->handle, memory_order_acquire);

		if (found == (uintptr_t)handle)
			return slot->easy;
		if (found == HANDLE_FREE)
			return NULL;
	}
	return NULL;
}

/*
 * The slot is taken by its handle before the state hangs on it: only this thread uses the handle,
 * so nobody looks at the pointer in between.
 */
static struct easy_slot *slot_take(uintptr_t handle)
{
	struct easy_table *table = arena_root(ARENA_ROOT_EASIES, sizeof(*table));
	size_t first = table_first(handle);

	if (!table)
		return NULL;
	for (size_t i = 0; i < EASY_TRIES; i++) {
		struct easy_slot *slot = &table->slot[(first + i) % EASIES_MAX];
		uintptr_t found = atomic_load_explicit(&slot->handle, memory_order_relaxed);

		if (found == HANDLE_FREE || found == HANDLE_USED)
			if (atomic_compare_exchange_strong(&slot->handle, &found, handle))
				return slot;
	}
	return NULL;
}

struct easy *easy_of(struct curl_easy *handle, const struct libcurl *libcurl)
{
	struct easy *easy = easy_find(handle);

	if (easy || !handle || !libcurl->library.whole)
		return easy;
	easy = arena_take(sizeof(*easy));
	if (!easy)
		return NULL;
	easy->slot = slot_take((uintptr_t)handle);
	if (!easy->slot) {
		arena_give(easy, sizeof(*easy));
		return NULL;
	}
	easy->handle = handle;
	easy->libcurl = libcurl;
	easy->slot->easy = easy;
	return easy;
}

static void url_forget(struct easy_url *url)
{
	arena_give(url->bytes, url->room);
	*url = (struct easy_url){ .bytes = NULL };
}

struct easy *easy_renew(struct curl_easy *handle, const struct libcurl *libcurl,
			const struct easy *from)
{
	struct easy *easy = easy_of(handle, libcurl);
	struct easy_settings *settings;

	if (!easy)
		return NULL;
	settings = &easy->settings;
	url_forget(&settings->url);
	url_forget(&settings->built);
	*settings = (struct easy_settings){ .headers = NULL };
	easy->libcurl = libcurl;
	easy->known = true;
	if (!from)
		return easy;
	easy->known = from->known;
	*settings = from->settings;
	settings->url = (struct easy_url){ .lost = from->settings.url.lost };
	settings->built = (struct easy_url){ .bytes = NULL };
	if (from->settings.url.bytes)
		easy_keep_url(&settings->url, easy_url_text(&from->settings.url));
	return easy;
}

void easy_forget(struct easy *easy)
{
	url_forget(&easy->settings.url);
	url_forget(&easy->settings.built);
	atomic_store_explicit(&easy->slot->handle, HANDLE_USED, memory_order_release);
	arena_give(easy, sizeof(*easy));
}

/* ---- what the program sets ---- */

/* Whether the authority ends inside @url: then what was cut off has no user info. */
static bool has_whole_authority(struct slice url)
{
	size_t start = 0;

	for (size_t i = 0; i + 3 <= url.size && !start; i++)
		if (!memcmp(url.data + i, "://", 3))
			start = i + 3;
	for (size_t i = start; i < url.size; i++)
		if (url.data[i] == '@')
			return true;
	for (size_t i = start; i < url.size; i++)
		if (url.data[i] == '/' || url.data[i] == '?' || url.data[i] == '#')
			return true;
	return false;
}

/* A block that holds @size bytes; what it held before is lost. */
static bool url_reserve(struct easy_url *url, size_t size)
{
	size_t room = size < 64 ? 64 : size;

	if (size <= url->room)
		return true;
	url_forget(url);
	url->bytes = arena_take(room);
	if (!url->bytes)
		return false;
	url->room = (uint32_t)room;
	return true;
}

void easy_keep_url(struct easy_url *url, struct slice text)
{
	struct slice kept = slice_first(text, EASY_URL_MAX);
	bool fits = kept.size == text.size || has_whole_authority(kept);

	if (!fits || !url_reserve(url, kept.size)) {
		url->size = 0;
		url->lost = true;
		return;
	}
	if (kept.size)
		memcpy(url->bytes, kept.data, kept.size);
	url->size = (uint32_t)kept.size;
	url->lost = false;
}

static uint8_t text_keep(char *to, size_t room, const char *text)
{
	size_t size = text ? strnlen(text, room) : 0;

	if (size)
		memcpy(to, text, size);
	return (uint8_t)size;
}

static void set_url(struct easy_settings *settings, const char *url)
{
	if (url)
		easy_keep_url(&settings->url, slice_of(url, strlen(url)));
	else
		url_forget(&settings->url);
}

/* NOBODY and HEAD are one state of libcurl's, left by a request that has another method. */
static void set_method(struct easy_settings *settings, enum easy_method method)
{
	settings->method = (uint8_t)method;
	settings->nobody = false;
}

static void set_nobody(struct easy_settings *settings, bool nobody)
{
	settings->nobody = nobody;
	if (nobody)
		settings->method = EASY_METHOD_HEAD;
	else if (settings->method == EASY_METHOD_HEAD)
		settings->method = EASY_GET;
}

/* What sets a method, by what turns it off: GET, and the body stays as it is. */
static void set_switch(struct easy_settings *settings, enum easy_method method, bool on)
{
	if (on)
		set_method(settings, method);
	else
		settings->method = EASY_GET;
}

/* A long as libcurl reads it: programs pass an int, of which the other half is garbage. */
static bool is_on(uintptr_t value)
{
	return value != 0;
}

static bool set_of_method(struct easy_settings *settings, int option, uintptr_t value)
{
	switch (option) {
	case EASY_HTTPGET:
		if (is_on(value))
			set_method(settings, EASY_GET);
		return true;
	case EASY_POST:
		set_switch(settings, EASY_METHOD_POST, is_on(value));
		return true;
	case EASY_UPLOAD:
	case EASY_PUT:
		set_switch(settings, EASY_METHOD_PUT, is_on(value));
		return true;
	case EASY_NOBODY:
		set_nobody(settings, is_on(value));
		return true;
	case EASY_POSTFIELDS:
	case EASY_COPYPOSTFIELDS:
		settings->method = EASY_METHOD_POST;
		return true;
	case EASY_HTTPPOST:
	case EASY_MIMEPOST:
		set_method(settings, EASY_METHOD_POST);
		return true;
	default:
		return false;
	}
}

static void set_of_target(struct easy_settings *settings, int option, uintptr_t value)
{
	switch (option) {
	case EASY_URL:
		set_url(settings, (const char *)value);
		break;
	case EASY_CURLU:
		settings->curlu = (const struct curl_url *)value;
		break;
	case EASY_CUSTOMREQUEST:
		settings->custom_size = text_keep(settings->custom, sizeof(settings->custom),
						  (const char *)value);
		break;
	case EASY_DEFAULT_PROTOCOL:
		settings->protocol_size = text_keep(settings->protocol, sizeof(settings->protocol),
						    (const char *)value);
		break;
	case EASY_CONNECT_ONLY:
		settings->connect_only = (uint8_t)value;
		break;
	default:
		break;
	}
}

static void set_of_headers(struct easy_settings *settings, int option, uintptr_t value)
{
	switch (option) {
	case EASY_HEADERS:
		settings->headers = (const struct curl_list *)value;
		break;
	case EASY_AWS_SIGV4:
		settings->aws_signed = value != 0;
		break;
	case EASY_HTTPSIG_KEY:
		settings->http_signed = value != 0;
		break;
	case EASY_HTTPSIG_ALGORITHM:
		settings->http_signed_algorithm = is_on(value);
		break;
	case EASY_TUNNEL:
		settings->tunnel = is_on(value);
		break;
	case EASY_HEADEROPT:
		/* CURLHEADER_SEPARATE is a bit */
		settings->unified = (value & 1) == 0;
		break;
	default:
		break;
	}
}

void easy_set(struct easy *easy, int option, uintptr_t value)
{
	if (set_of_method(&easy->settings, option, value))
		return;
	set_of_target(&easy->settings, option, value);
	set_of_headers(&easy->settings, option, value);
}

bool easy_is_kept(int option)
{
	switch (option) {
	case EASY_NOBODY:
	case EASY_UPLOAD:
	case EASY_POST:
	case EASY_PUT:
	case EASY_TUNNEL:
	case EASY_HTTPGET:
	case EASY_CONNECT_ONLY:
	case EASY_HEADEROPT:
	case EASY_HTTPSIG_ALGORITHM:
	case EASY_URL:
	case EASY_POSTFIELDS:
	case EASY_HEADERS:
	case EASY_HTTPPOST:
	case EASY_CUSTOMREQUEST:
	case EASY_COPYPOSTFIELDS:
	case EASY_DEFAULT_PROTOCOL:
	case EASY_MIMEPOST:
	case EASY_CURLU:
	case EASY_AWS_SIGV4:
	case EASY_HTTPSIG_KEY:
		return true;
	default:
		return false;
	}
}

/* ---- what a transfer makes of it ---- */

struct slice easy_method(const struct easy_settings *settings)
{
	static const struct slice names[] = {
		[EASY_GET] = { (const uint8_t *)"GET", 3 },
		[EASY_METHOD_POST] = { (const uint8_t *)"POST", 4 },
		[EASY_METHOD_PUT] = { (const uint8_t *)"PUT", 3 },
		[EASY_METHOD_HEAD] = { (const uint8_t *)"HEAD", 4 },
	};

	if (settings->custom_size)
		return slice_of(settings->custom, settings->custom_size);
	return names[settings->nobody ? EASY_METHOD_HEAD : settings->method];
}

static bool is_scheme_byte(uint8_t byte)
{
	uint8_t letter = byte_lower(byte);

	return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9') || byte == '+' ||
	       byte == '-' || byte == '.';
}

/* As libcurl: a name, a colon, a slash; "file:" needs none. */
static size_t scheme_size(struct slice url)
{
	size_t size = 0;

	while (size < url.size && size < 40 && is_scheme_byte(url.data[size]))
		size++;
	if (size == 0 || size >= url.size || url.data[size] != ':')
		return 0;
	if (slice_equal_any_case(slice_first(url, size), SLICE("file")))
		return size;
	return size + 1 < url.size && url.data[size + 1] == '/' ? size : 0;
}

static struct slice url_of(const struct easy_settings *settings)
{
	return easy_url_text(easy_target(settings));
}

struct slice easy_scheme_of(struct slice url)
{
	return slice_first(url, scheme_size(url));
}

bool easy_has_scheme(const struct easy_settings *settings)
{
	return scheme_size(url_of(settings)) != 0;
}

struct slice easy_scheme(const struct easy_settings *settings)
{
	static const char guessed[][6] = { "ftp", "dict", "ldap", "imap", "smtp", "pop3" };
	struct slice url = url_of(settings);
	size_t size = scheme_size(url);

	if (size)
		return slice_first(url, size);
	if (settings->protocol_size)
		return slice_of(settings->protocol, settings->protocol_size);
	for (size_t i = 0; i < sizeof(guessed) / sizeof(*guessed); i++) {
		struct slice name = slice_of_string(guessed[i]);

		if (url.size > name.size && url.data[name.size] == '.' &&
		    slice_equal_any_case(slice_first(url, name.size), name))
			return name;
	}
	return SLICE("http");
}
