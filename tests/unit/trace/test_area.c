/* SPDX-License-Identifier: Apache-2.0 */
/* The producers' side: lanes, wrapping, open calls, descriptions, forks. */
#include "tests/support/test.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/area.h"

static _Atomic uint32_t wakes;

static void wake_count(void)
{
	atomic_fetch_add(&wakes, 1);
}

static uint64_t lost(const struct stage *stage)
{
	return atomic_load(&stage->area->lost_full);
}

static void layouts_that_lie_are_refused(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_header good = *stage.area, *area = stage.area;

	(void)state;
	assert_true(area_check(area, stage.size));
	assert_false(area_check(area, stage.size - 1));
	assert_false(area_check(area, sizeof(*area) - 1));
	assert_false(area_check(area, 0));
#define REFUSED(field, value)                               \
	do {                                                \
		area->field = value;                        \
		assert_false(area_check(area, stage.size)); \
		area->field = good.field;                   \
		assert_true(area_check(area, stage.size));  \
	} while (0)
	REFUSED(magic, 0);
	REFUSED(version, AREA_VERSION + 1);
	REFUSED(lanes, 0);
	REFUSED(lanes, AREA_LANES + 1);
	REFUSED(lane_size, 0);
	REFUSED(lane_size, AREA_LANE_SIZE_MIN + 8);
	REFUSED(lane_size, AREA_LANE_SIZE_MIN / 2);
	REFUSED(lane_size, AREA_LANE_SIZE_MIN * 2);
	REFUSED(calls, AREA_CALLS + 1);
	REFUSED(calls, UINT32_MAX);
	REFUSED(size, stage.size + 1);
	REFUSED(calls_offset, 64);
	REFUSED(calls_offset, good.calls_offset + 8);
	REFUSED(calls_offset, UINT64_MAX - 63);
	REFUSED(descriptions_offset, good.descriptions_offset + 4);
	REFUSED(descriptions_offset, good.calls_offset);
	REFUSED(descriptions_offset, UINT64_MAX - 7);
	REFUSED(descriptions_size, good.descriptions_size + 8);
	REFUSED(descriptions_size, UINT64_MAX - 7);
	REFUSED(data_offset, good.data_offset + 1);
	REFUSED(data_offset, good.data_offset + 8);
	REFUSED(data_offset, good.descriptions_offset);
	REFUSED(data_offset, UINT64_MAX - 7);
	stage_end(&stage);
}

static void sizes_are_rounded_up_within_bounds(void **state)
{
	size_t least = area_size(AREA_LANE_SIZE_MIN);

	(void)state;
	assert_int_equal(area_size(0), least);
	assert_int_equal(area_size(1), least);
	assert_int_equal(area_size(AREA_LANE_SIZE_MIN + 1) - least,
			 AREA_LANES * AREA_LANE_SIZE_MIN);
	assert_int_equal(area_size(SIZE_MAX), area_size(AREA_LANE_SIZE_MAX));
}

static void without_an_area_nothing_is_taken(void **state)
{
	struct area_slot slot;

	(void)state;
	assert_null(area_current());
	assert_false(area_reserve(128, &slot));
	assert_null(area_call_open(&(struct span_record){ 0 }, SLICE("x"), SLICE("y"), 0));
	assert_int_equal(area_describe(AREA_MODULE, SLICE("12345678"), NULL, 0), 0);
	area_count_passed();
	area_call_drop(NULL);
}

/* Every size of a record against every distance from the lane's end. */
static void records_wrap_whole_at_every_place(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	uint64_t number = 0;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	for (size_t room = 96; room <= 2048; room += 8) {
		size_t distance = AREA_LANE_SIZE_MIN - 1024 + room % 1024;
		_Atomic uint64_t *head = &stage.area->lane[0].head;

		/* A lane that was used up to there. */
		atomic_store(head, distance);
		atomic_store(&stage.area->lane[0].tail, distance);
		munmap(stage.reader_memory, reader_size(stage.size));
		stage_read(&stage);
		stage.count = 0;
		for (int i = 0; i < 8; i++)
			assert_true(stage_put(++number, room, room - 96 > 8 ? room - 96 - 8 : 0));
		assert_int_equal(reader_drain(stage.reader), 8);
		for (size_t i = 0; i < 8; i++)
			assert_int_equal(stage.spans[i].number, number - 7 + i);
		assert_int_equal(atomic_load(&stage.area->lane[0].tail), atomic_load(head));
	}
	assert_int_equal(reader_losses(stage.reader).malformed, 0);
	assert_int_equal(lost(&stage), 0);
	stage_end(&stage);
}

static void a_full_area_drops_and_counts_exactly(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	uint64_t made = 20000;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	for (uint64_t i = 0; i < made; i++)
		stage_put(i, 256, 128);
	assert_true(lost(&stage) > 0);
	reader_drain(stage.reader);
	/* All of the room of all lanes was used. */
	assert_true(stage.count * 232 > AREA_LANES * (AREA_LANE_SIZE_MIN - 256));
	assert_int_equal(stage.count + lost(&stage), made);
	assert_true(stage_put(1, 256, 128));
	stage_end(&stage);
}

static void the_largest_record_fits_and_larger_is_lost(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_slot slot;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	for (uint64_t i = 0; i < 100; i++) {
		assert_true(stage_put(i, RECORD_SIZE_MAX, RECORD_SIZE_MAX - 96 - 8));
		assert_int_equal(reader_drain(stage.reader), 1);
		assert_int_equal(stage.spans[i].size, RECORD_SIZE_MAX);
	}
	assert_false(area_reserve(RECORD_SIZE_MAX + 1, &slot));
	assert_false(area_reserve(SIZE_MAX, &slot));
	assert_int_equal(lost(&stage), 2);
	assert_true(area_reserve(128, &slot));
	area_commit(&slot, 0);
	assert_int_equal(lost(&stage), 3);
	assert_int_equal(reader_drain(stage.reader), 0);
	stage_end(&stage);
}

static void a_closed_area_takes_nothing_more(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_slot slot;

	(void)state;
	area_use(stage.area, true, false, NULL);
	area_close(stage.area);
	assert_false(area_reserve(128, &slot));
	assert_int_equal(lost(&stage), 1);
	assert_null(area_call_open(&(struct span_record){ 0 }, SLICE("x"), SLICE("y"), 0));
	stage_end(&stage);
}

static void *reserve_and_stop(void *context)
{
	assert_true(area_reserve(512, context));
	return NULL;
}

static void a_thread_that_stops_holds_one_lane_only(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_slot stopped;
	pthread_t thread;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	assert_int_equal(pthread_create(&thread, NULL, reserve_and_stop, &stopped), 0);
	pthread_join(thread, NULL);
	assert_true(atomic_load(&stage.area->lane[stopped.lane].owner) != 0);
	for (uint64_t i = 0; i < 1000; i++) {
		assert_true(stage_put(i, 512, 256));
		assert_int_equal(reader_drain(stage.reader), 1);
	}
	/* Its thread is gone: the lane comes back, and its half of a record never shows. */
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
	assert_true(atomic_load(&stage.area->lane[stopped.lane].owner) == 0);
	assert_int_equal(reader_drain(stage.reader), 0);
	stage_end(&stage);
}

/* ---- waking ---- */

static void one_record_wakes_a_retired_consumer_once(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);

	(void)state;
	atomic_store(&wakes, 0);
	area_use(stage.area, true, false, wake_count);
	assert_true(stage_put(1, 128, 0));
	assert_int_equal(atomic_load(&wakes), 1);
	assert_true(stage_put(2, 128, 0));
	assert_int_equal(atomic_load(&wakes), 1);
	atomic_store(&stage.area->sleep, AREA_ASLEEP);
	assert_true(stage_put(3, 128, 0));
	assert_int_equal(atomic_load(&wakes), 2);
	assert_int_equal(atomic_load(&stage.area->sleep), AREA_AWAKE);
	stage_end(&stage);
}

static void a_dozing_consumer_is_woken_by_a_half_full_lane_only(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	size_t half = AREA_LANE_SIZE_MIN / 2;
	size_t filled = 0;

	(void)state;
	atomic_store(&wakes, 0);
	area_use(stage.area, true, false, wake_count);
	atomic_store(&stage.area->sleep, AREA_DOZING);
	for (uint64_t i = 0; filled + 96 <= half; i++) {
		assert_true(stage_put(i, 96, 0));
		filled += 96;
		assert_int_equal(atomic_load(&wakes), 0);
	}
	assert_true(stage_put(1, 96, 0));
	assert_int_equal(atomic_load(&wakes), 1);
	/* Above half already: no second time. */
	atomic_store(&stage.area->sleep, AREA_DOZING);
	assert_true(stage_put(2, 96, 0));
	assert_int_equal(atomic_load(&wakes), 1);
	stage_end(&stage);
}

/* ---- open calls ---- */

static void an_open_call_holds_what_fits_cut_at_characters(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	static char name[400], text[800];
	static const uint8_t two[2] = { 0xc3, 0xa4 }, three[3] = { 0xe2, 0x82, 0xac };
	struct span_record span = stage_open_span(7);
	struct area_call *call;

	(void)state;
	area_use(stage.area, true, false, NULL);
	for (size_t i = 0; i + 2 <= sizeof(name); i += 2)
		memcpy(name + i, two, sizeof(two));
	for (size_t i = 0; i + 3 <= sizeof(text); i += 3)
		memcpy(text + i, three, sizeof(three));
	call = area_call_open(&span, slice_of(name, sizeof(name)), slice_of(text, 798), 0);
	assert_non_null(call);
	assert_int_equal(call->name_size, 254);
	assert_int_equal(call->text_size, 96);
	assert_memory_equal(call->text, name, 254);
	assert_memory_equal(call->text + 254, text, 96);
	area_call_drop(call);
	assert_true(atomic_load(&call->owner) == 0);

	call = area_call_open(&span, SLICE("SELECT t"), SLICE("SELECT * FROM t"), 0);
	assert_int_equal(call->name_size, 8);
	assert_int_equal(call->text_size, 15);
	assert_int_equal(call->span.caller, 7);
	area_call_drop(call);
	stage_end(&stage);
}

static void what_is_known_of_a_call_is_published_whole_or_not_at_all(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct span_record span = stage_open_span(0);
	struct record_writer writer;
	struct area_call *call;

	(void)state;
	area_use(stage.area, true, false, NULL);
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	assert_int_equal(atomic_load(&call->about_size), 0);
	record_writer_begin(&writer, call->about, sizeof(call->about));
	record_put_integer(&writer, ATTRIBUTE_DB_BACKEND_PID, 4711);
	area_call_about(call, &writer, 0);
	assert_int_equal(atomic_load(&call->about_size), 16);
	assert_int_equal(call->about_count, 1);
	area_call_drop(call);

	/* The next call in the same place knows nothing of it. */
	assert_ptr_equal(area_call_open(&span, SLICE("n"), SLICE("t"), 0), call);
	assert_int_equal(atomic_load(&call->about_size), 0);
	record_writer_begin(&writer, call->about, sizeof(call->about));
	record_put_string(&writer, ATTRIBUTE_DB_NAMESPACE, slice_of(call->text, AREA_CALL_TEXT));
	area_call_about(call, &writer, 0);
	assert_int_equal(atomic_load(&call->about_size), 0);
	area_call_drop(call);
	stage_end(&stage);
}

static void all_open_calls_taken_is_counted(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	static struct area_call *calls[AREA_CALLS];
	struct span_record span = stage_open_span(0);

	(void)state;
	area_use(stage.area, true, false, NULL);
	for (size_t i = 0; i < AREA_CALLS; i++) {
		calls[i] = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
		assert_non_null(calls[i]);
		assert_true(i == 0 || calls[i] != calls[i - 1]);
	}
	assert_null(area_call_open(&span, SLICE("n"), SLICE("t"), 0));
	assert_int_equal(atomic_load(&stage.area->refused_calls), 1);
	area_call_drop(calls[500]);
	assert_ptr_equal(area_call_open(&span, SLICE("n"), SLICE("t"), 0), calls[500]);
	stage_end(&stage);
}

static void a_call_that_ends_is_a_span_and_its_slot_is_free(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct span_record span = stage_open_span(1);
	struct area_call *call;
	struct area_slot slot;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	assert_true(area_reserve(128, &slot));
	area_call_commit(call, &slot, stage_write(slot.memory, 128, 1, 0));
	assert_true(atomic_load(&call->owner) == 0);
	assert_int_equal(reader_drain(stage.reader), 1);
	/* A null call is a plain commit. */
	assert_true(area_reserve(128, &slot));
	area_call_commit(NULL, &slot, stage_write(slot.memory, 128, 2, 0));
	assert_int_equal(reader_drain(stage.reader), 1);
	/* An overrun record ends the call and is counted. */
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	assert_true(area_reserve(128, &slot));
	area_call_commit(call, &slot, 0);
	assert_true(atomic_load(&call->owner) == 0);
	assert_int_equal(lost(&stage), 1);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), true), 0);
	stage_end(&stage);
}

/* ---- descriptions ---- */

static void *describe_many(void *context)
{
	uint32_t *numbers = context;
	struct area_statement body = { .text_size = 24, .summary_size = 5 };
	const struct slice texts[] = { SLICE("SELECT * FROM somewhere!"), SLICE("short") };

	for (size_t i = 0; i < 5000; i++) {
		body.hash = i;
		numbers[i] = area_describe(AREA_STATEMENT, slice_of(&body, sizeof(body)), texts, 2);
	}
	return NULL;
}

static void descriptions_of_four_threads_are_each_found(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	static uint32_t numbers[4][5000];
	struct reader_statement statement;
	pthread_t threads[4];
	size_t accepted = 0;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, describe_many, numbers[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		reader_drain(stage.reader);
		pthread_join(threads[i], NULL);
	}
	reader_drain(stage.reader);
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 5000; j++) {
			if (numbers[i][j] == 0)
				continue;
			accepted++;
			assert_true(reader_statement(stage.reader, numbers[i][j], &statement));
			assert_int_equal(statement.hash, j);
			assert_slice_equal(statement.summary, SLICE("short"));
		}
	}
	assert_int_equal(accepted, 20000);
	assert_int_equal(reader_losses(stage.reader).malformed, 0);
	stage_end(&stage);
}

static void a_full_region_refuses_and_counts(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_module body = { .start = 1, .path_size = 1000 };
	static const uint8_t path[1000];
	const struct slice text = { path, sizeof(path) };
	const struct slice huge = { path, SIZE_MAX - 8 };
	size_t accepted = 0;
	uint32_t first, number;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	first = area_describe(AREA_MODULE, slice_of(&body, sizeof(body)), &text, 1);
	number = first;
	while (number) {
		accepted++;
		number = area_describe(AREA_MODULE, slice_of(&body, sizeof(body)), &text, 1);
	}
	assert_true(accepted > 1900);
	assert_int_equal(atomic_load(&stage.area->refused_descriptions), 1);
	assert_int_equal(area_describe(AREA_MODULE, slice_of(&body, sizeof(body)), &huge, 1), 0);
	/* What is small may still have room. */
	body.path_size = 0;
	assert_true(area_describe(AREA_MODULE, slice_of(&body, sizeof(body)), NULL, 0) > 0);
	reader_drain(stage.reader);
	assert_true(reader_module(stage.reader, first, &(struct reader_module){ 0 }));
	assert_int_equal(reader_losses(stage.reader).descriptions, 2);
	assert_int_equal(reader_losses(stage.reader).malformed, 0);
	stage_end(&stage);
}

/* ---- forks ---- */

static pid_t fork_plain(void)
{
	return fork();
}

static pid_t fork_raw(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void child_wait(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* In the child of a fork in the middle of a record and of a call: nothing of them is its own. */
static int child_of_held_lane(struct stage *stage, struct area_slot *slot, struct area_call *call)
{
	uint64_t owner = atomic_load(&call->owner);
	uint64_t head = atomic_load(&stage->area->lane[slot->lane].head);

	area_commit(slot, 128);
	area_call_drop(call);
	if (atomic_load(&stage->area->lane[slot->lane].head) != head)
		return 1;
	if (atomic_load(&stage->area->lane[slot->lane].owner) != slot->owner)
		return 2;
	if (atomic_load(&call->owner) != owner)
		return 3;
	/* Its own go on as before, into another lane. */
	if (!stage_put(2, 128, 0))
		return 4;
	if (!area_reserve(128, slot))
		return 5;
	/* The parent's call with a record of the child's: the parent will tell it. */
	area_call_commit(call, slot, stage_write(slot->memory, 128, 3, 0));
	if (atomic_load(&call->owner) != owner || atomic_load(&call->state) != AREA_CALL_OPEN)
		return 6;
	return 0;
}

static void a_child_ends_nothing_of_its_parent(void **state)
{
	static pid_t (*const forks[])(void) = { fork_plain, fork_raw, _Fork };

	(void)state;
	for (size_t i = 0; i < sizeof(forks) / sizeof(forks[0]); i++) {
		struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
		struct span_record span = stage_open_span(1);
		struct area_call *call;
		struct area_slot slot;
		uint32_t size;
		pid_t child;

		area_use(stage.area, true, false, NULL);
		stage_read(&stage);
		call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
		assert_true(area_reserve(128, &slot));
		size = stage_write(slot.memory, 128, 1, 0);
		child = forks[i]();
		if (child == 0)
			_exit(child_of_held_lane(&stage, &slot, call));
		child_wait(child);
		area_call_commit(call, &slot, size);
		assert_int_equal(reader_drain(stage.reader), 2);
		assert_int_equal(stage.spans[0].number + stage.spans[1].number, 1 + 2);
		assert_int_equal(reader_bury(stage.reader, clock_now_ns(), true), 0);
		assert_int_equal(lost(&stage), 0);
		stage_end(&stage);
	}
}

static void a_private_area_is_not_seen_by_a_child(void **state)
{
	static pid_t (*const forks[])(void) = { fork_plain, fork_raw, _Fork };
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);

	(void)state;
	area_use(stage.area, false, false, NULL);
	assert_ptr_equal(area_current(), stage.area);
	assert_true(stage_put(1, 128, 0));
	for (size_t i = 0; i < sizeof(forks) / sizeof(forks[0]); i++) {
		struct area_slot slot;
		pid_t child = forks[i]();

		if (child == 0) {
			struct stage own;

			if (area_current() || area_reserve(128, &slot))
				_exit(1);
			own = stage_begin(AREA_LANE_SIZE_MIN);
			area_use(own.area, false, false, NULL);
			_exit(area_current() == own.area && stage_put(1, 128, 0) ? 0 : 2);
		}
		child_wait(child);
	}
	assert_ptr_equal(area_current(), stage.area);
	stage_end(&stage);
}

static void foreign_producers_say_so(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_process body = { .pid = 5 };
	struct area_slot slot;

	(void)state;
	area_use(stage.area, true, true, NULL);
	stage_read(&stage);
	assert_true(area_reserve(128, &slot));
	assert_true(slot.owner & AREA_OWNER_FOREIGN);
	area_commit(&slot, stage_write(slot.memory, 128, 1, 0));
	assert_true(area_describe(AREA_PROCESS, slice_of(&body, sizeof(body)), NULL, 0) > 0);
	assert_int_equal(reader_drain(stage.reader), 1);
	assert_int_equal(stage.processes, 1);
	stage_end(&stage);
}

TESTS(cmocka_unit_test(layouts_that_lie_are_refused),
      cmocka_unit_test(sizes_are_rounded_up_within_bounds),
      cmocka_unit_test(without_an_area_nothing_is_taken),
      cmocka_unit_test(records_wrap_whole_at_every_place),
      cmocka_unit_test(a_full_area_drops_and_counts_exactly),
      cmocka_unit_test(the_largest_record_fits_and_larger_is_lost),
      cmocka_unit_test(a_closed_area_takes_nothing_more),
      cmocka_unit_test(a_thread_that_stops_holds_one_lane_only),
      cmocka_unit_test(one_record_wakes_a_retired_consumer_once),
      cmocka_unit_test(a_dozing_consumer_is_woken_by_a_half_full_lane_only),
      cmocka_unit_test(an_open_call_holds_what_fits_cut_at_characters),
      cmocka_unit_test(what_is_known_of_a_call_is_published_whole_or_not_at_all),
      cmocka_unit_test(all_open_calls_taken_is_counted),
      cmocka_unit_test(a_call_that_ends_is_a_span_and_its_slot_is_free),
      cmocka_unit_test(descriptions_of_four_threads_are_each_found),
      cmocka_unit_test(a_full_region_refuses_and_counts),
      cmocka_unit_test(a_child_ends_nothing_of_its_parent),
      cmocka_unit_test(a_private_area_is_not_seen_by_a_child),
      cmocka_unit_test(foreign_producers_say_so))
