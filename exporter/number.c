/* SPDX-License-Identifier: Apache-2.0 */
/* Digits, the last first. */
#include "exporter/number.h"

size_t number_format(uint64_t number, char ret[NUMBER_SIZE])
{
	char digits[20];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	for (size_t i = 0; i < count; i++)
		ret[i] = digits[count - 1 - i];
	ret[count] = 0;
	return count;
}
