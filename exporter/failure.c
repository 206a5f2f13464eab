/* SPDX-License-Identifier: Apache-2.0 */
/* Words about failures. */
#include "exporter/failure.h"

#include "exporter/number.h"

#define SECOND_NS UINT64_C(1000000000)

void failure_set(struct failure *failure, struct slice ours, struct slice theirs)
{
	struct slice parts[] = { ours, slice_first(theirs, FAILURE_WHY) };
	size_t used = 0;

	for (size_t part = 0; part < 2; part++)
		for (size_t i = 0; i < parts[part].size && used < FAILURE_SIZE - 1; i++) {
			uint8_t byte = parts[part].data[i];

			failure->text[used++] = (char)(byte < ' ' || byte >= 0x7f ? '?' : byte);
		}
	failure->text[used] = '\0';
}

void failure_set_status(struct failure *failure, int status, struct slice why)
{
	char text[8 + NUMBER_SIZE] = "HTTP ";
	size_t used = 5;

	used += number_format(status > 0 ? (uint64_t)status : 0, text + used);
	if (why.size) {
		memcpy(text + used, ": ", 2);
		used += 2;
	}
	failure_set(failure, slice_of(text, used), why);
}

void failure_set_timeout(struct failure *failure, uint64_t limit_ns)
{
	char text[32 + NUMBER_SIZE] = "no answer within ";
	size_t used = 17;

	if (limit_ns < SECOND_NS) {
		failure_set(failure, SLICE("no answer in time"), (struct slice){ 0 });
		return;
	}
	used += number_format(limit_ns / SECOND_NS, text + used);
	memcpy(text + used, " s", 2);
	failure_set(failure, slice_of(text, used + 2), (struct slice){ 0 });
}
