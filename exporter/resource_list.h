/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OTEL_RESOURCE_ATTRIBUTES: "key=value,key=value", percent-encoded (otel-spec 1.9). Pure.
 */
#ifndef EXPORTER_RESOURCE_LIST_H
#define EXPORTER_RESOURCE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct resource_attribute {
	struct slice key, value;
	int64_t integer;
	bool number;		/* value is @integer */
};

/*
 * Takes a member off @list, decodes it into @text, @room bytes. 1: a member; 0: the end; negative:
 * malformed, the whole variable counts for nothing.
 */
int resource_list_next(struct slice *list, uint8_t *text, size_t room,
		       struct resource_attribute *ret);

/* Whether the whole of @list can be read, each member into @text. */
bool resource_list_valid(struct slice list, uint8_t *text, size_t room);

#endif
