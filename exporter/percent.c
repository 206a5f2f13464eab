/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-decoding. */
#include "exporter/percent.h"

static int digit_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int percent_next(struct slice *text)
{
	int byte = text->data[0];
	size_t size = 1;

	if (byte == '%') {
		int high = text->size > 2 ? digit_value(text->data[1]) : -1;
		int low = text->size > 2 ? digit_value(text->data[2]) : -1;

		if (high < 0 || low < 0)
			return -1;
		byte = high << 4 | low;
		size = 3;
	}
	*text = slice_after(*text, size);
	return byte;
}
