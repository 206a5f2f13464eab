/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the small files of /etc and /proc without stdio: no allocation, no lock, the descriptor
 * closed before return. For the consumer's thread only: a descriptor is open for a moment.
 */
#ifndef EXPORTER_SMALL_FILE_H
#define EXPORTER_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Up to @room bytes of the file; empty when it cannot be read. */
struct slice small_file_read(const char *path, uint8_t *memory, size_t room);

/* Takes the next line off @text, without its end; false when nothing is left. */
bool line_next(struct slice *text, struct slice *ret);

/* @text without blanks at both ends. */
struct slice text_trim(struct slice text);

/* What follows the last "/" of a path; all of it when there is none. */
struct slice text_base_name(struct slice path);

/* Takes the next word (no blanks) off @text; empty at the end. */
struct slice word_next(struct slice *text);

#endif
