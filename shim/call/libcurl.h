/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl as a calling object sees it: its functions, found for each caller without the loader's
 * help, and the part of its ABI that we need. curl.h is not included: its prototypes vary, its
 * macros redefine curl_easy_setopt, and nothing of libcurl is linked.
 *
 * Ownership, threads: as call/library.h.
 */
#ifndef CALL_LIBCURL_H
#define CALL_LIBCURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call/library.h"

struct curl_easy;
struct curl_multi;
struct curl_url;

/* multi.h: CURLMsg. */
struct curl_message {
	int kind;
	struct curl_easy *easy;
	union {
		void *whatever;
		int result;
	} data;
};

enum { CURL_MESSAGE_DONE = 1 };

/* header.h: what struct curl_header begins with; the response's own ones are of origin 1. */
struct curl_header {
	char *name, *value;
};

enum { CURL_HEADER_OF_RESPONSE = 1 };

/* curl.h: what every curl_version_info_data begins with. */
struct curl_version {
	int age;
	const char *version;
	unsigned int number;		/* 0x075801 is 7.88.1 */
};

/* curl.h: CURLcode; multi.h: CURLMcode. The failures are what a caller without libcurl gets. */
enum { CURL_OK = 0, CURL_FAILED_INIT = 2 };
enum { CURL_MULTI_OK = 0, CURL_MULTI_INTERNAL_ERROR = 4 };

enum {
#define LIBCURL(name, type) LIBCURL_INDEX_##name,
#define LIBCURL_CALLED(name, type) LIBCURL_INDEX_##name,
#include "call/libcurl.def"
#undef LIBCURL
#undef LIBCURL_CALLED
	LIBCURL_FUNCTIONS
};

/* One copy of libcurl. A function that this copy does not have is null. */
struct libcurl {
	struct library library;
	union {
		struct {
#define LIBCURL(name, type) __typeof__(type) *name;
#define LIBCURL_CALLED(name, type) __typeof__(type) *name;
#include "call/libcurl.def"
#undef LIBCURL
#undef LIBCURL_CALLED
		};
		/* The same slots, in the order of the list. */
		void *function[LIBCURL_FUNCTIONS];
	};
};

extern struct library_copies libcurl_copies;
extern const struct library_family libcurl_family;

/* As the functions of call/library.h, of libcurl. */
static inline const struct libcurl *libcurl_of_caller(const void *return_address)
{
	return (const struct libcurl *)library_of_caller(&libcurl_family, return_address);
}

/* A call that libcurl makes to itself is not a call of the program. */
static inline bool libcurl_is_inside(const struct libcurl *libcurl, const void *return_address)
{
	return library_is_inside(&libcurl->library, return_address);
}

static inline const struct libcurl *libcurl_first(void)
{
	return (const struct libcurl *)library_first(&libcurl_copies);
}

static inline const struct libcurl *libcurl_inside_other(const void *return_address)
{
	return (const struct libcurl *)library_inside_other(&libcurl_family, &libcurl_copies,
							    return_address);
}

/* The libcurl that @return_address lies in, or null. */
static inline const struct libcurl *libcurl_inside(const void *return_address)
{
	const struct libcurl *first = libcurl_first();

	return libcurl_is_inside(first, return_address) ? first :
							  libcurl_inside_other(return_address);
}

#endif
