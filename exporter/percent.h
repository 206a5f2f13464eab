/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Percent-encoded text: "%2C" is a comma. Pure.
 */
#ifndef EXPORTER_PERCENT_H
#define EXPORTER_PERCENT_H

#include "base/slice.h"

/* Takes the next byte off @text, which is not empty, decoded; -1 for a broken escape. */
int percent_next(struct slice *text);

#endif
