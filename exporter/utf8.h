/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is it text? A protobuf string that is no UTF-8 makes a strict receiver reject the whole request.
 * Pure: bytes in, facts out.
 */
#ifndef EXPORTER_UTF8_H
#define EXPORTER_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* By RFC 3629: no surrogates, nothing above U+10FFFF, no longer form than needed. */
bool utf8_valid(struct slice text);

/* The first @characters code points of valid @text. */
struct slice utf8_first(struct slice text, size_t characters);

/*
 * Copies @text to @to with U+FFFD in place of each byte that belongs to no character, as many whole
 * characters as @room holds. Returns the bytes written.
 */
size_t utf8_repair(struct slice text, uint8_t *to, size_t room);

#endif
