/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of ours in front of those that the program set: nodes whose last one points at the
 * program's list, which is never written to, never copied and never freed. libcurl keeps the
 * pointer alone and walks the list for each request that it sends, redirects too.
 *
 * What the program set itself wins: where its list has a field of a format, in any case and also
 * to say that it must not be sent, nothing of that format is added; a tracestate stands for itself
 * alone.
 *
 * Ownership: a block for each handle that had an injection, its own until injection_forget():
 * copies that libcurl makes of a handle share the nodes. Memory of its own, which a fork copies:
 * libcurl walks the list in the child too. Threads: that of the handle; the table is lock-free.
 * Failure: no block or no room for a line: the line is not sent, which is counted.
 */
#ifndef CALL_INJECTION_H
#define CALL_INJECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "call/easy.h"
#include "call/libcurl.h"
#include "trace/propagation.h"

#define INJECTIONS_MAX 8192u
#define INJECTION_TRIES 32u

/* Bytes of all lines of one handle, names included, but for shared ones. */
#define INJECTION_TEXT 768u

/*
 * A field whose value is the same for all calls of this process: its line is made once, here, where
 * a block has no room for it. At load only, at most INJECTION_SHARED of them.
 */
#define INJECTION_SHARED 2
#define INJECTION_SHARED_MAX ((size_t)8 << 10)
void injection_share(const char *name, struct slice value);

/* Puts @fields before @list, which is what @handle has now. */
void injection_begin(const struct libcurl *libcurl, struct curl_easy *handle,
		     const struct curl_list *list, const struct propagation_field *fields,
		     size_t count);

/* The transfer is over: @handle gets the program's own list back. Nothing without an injection. */
void injection_end(const struct libcurl *libcurl, struct curl_easy *handle);

/* The program set @list while an injection is in flight: ours go before the new one. */
void injection_move(const struct libcurl *libcurl, struct curl_easy *handle,
		    const struct curl_list *list);

/* @copy was made of @handle: it has the program's headers only. */
void injection_copied(const struct libcurl *libcurl, const struct curl_easy *handle,
		      struct curl_easy *copy);

/* curl_easy_reset: libcurl has forgotten the list. */
void injection_lost(const struct curl_easy *handle);

/* Before the handle ends. */
void injection_forget(const struct curl_easy *handle);

/* Which of @propagators have a field that @list sets, also to nothing. */
unsigned injection_set_by(const struct curl_list *list, unsigned propagators);

/* The value of a field that @list sets; false: it has none. @name in small letters. */
bool injection_value(const struct curl_list *list, const char *name, size_t index,
		     struct slice *ret);

#endif
