/* SPDX-License-Identifier: Apache-2.0 */
/* The ELF reader over any bytes: the first eight are the offset that is asked for. */
#include <stdlib.h>
#include <string.h>

#include "exporter/symbol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t offset;
	struct slice name;

	if (size < sizeof(offset))
		return 0;
	memcpy(&offset, data, sizeof(offset));
	data += sizeof(offset);
	size -= sizeof(offset);
	if (symbol_find(slice_of(data, size), offset, &name) &&
	    (name.data < data || name.size == 0 || name.data + name.size >= data + size))
		abort();
	return 0;
}
