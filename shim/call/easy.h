/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we know of each CURL*: its libcurl, what the program set, the transfer under way. The table
 * is lock-free open addressing over handles; full: calls pass through, counted.
 *
 * Ownership: made by curl_easy_init, curl_easy_duphandle and curl_easy_reset, after which all is
 * known, or at the first transfer of a handle that we did not see made; given back by easy_forget()
 * before the handle's address can be used again. Threads: libcurl allows one thread at a time on a
 * handle, so only the table is shared. After a fork the table is empty in the child: an inherited
 * handle is unknown there.
 */
#ifndef CALL_EASY_H
#define CALL_EASY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "call/libcurl.h"
#include "call/module.h"
#include "trace/area.h"
#include "trace/record.h"

#define EASIES_MAX 16384u
#define EASY_TRIES 32u

/* What is kept of a URL; more is cut, and not kept at all when that may be inside user info. */
#define EASY_URL_MAX ((size_t)8 << 10)
#define EASY_METHOD_MAX 63u
#define EASY_SCHEME_MAX 15u

/* curl.h: CURLoption, those that matter here. */
enum easy_option {
	EASY_NOBODY = 44, EASY_UPLOAD = 46, EASY_POST = 47, EASY_PUT = 54, EASY_TUNNEL = 61,
	EASY_HTTPGET = 80, EASY_CONNECT_ONLY = 141, EASY_HEADEROPT = 229,
	EASY_HTTPSIG_ALGORITHM = 329,
	EASY_URL = 10002, EASY_POSTFIELDS = 10015, EASY_HEADERS = 10023, EASY_HTTPPOST = 10024,
	EASY_CUSTOMREQUEST = 10036, EASY_COPYPOSTFIELDS = 10165, EASY_DEFAULT_PROTOCOL = 10238,
	EASY_MIMEPOST = 10269, EASY_CURLU = 10282, EASY_AWS_SIGV4 = 10305, EASY_HTTPSIG_KEY = 10330
};

enum easy_method { EASY_GET, EASY_METHOD_POST, EASY_METHOD_PUT, EASY_METHOD_HEAD };

/* curl.h: struct curl_slist */
struct curl_list {
	char *data;
	struct curl_list *next;
};

/* A copy of a URL, in the arena. */
struct easy_url {
	uint8_t *bytes;
	uint32_t size, room;
	bool lost;				/* there is one, and we have no copy */
};

/* What the program set, all zero after init and reset. */
struct easy_settings {
	/* The program's: read right before a transfer only */
	const struct curl_list *headers;
	const struct curl_url *curlu;
	struct easy_url url;			/* that was set */
	struct easy_url built;			/* that @curlu stood for last; goes first */
	bool nobody;
	bool tunnel;				/* CONNECT through a proxy also for http */
	bool unified;				/* CONNECT requests get the same headers */
	/* What headers are signed by */
	bool aws_signed, http_signed, http_signed_algorithm;
	uint8_t method;				/* enum easy_method */
	uint8_t connect_only;			/* 1: no transfer, 2: a WebSocket */
	uint8_t custom_size, protocol_size;
	char custom[EASY_METHOD_MAX];		/* method, cut */
	char protocol[EASY_SCHEME_MAX];
};

enum transfer_state {
	TRANSFER_NONE,
	TRANSFER_PERFORM,	/* curl_easy_perform is under way */
	TRANSFER_MULTI		/* since curl_multi_add_handle */
};

/* One transfer that is told, until its end. */
struct transfer {
	uint8_t state;			/* enum transfer_state */
	bool blind;			/* begun without knowing what it is */
	bool http;
	uint8_t scheme_size;
	char scheme[EASY_SCHEME_MAX];	/* in small letters, where it is not HTTP */
	const void *call;		/* of TRANSFER_PERFORM: which call it is */
	uint8_t *sent;			/* headers that settings name, encoded; null: none */
	uint16_t sent_size, sent_count;
	struct area_call *open;
	uint64_t driven_ns;		/* when libcurl could begin it; 0: not yet */
	struct span_record span;	/* ids, start, caller; the rest is filled at the end */
};

struct multi;

struct easy {
	struct curl_easy *handle;
	const struct libcurl *libcurl;
	struct easy_slot *slot;
	bool known;			/* @settings are all that the program set */
	struct easy_settings settings;
	struct transfer transfer;
	struct module_memory module;
	struct multi *multi;		/* where it is now, also when its transfer is over */
	struct easy *next, *previous;	/* there */
	struct easy *fresh;		/* the next there that was not driven yet */
	bool is_fresh;			/* added, and not driven yet */
	bool is_unread;			/* added, and the program was not told of its end */
};

/* What we know of @handle, or null. */
struct easy *easy_find(const struct curl_easy *handle);

/* The same, made when there is none, with nothing known; null: no room. */
struct easy *easy_of(struct curl_easy *handle, const struct libcurl *libcurl);

/*
 * @handle is as a new one: made now, reset, or made as a copy of @from, whose settings it has then
 * (null: none). What is known stays unknown when it was unknown of @from. A transfer stays.
 */
struct easy *easy_renew(struct curl_easy *handle, const struct libcurl *libcurl,
			const struct easy *from);

/* Before the handle's address can be used again; the transfer must be over, the multi left. */
void easy_forget(struct easy *easy);

/*
 * The program set @option, and libcurl accepted it. @value is what a variadic call had in its slot:
 * of a long, as libcurl reads it.
 */
void easy_set(struct easy *easy, int option, uintptr_t value);

/* Whether easy_set() would do anything. */
bool easy_is_kept(int option);

/* The token that libcurl will send. */
struct slice easy_method(const struct easy_settings *settings);

/* Keeps a copy of @text; too long or without memory: lost. */
void easy_keep_url(struct easy_url *url, struct slice text);

/* The one that a transfer goes to. */
static inline const struct easy_url *easy_target(const struct easy_settings *settings)
{
	return settings->curlu ? &settings->built : &settings->url;
}

static inline struct slice easy_url_text(const struct easy_url *url)
{
	return slice_of(url->bytes, url->size);
}

/*
 * The scheme of a URL as written, or what libcurl makes of one that names none: @settings', or a
 * guess by its host. Always something where there is a URL.
 */
struct slice easy_scheme(const struct easy_settings *settings);

/* Whether the URL names one. */
bool easy_has_scheme(const struct easy_settings *settings);

/* The scheme that @url names, or none. */
struct slice easy_scheme_of(struct slice url);

#endif
