/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of settings as pure functions over bytes: no locale, no strtol(), no strtod(). ASCII
 * white space around a value is ignored; what is not matched as a whole is not a value (otel-spec
 * 1.1, P3 to P9).
 *
 * Threads: pure. Failure: false, and the output is untouched.
 */
#ifndef BASE_CONFIG_PARSE_H
#define BASE_CONFIG_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Without white space at both ends. */
struct slice config_trim(struct slice text);

/* Whether both are equal when case is ignored in ASCII. */
bool config_equal(struct slice text, struct slice word);

/* "true" or "false", in any case. */
bool config_parse_boolean(struct slice text, bool *ret);

/* -?[0-9]+ that fits. */
bool config_parse_integer(struct slice text, int64_t *ret);

/* Digits and ns, us, ms, s, m or h; without a unit milliseconds. In nanoseconds, below 2^63. */
bool config_parse_duration(struct slice text, uint64_t *ret_ns);

/* Digits and nothing, K, M or G (powers of 1024), in any case. In bytes, below 2^63. */
bool config_parse_size(struct slice text, uint64_t *ret);

/* A decimal number in [0, 1] with "." and an optional exponent. */
bool config_parse_ratio(struct slice text, double *ret);

/* The place of @text among the words of @choices, "a|b|c". */
bool config_parse_choice(struct slice text, const char *choices, int *ret);

/* "off", "all", or numbers from 0 to 15 with commas between them, as a set of bits. */
bool config_parse_numbers(struct slice text, uint32_t *ret);

#endif
