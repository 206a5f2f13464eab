/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of libcurl. */
#include "call/libcurl.h"

#include "base/cold.h"

static const char *const names[] = {
#define LIBCURL(name, type) #name,
#define LIBCURL_CALLED(name, type) #name,
#include "call/libcurl.def"
#undef LIBCURL
#undef LIBCURL_CALLED
};

/* What we call ourselves is there; curl_url_get is newer (7.62), and asked for before. */
static bool is_whole(const struct library *library)
{
	const struct libcurl *libcurl = (const struct libcurl *)library;

	return libcurl->curl_easy_init && libcurl->curl_easy_setopt && libcurl->curl_easy_perform &&
	       libcurl->curl_easy_reset && libcurl->curl_easy_duphandle &&
	       libcurl->curl_easy_cleanup && libcurl->curl_multi_add_handle &&
	       libcurl->curl_multi_info_read && libcurl->curl_multi_remove_handle &&
	       libcurl->curl_multi_cleanup && libcurl->curl_multi_perform &&
	       libcurl->curl_easy_getinfo && libcurl->curl_free && libcurl->curl_version_info;
}

static struct libcurl tables[LIBRARY_COPIES] COLD_TABLE;
static _Atomic int states[LIBRARY_COPIES] COLD_TABLE;
static struct library_caller callers[LIBRARY_CALLERS] COLD_TABLE;

struct library_copies libcurl_copies = { .first = &library_nothing };

const struct library_family libcurl_family = {
	.names = names,
	.count = LIBCURL_FUNCTIONS,
	.anchor = LIBCURL_INDEX_curl_easy_getinfo,
	.size = sizeof(struct libcurl),
	.functions = offsetof(struct libcurl, function),
	.is_whole = is_whole,
	.copies = &libcurl_copies,
	.states = states,
	.tables = tables,
	.callers = callers,
};
