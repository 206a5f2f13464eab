/* SPDX-License-Identifier: Apache-2.0 */
/* Every text that configuration or the machine gives the exporter, through its reader. */
#include <stdint.h>
#include <stdlib.h>

#include "exporter/endpoint.h"
#include "exporter/machine.h"
#include "exporter/resolver.h"
#include "exporter/resource.h"
#include "exporter/user_headers.h"
#include "exporter/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void members_read(struct slice list)
{
	struct resource_attribute attribute;
	uint8_t text[512];

	while (resource_list_next(&list, text, sizeof(text), &attribute) > 0)
		if (!attribute.key.size || !utf8_valid(attribute.key) ||
		    !utf8_valid(attribute.value))
			abort();
}

/* No field may end early: that would be a field that the user did not give. */
static void headers_read(struct slice list)
{
	static struct user_headers headers;
	size_t lines = 0;

	user_headers_read(list, &headers);
	for (size_t i = 0; i < headers.used; i++) {
		bool ends = i + 1 < headers.used && headers.text[i + 1] == '\n';

		lines += headers.text[i] == '\n';
		if (headers.text[i] == '\0' || (headers.text[i] == '\r') != ends)
			abort();
	}
	if (headers.used && !lines)
		abort();
}

static void texts_read(struct slice text)
{
	union resolver_address addresses[4];
	struct resolver_settings settings;
	struct endpoint endpoint;
	uint8_t value[64];
	char name[RESOLVER_NAME_MAX + 1];

	endpoint_parse(text, true, &endpoint);
	if (endpoint_parse(text, false, &endpoint) == ENDPOINT_OK &&
	    strpbrk(endpoint.target, " \r\n"))
		abort();
	hosts_find(text, SLICE("db1"), 1, addresses, 4);
	resolv_conf_read(text, &settings);
	for (unsigned i = 0; resolver_candidate(&settings, "db1.x", i, name); i++)
		if (strlen(name) > RESOLVER_NAME_MAX)
			abort();
	os_release_value(text, SLICE("NAME"), value, sizeof(value));
	passwd_name(text, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	uint8_t repaired[300];

	members_read(text);
	headers_read(text);
	texts_read(text);
	if (!utf8_valid(slice_of(repaired, utf8_repair(text, repaired, sizeof(repaired)))))
		abort();
	if (utf8_valid(text) && !utf8_valid(utf8_first(text, 3)))
		abort();
	return 0;
}
