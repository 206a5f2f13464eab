/* SPDX-License-Identifier: Apache-2.0 */
/* The consumer: draining, merging, words that lie. */
#include "tests/support/test.h"

#include <pthread.h>

#include "tests/support/area.h"

static void spans_of_all_lanes_come_by_their_end(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_slot slots[AREA_LANES];
	uint64_t number = 0;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	for (int round = 0; round < 50; round++) {
		for (uint32_t i = 0; i < AREA_LANES; i++)
			assert_true(area_reserve(128, &slots[i]));
		/* Sorted within a lane, and spread over the lanes in another order. */
		for (uint32_t i = 0; i < AREA_LANES; i++) {
			struct area_slot *slot = &slots[i * 7 % AREA_LANES];

			area_commit(slot, stage_write(slot->memory, 128, ++number, 0));
		}
	}
	assert_int_equal(reader_drain(stage.reader), 50 * AREA_LANES);
	for (size_t i = 0; i < stage.count; i++)
		assert_int_equal(stage.spans[i].number, i + 1);
	assert_int_equal(reader_drain(stage.reader), 0);
	stage_end(&stage);
}

static void put_while_draining(void *context, const struct span_record *span)
{
	(void)span;
	*(size_t *)context += 1;
	stage_put(1, 128, 0);
}

static void a_drain_ends_with_what_was_there_at_its_begin(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	size_t seen = 0;
	const struct reader_events events = { NULL, put_while_draining, &seen };
	struct reader *reader;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage.reader_memory = stage_map(reader_size(stage.size));
	reader = reader_begin(stage.reader_memory, stage.area, &events);
	for (int i = 0; i < 10; i++)
		assert_true(stage_put(1, 128, 0));
	assert_int_equal(reader_drain(reader), 10);
	assert_int_equal(reader_drain(reader), 10);
	assert_int_equal(seen, 20);
	stage_end(&stage);
}

static void a_later_reader_goes_on_where_the_first_stopped(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	assert_true(stage_put(1, 128, 0));
	assert_int_equal(reader_drain(stage.reader), 1);
	assert_true(stage_put(2, 128, 0));
	munmap(stage.reader_memory, reader_size(stage.size));
	stage_read(&stage);
	assert_int_equal(reader_drain(stage.reader), 1);
	assert_int_equal(stage.spans[1].number, 2);
	stage_end(&stage);
}

#define PRODUCERS 8u
#define SPANS_EACH 20000u

static _Atomic uint32_t producers_left;

static void *produce(void *context)
{
	uint64_t base = (uint64_t)(uintptr_t)context * SPANS_EACH;

	for (uint64_t i = 0; i < SPANS_EACH; i++)
		stage_put(base + i, 1024, (size_t)(i % 900));
	atomic_fetch_sub(&producers_left, 1);
	return NULL;
}

static void eight_producers_and_one_consumer_lose_nothing_uncounted(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	pthread_t threads[PRODUCERS];
	struct reader_losses losses;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	atomic_store(&producers_left, PRODUCERS);
	for (uintptr_t i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, produce, (void *)i), 0);
	while (atomic_load(&producers_left))
		reader_drain(stage.reader);
	for (uint32_t i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	reader_drain(stage.reader);
	losses = reader_losses(stage.reader);
	assert_int_equal(losses.malformed, 0);
	assert_int_equal(stage.count + losses.full, PRODUCERS * SPANS_EACH);
	assert_true(stage.count > 0);
	qsort(stage.spans, stage.count, sizeof(stage.spans[0]), stage_compare);
	for (size_t i = 1; i < stage.count; i++)
		assert_true(stage.spans[i].number != stage.spans[i - 1].number);
	stage_end(&stage);
}

/* ---- words that lie ---- */

struct lie {
	uint64_t head, tail;
};

static void heads_and_tails_that_lie_are_survived_and_counted(void **state)
{
	static const struct lie lies[] = {
		{ UINT64_MAX, 0 }, { 0, UINT64_MAX }, { AREA_LANE_SIZE_MIN + 8, 0 },
		{ 12, 0 },	   { 8, 4 },	      { UINT64_C(1) << 63, 0 },
		{ 0, 8 },	   { 96, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
		struct reader_losses losses;

		area_use(stage.area, true, false, NULL);
		atomic_store(&stage.area->lane[3].head, lies[i].head);
		atomic_store(&stage.area->lane[3].tail, lies[i].tail);
		stage_read(&stage);
		assert_int_equal(reader_drain(stage.reader), 0);
		losses = reader_losses(stage.reader);
		assert_int_equal(losses.malformed, 1);
		/* Behind it the lane is of use again, and the others never were not. */
		assert_int_equal(reader_drain(stage.reader), 0);
		losses = reader_losses(stage.reader);
		assert_int_equal(losses.malformed, 1);
		for (uint64_t j = 0; j < 1000; j++)
			stage_put(j, 512, 300);
		assert_true(reader_drain(stage.reader) > 500);
		stage_end(&stage);
	}
}

static void a_changed_tail_does_not_move_the_reader(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	assert_true(stage_put(1, 128, 0));
	assert_int_equal(reader_drain(stage.reader), 1);
	atomic_store(&stage.area->lane[0].tail, 0);
	assert_int_equal(reader_drain(stage.reader), 0);
	assert_int_equal(reader_losses(stage.reader).malformed, 0);
	stage_end(&stage);
}

static void records_that_lie_are_counted_and_the_rest_is_read(void **state)
{
	static const struct record lies[] = {
		{ 0, RECORD_SPAN, 0 },		 { 4, RECORD_SPAN, 0 },
		{ 12, RECORD_SPAN, 0 },		 { 1024, RECORD_SPAN, 0 },
		{ 0x80000000u, RECORD_SPAN, 0 }, { UINT32_MAX & ~7u, RECORD_PAD, 0 },
		{ 96, RECORD_PAD, 0 },		 { 96, 7, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
		struct area_slot slot;

		area_use(stage.area, true, false, NULL);
		stage_read(&stage);
		assert_true(area_reserve(128, &slot));
		stage_write(slot.memory, 128, 1, 0);
		memcpy(slot.memory, &lies[i], sizeof(lies[i]));
		area_commit(&slot, 96);
		assert_int_equal(reader_drain(stage.reader), 0);
		assert_int_equal(reader_losses(stage.reader).malformed, 1);
		assert_true(stage_put(2, 128, 0));
		assert_int_equal(reader_drain(stage.reader), 1);
		stage_end(&stage);
	}
}

TESTS(cmocka_unit_test(spans_of_all_lanes_come_by_their_end),
      cmocka_unit_test(a_drain_ends_with_what_was_there_at_its_begin),
      cmocka_unit_test(a_later_reader_goes_on_where_the_first_stopped),
      cmocka_unit_test(eight_producers_and_one_consumer_lose_nothing_uncounted),
      cmocka_unit_test(heads_and_tails_that_lie_are_survived_and_counted),
      cmocka_unit_test(a_changed_tail_does_not_move_the_reader),
      cmocka_unit_test(records_that_lie_are_counted_and_the_rest_is_read))
