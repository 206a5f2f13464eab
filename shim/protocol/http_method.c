/* SPDX-License-Identifier: Apache-2.0 */
/* The list of known methods, ours or the user's. */
#include "protocol/http_method.h"

#include "base/config_parse.h"

#define NAME_MAX_SIZE 8

static const struct {
	uint8_t size;
	char name[NAME_MAX_SIZE];
} known[] = {
#define HTTP_METHOD(name) { sizeof(name) - 1, name },
#include "protocol/http_method.def"
#undef HTTP_METHOD
};

static bool is_listed(struct slice method, struct slice list)
{
	while (list.size) {
		const uint8_t *comma = memchr(list.data, ',', list.size);
		size_t size = comma ? (size_t)(comma - list.data) : list.size;

		if (slice_equal(config_trim(slice_first(list, size)), method))
			return true;
		list = slice_after(list, size + 1);
	}
	return false;
}

bool http_method_known(struct slice method, struct slice instead)
{
	if (!method.size)
		return false;
	if (instead.size)
		return is_listed(method, instead);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_equal(slice_of(known[i].name, known[i].size), method))
			return true;
	return false;
}
