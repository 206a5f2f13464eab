/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as decimal digits, without stdio and its locks. Pure.
 */
#ifndef EXPORTER_NUMBER_H
#define EXPORTER_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define NUMBER_SIZE 21	/* the longest, and its end */

/* Decimal digits of @number and a terminating zero; returns their count. */
size_t number_format(uint64_t number, char ret[NUMBER_SIZE]);

#endif
