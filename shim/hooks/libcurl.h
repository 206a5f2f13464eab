/* SPDX-License-Identifier: Apache-2.0 */
/* The replaced functions of libcurl as they are declared, and what each of them begins with. */
#ifndef HOOKS_LIBCURL_H
#define HOOKS_LIBCURL_H

#include "call/libcurl.h"
#include "hooks/hook.h"

#define LIBCURL(name, type) HOOK extern __typeof__(type) name;
#define LIBCURL_CALLED(name, type)
#include "call/libcurl.def"
#undef LIBCURL
#undef LIBCURL_CALLED

/* A call of libcurl to itself goes straight on: see hooks/hook.h. */
#define PASS_FIRST(name, ...) PASS_FIRST_OF(libcurl, name, __VA_ARGS__)
#define PASS_OTHER(name, caller, ...) PASS_OTHER_OF(libcurl, name, caller, __VA_ARGS__)
#define PASS_INSIDE(name, ...)                                                                     \
	PASS_FIRST(name, __VA_ARGS__);                                                             \
	PASS_OTHER(name, RETURN_ADDRESS, __VA_ARGS__)

#endif
