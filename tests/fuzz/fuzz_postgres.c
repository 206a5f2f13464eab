/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a server's first messages: a code is five letters or digits, and stays what it is. */
#include <stdlib.h>
#include <string.h>

#include "protocol/postgres.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char code[POSTGRES_SQLSTATE] = "", again[POSTGRES_SQLSTATE] = "";

	if (!postgres_error_code(slice_of(data, size), code))
		return 0;
	if (strnlen(code, sizeof(code)) != POSTGRES_SQLSTATE - 1 ||
	    !postgres_error_code(slice_of(data, size), again) || strcmp(code, again) != 0)
		abort();
	return 0;
}
