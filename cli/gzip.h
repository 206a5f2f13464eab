/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip for what is sent, by zlib: in the supervisor only, since a traced process must not get a
 * library from us.
 *
 * Threads: any. Memory: malloc, for the time of a call. Failure: 0.
 */
#ifndef CLI_GZIP_H
#define CLI_GZIP_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* @text as one gzip member into the @room bytes at @to; its size, or 0: it does not fit. */
size_t gzip_pack(struct slice text, uint8_t *to, size_t room);

#endif
