/* SPDX-License-Identifier: Apache-2.0 */
/* Sleeping, waking, leaving: no wake-up is lost. */
#include "tests/support/test.h"

#include <pthread.h>
#include <sched.h>

#include "tests/support/area.h"

#define AN_HOUR_NS (UINT64_C(3600) * 1000000000u)

static struct area_header *wake_area;

static void wake_the_area(void)
{
	area_wake(wake_area);
}

#define PING_PONGS 20000u

static _Atomic uint64_t ponged;

static void *ping(void *context)
{
	(void)context;
	for (uint64_t i = 1; i <= PING_PONGS; i++) {
		stage_put(i, 128, 0);
		while (atomic_load_explicit(&ponged, memory_order_acquire) < i)
			sched_yield();
	}
	return NULL;
}

/* The consumer sleeps without a limit each time: one wake-up lost, and this never ends. */
static void no_wake_up_is_lost(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	pthread_t thread;

	(void)state;
	wake_area = stage.area;
	area_use(stage.area, true, false, wake_the_area);
	stage_read(&stage);
	atomic_store(&ponged, 0);
	assert_int_equal(pthread_create(&thread, NULL, ping, NULL), 0);
	while (stage.count < PING_PONGS) {
		reader_sleep(stage.reader, 0);
		reader_drain(stage.reader);
		atomic_store_explicit(&ponged, stage.count, memory_order_release);
	}
	pthread_join(thread, NULL);
	assert_int_equal(reader_losses(stage.reader).full, 0);
	stage_end(&stage);
}

static void a_doze_ends_with_its_limit(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	uint64_t start;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	/* The first returns at once: nobody could wake us before. */
	reader_sleep(stage.reader, 0);
	start = clock_now_ns();
	reader_sleep(stage.reader, 5000000);
	assert_true(clock_now_ns() - start >= 5000000);
	assert_int_equal(atomic_load(&stage.area->sleep), AREA_AWAKE);
	/* Records are taken in batches: one alone does not end it. */
	assert_true(stage_put(1, 128, 0));
	start = clock_now_ns();
	reader_sleep(stage.reader, 5000000);
	assert_true(clock_now_ns() - start >= 5000000);
	/* A lane more than half full does, a wake-up that came before, and any record a sleep. */
	for (size_t filled = 0; filled <= AREA_LANE_SIZE_MIN / 2; filled += 96)
		assert_true(stage_put(1, 128, 0));
	reader_sleep(stage.reader, AN_HOUR_NS);
	area_wake(stage.area);
	assert_true(reader_drain(stage.reader) > 1);
	reader_sleep(stage.reader, AN_HOUR_NS);
	assert_true(stage_put(1, 128, 0));
	reader_sleep(stage.reader, 0);
	stage_end(&stage);
}

static void a_retired_consumer_is_called_by_the_next_record(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	assert_false(area_waits(stage.area));
	assert_true(stage_put(1, 128, 0));
	assert_true(area_waits(stage.area));
	assert_false(reader_retire(stage.reader));
	assert_int_equal(reader_drain(stage.reader), 1);
	assert_false(area_waits(stage.area));
	assert_true(reader_retire(stage.reader));
	/* Somebody's area_wake() does not hide that nobody is there. */
	area_wake(stage.area);
	assert_int_equal(atomic_load(&stage.area->sleep), AREA_RETIRED);
	assert_true(stage_put(2, 128, 0));
	assert_int_equal(atomic_load(&stage.area->sleep), AREA_AWAKE);
	/* Who comes back looks again for what it was to be told while it could not be woken. */
	assert_int_equal(reader_drain(stage.reader), 1);
	area_retire(stage.area);
	reader_sleep(stage.reader, 0);
	assert_int_equal(atomic_load(&stage.area->sleep), AREA_AWAKE);
	stage_end(&stage);
}

TESTS(cmocka_unit_test(no_wake_up_is_lost), cmocka_unit_test(a_doze_ends_with_its_limit),
      cmocka_unit_test(a_retired_consumer_is_called_by_the_next_record))
