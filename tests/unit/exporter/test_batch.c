/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of spans, against a plain model of it. */
#include "tests/support/test.h"

#include "exporter/batch.h"

#define MODEL 512

static _Alignas(8) uint8_t memory[1 << 16];

static const struct span_record *record_of_size(uint32_t size, uint64_t number)
{
	static _Alignas(8) uint8_t bytes[4096];
	struct span_record *record = (void *)bytes;

	memset(bytes, (int)number, size);
	record->head.size = size;
	record->process_id = number;
	return record;
}

static void spans_leave_in_the_order_of_their_coming(void **state)
{
	(void)state;
	struct batch batch;
	const struct batch_span *span = NULL;

	batch_begin(&batch, memory, sizeof(memory), 10);
	for (uint64_t i = 0; i < 3; i++)
		assert_true(batch_put(&batch, record_of_size(104, i), i + 10, i + 20));
	for (uint64_t i = 0; i < 3; i++) {
		span = batch_next(&batch, span);
		assert_non_null(span);
		assert_int_equal(span->record.process_id, i);
		assert_int_equal(span->wall_offset_ns, i + 10);
		assert_int_equal(span->queued_ns, i + 20);
	}
	assert_null(batch_next(&batch, span));
}

static void the_number_of_spans_has_a_ceiling(void **state)
{
	(void)state;
	struct batch batch;

	batch_begin(&batch, memory, sizeof(memory), 2);
	assert_true(batch_put(&batch, record_of_size(96, 1), 0, 0));
	assert_true(batch_put(&batch, record_of_size(96, 2), 0, 0));
	assert_false(batch_put(&batch, record_of_size(96, 3), 0, 0));
	batch_drop(&batch, 1);
	assert_true(batch_put(&batch, record_of_size(96, 4), 0, 0));
}

/* Random sizes, comings and goings: what is inside is always what the model says. */
static void the_ring_behaves_as_a_queue(void **state)
{
	(void)state;
	uint64_t number = 0, first = 0, seed = 1;
	struct batch batch;
	uint32_t sizes[MODEL];
	unsigned refused = 0;

	batch_begin(&batch, memory, 8192, MODEL);
	for (unsigned turn = 0; turn < 200000; turn++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		if (seed >> 63) {
			uint32_t size = 96 + (uint32_t)(seed >> 40) % 200 * 8;

			sizes[number % MODEL] = size;
			if (batch_put(&batch, record_of_size(size, number), 0, 0))
				number++;
			else
				refused++;
		} else {
			size_t count = (size_t)(seed >> 50) % 4;
			size_t left = (size_t)(number - first);

			batch_drop(&batch, count);
			first += count < left ? count : left;
		}
		assert_int_equal(batch.spans, number - first);
		if (turn % 64 == 0) {
			const struct batch_span *span = NULL;

			for (uint64_t i = first; i < number; i++) {
				span = batch_next(&batch, span);
				assert_non_null(span);
				assert_int_equal(span->record.process_id, i);
				assert_int_equal(span->record.head.size, sizes[i % MODEL]);
			}
			assert_null(batch_next(&batch, span));
		}
	}
	assert_true(refused > 100);
	assert_true(number > 10000);
}

static void the_greatest_record_fits_four_times(void **state)
{
	(void)state;
	size_t room = batch_room(1);

	assert_true(room >= 4 * RECORD_SIZE_MAX);
	assert_true(batch_room(2048) >= (size_t)2048 * 1024);
	assert_true(batch_room(SIZE_MAX) <= (size_t)256 << 20);
}

TESTS(cmocka_unit_test(spans_leave_in_the_order_of_their_coming),
      cmocka_unit_test(the_number_of_spans_has_a_ceiling),
      cmocka_unit_test(the_ring_behaves_as_a_queue),
      cmocka_unit_test(the_greatest_record_fits_four_times))
