/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a search_path and as options: a name within its bounds, or none. */
#include <stdlib.h>

#include "call/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct schema path = schema_of_path(text);
	struct schema options = schema_of_options(text);

	if (path.size > SCHEMA_NAME_MAX || options.size > SCHEMA_NAME_MAX)
		abort();
	if (path.size > size || options.size > size)
		abort();
	return schema_may_change(text) && size < 5;
}
