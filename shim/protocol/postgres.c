/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a PostgreSQL server: a type, a length that counts itself, a body. */
#include "protocol/postgres.h"

#include <string.h>

#define HEAD 5u
#define MESSAGES_MAX 64u

static uint32_t length_of(struct slice bytes)
{
	return (uint32_t)bytes.data[1] << 24 | (uint32_t)bytes.data[2] << 16 |
	       (uint32_t)bytes.data[3] << 8 | bytes.data[4];
}

static bool is_code(const uint8_t *bytes)
{
	for (size_t i = 0; i < POSTGRES_SQLSTATE - 1; i++)
		if (!(bytes[i] >= '0' && bytes[i] <= '9') && !(bytes[i] >= 'A' && bytes[i] <= 'Z'))
			return false;
	return bytes[POSTGRES_SQLSTATE - 1] == '\0';
}

/* Fields: a letter and a string that ends with a null, until there is a null for a letter. */
static bool field_code(struct slice body, char ret[POSTGRES_SQLSTATE])
{
	while (body.size && body.data[0]) {
		const uint8_t *end = memchr(body.data, 0, body.size);
		size_t size = end ? (size_t)(end - body.data) + 1 : 0;

		if (!end)
			return false;
		if (body.data[0] == 'C' && size == POSTGRES_SQLSTATE + 1 &&
		    is_code(body.data + 1)) {
			memcpy(ret, body.data + 1, POSTGRES_SQLSTATE);
			return true;
		}
		body = slice_of(body.data + size, body.size - size);
	}
	return false;
}

bool postgres_error_code(struct slice bytes, char ret[POSTGRES_SQLSTATE])
{
	for (size_t i = 0; i < MESSAGES_MAX && bytes.size > HEAD; i++) {
		uint32_t length = length_of(bytes);
		size_t rest = bytes.size - 1;

		if (length < HEAD - 1)
			return false;
		if (bytes.data[0] == 'E')
			return field_code(slice_of(bytes.data + HEAD,
						   (length < rest ? length : rest) - (HEAD - 1)),
					  ret);
		if (length >= rest)
			return false;
		bytes = slice_of(bytes.data + 1 + length, rest - length);
	}
	return false;
}
