/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a list, one by one. */
#include "exporter/resource_list.h"

#include "exporter/percent.h"
#include "exporter/small_file.h"
#include "exporter/utf8.h"

/* Percent-decodes to @to; false for a broken escape, no room, or what is then no text. */
static bool decode(struct slice text, uint8_t *to, size_t room, struct slice *ret)
{
	size_t used = 0;

	while (text.size) {
		int byte = percent_next(&text);

		if (byte < 0 || used == room)
			return false;
		to[used++] = (uint8_t)byte;
	}
	*ret = slice_of(to, used);
	return utf8_valid(*ret);
}

static struct slice cut_at(struct slice *text, uint8_t separator, bool *ret_found)
{
	const uint8_t *at = text->size ? memchr(text->data, separator, text->size) : NULL;
	size_t size = at ? (size_t)(at - text->data) : text->size;
	struct slice first = slice_first(*text, size);

	*text = slice_after(*text, size + 1);
	*ret_found = at != NULL;
	return first;
}

int resource_list_next(struct slice *list, uint8_t *text, size_t room,
		       struct resource_attribute *ret)
{
	struct slice key, value;
	bool found;

	do {
		if (!list->size)
			return 0;
		value = text_trim(cut_at(list, ',', &found));
	} while (!value.size);
	key = text_trim(cut_at(&value, '=', &found));
	if (!found || !key.size || !decode(key, text, room, &key))
		return -1;
	if (!decode(text_trim(value), text + key.size, room - key.size, &value))
		return -1;
	*ret = (struct resource_attribute){ .key = key, .value = value };
	return 1;
}

bool resource_list_valid(struct slice list, uint8_t *text, size_t room)
{
	struct resource_attribute attribute;
	int result;

	do
		result = resource_list_next(&list, text, room, &attribute);
	while (result > 0);
	return result == 0;
}
