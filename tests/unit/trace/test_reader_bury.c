/* SPDX-License-Identifier: Apache-2.0 */
/* What the dead leave behind is told once. */
#include "tests/support/test.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/area.h"

static void child_end(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* Forks a child that runs @work, and waits until it says that it is ready. */
static pid_t child_begin(void (*work)(struct stage *), struct stage *stage)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		work(stage);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void work_open_call(struct stage *stage)
{
	struct span_record span = stage_open_span(42);

	(void)stage;
	area_call_open(&span, SLICE("SELECT pg_sleep"), SLICE("SELECT pg_sleep(?)"), 0);
}

static void what_a_killed_process_ran_is_an_incomplete_span(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	uint64_t start = clock_now_ns();
	pid_t child;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	child = child_begin(work_open_call, &stage);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
	usleep(30000);
	kill(child, SIGKILL);
	/* Dead, and not yet asked for by its parent. */
	assert_int_equal(waitid(P_PID, (id_t)child, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 1);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
	waitpid(child, NULL, 0);
	assert_int_equal(stage.count, 1);
	assert_true(stage.spans[0].incomplete);
	assert_int_equal(stage.spans[0].number, 42);
	assert_string_equal(stage.name, "SELECT pg_sleep");
	assert_string_equal(stage.text, "SELECT pg_sleep(?)");
	assert_true(stage.spans[0].duration_ns >= 30000000u);
	assert_true(stage.spans[0].duration_ns <= clock_now_ns() - start);
	stage_end(&stage);
}

static void a_foreign_owner_is_never_judged(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_slot slot;
	struct area_call *call;
	struct span_record span = stage_open_span(1);
	uint64_t nobody = AREA_OWNER(0x3fffffff, 0x3fffffff);

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	assert_true(area_reserve(128, &slot));
	atomic_store(&call->owner, nobody | AREA_OWNER_FOREIGN);
	atomic_store(&stage.area->lane[slot.lane].owner, nobody | AREA_OWNER_FOREIGN);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
	assert_true(atomic_load(&stage.area->lane[slot.lane].owner) != 0);
	atomic_store(&call->owner, nobody);
	atomic_store(&stage.area->lane[slot.lane].owner, nobody);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 1);
	assert_true(atomic_load(&stage.area->lane[slot.lane].owner) == 0);
	stage_end(&stage);
}

/* Owner words of no process must not become kill(0) or kill(-1). */
static void strange_owners_are_left_alone(void **state)
{
	static const uint64_t owners[] = {
		1,
		UINT64_C(1) << 32,
		UINT64_MAX,
		AREA_OWNER(0x7fffffff, 0x80000001),
		AREA_OWNER(0, 5),
		AREA_OWNER(5, 0),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);

		stage_read(&stage);
		atomic_store(&stage.area->lane[0].owner, owners[i]);
		assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
		assert_true(atomic_load(&stage.area->lane[0].owner) == owners[i]);
		stage_end(&stage);
	}
}

/* Two states of a dead producer: before and after its head's store. */
static void a_closing_call_is_told_once_on_either_side_of_the_head(void **state)
{
	(void)state;
	for (int published = 0; published < 2; published++) {
		struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
		struct span_record span = stage_open_span(1);
		uint64_t nobody = AREA_OWNER(0x3fffffff, 0x3fffffff);
		struct area_call *call;
		struct area_slot slot;
		uint32_t size;

		area_use(stage.area, true, false, NULL);
		stage_read(&stage);
		call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
		assert_true(area_reserve(128, &slot));
		size = stage_write(slot.memory, 128, 1, 0);
		atomic_store(&call->closing_lane, slot.lane);
		atomic_store(&call->closing_head, slot.head + size);
		atomic_store(&call->state, AREA_CALL_CLOSING);
		atomic_store(&call->owner, nobody);
		atomic_store(&stage.area->lane[slot.lane].owner, nobody);
		if (published)
			atomic_store(&stage.area->lane[slot.lane].head, slot.head + size);
		assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), !published);
		assert_int_equal(reader_drain(stage.reader), published);
		assert_int_equal(stage.count, 1);
		assert_int_equal(stage.spans[0].incomplete, !published);
		stage_end(&stage);
	}
}

static void work_nothing(struct stage *stage)
{
	(void)stage;
}

static void a_process_described_later_took_the_place_of_the_first(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_process process = { 0 };
	struct area_call *call;
	struct span_record span = stage_open_span(1);
	uint32_t number;
	pid_t child;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	child = child_begin(work_nothing, &stage);
	process.pid = (uint32_t)child;
	span.process_id = 1111;
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	atomic_store(&call->owner, AREA_OWNER(child, child));
	number = area_describe(AREA_PROCESS, slice_of(&process, sizeof(process)), NULL, 0);
	stage_described(&stage, number)->process_id = 1111;
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
	/* The same pid, another id: it called exec. Its own calls are not touched. */
	number = area_describe(AREA_PROCESS, slice_of(&process, sizeof(process)), NULL, 0);
	stage_described(&stage, number)->process_id = 2222;
	span.process_id = 2222;
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	atomic_store(&call->owner, AREA_OWNER(child, child));
	span.process_id = 3333;
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	atomic_store(&call->owner, AREA_OWNER(child, child));
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 1);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
	child_end(child);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 2);
	stage_end(&stage);
}

static void at_the_end_all_open_calls_are_told_and_taken(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct span_record span = stage_open_span(1);
	struct area_call *call;
	struct area_slot slot;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	call = area_call_open(&span, SLICE("n"), SLICE("t"), 0);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), false), 0);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), true), 1);
	assert_int_equal(reader_bury(stage.reader, clock_now_ns(), true), 0);
	/* Its owner comes to the end after all: no second span, no loss. */
	assert_true(area_reserve(128, &slot));
	area_call_commit(call, &slot, stage_write(slot.memory, 128, 1, 0));
	assert_true(atomic_load(&call->owner) == 0);
	assert_int_equal(reader_drain(stage.reader), 0);
	assert_int_equal(reader_losses(stage.reader).full, 0);
	stage_end(&stage);
}

#define KILLS 200u
#define WORKERS_MAX 4u

/* How many calls each thread of the worker began and ended. */
struct tally {
	_Atomic uint64_t started[WORKERS_MAX], ended[WORKERS_MAX];
};

static struct tally *tally;

/* Calls without end; the tally tells how many began before the kill came. */
static void *calls_work(void *context)
{
	size_t worker = (size_t)(uintptr_t)context;

	for (uint64_t i = 1;; i++) {
		uint64_t number = (uint64_t)worker << 32 | i;
		struct span_record span = stage_open_span(number);
		struct area_call *call = area_call_open(&span, SLICE("n"), SLICE("text"), 0);
		struct area_slot slot;

		if (!call)
			abort();
		atomic_store(&tally->started[worker], i);
		if (area_reserve(256, &slot))
			area_call_commit(call, &slot,
					 stage_write(slot.memory, 256, number, i % 100));
		else
			area_call_drop(call);
		atomic_store(&tally->ended[worker], i);
	}
	return NULL;
}

static pid_t workers_begin(size_t workers)
{
	pid_t child;

	memset(tally, 0, sizeof(*tally));
	child = fork();
	if (child)
		return child;
	for (uintptr_t i = 1; i < workers; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, calls_work, (void *)i) != 0)
			abort();
	}
	calls_work(NULL);
	_exit(1);
}

static void drain_for(struct stage *stage, uint64_t duration_ns)
{
	uint64_t end = clock_now_ns() + duration_ns;

	while (clock_now_ns() < end && stage->count < STAGE_SPANS / 2)
		reader_drain(stage->reader);
}

/* Each number at most once, at most one call of each thread was open. */
static void spans_check(struct stage *stage, size_t workers)
{
	size_t incomplete = 0;

	qsort(stage->spans, stage->count, sizeof(stage->spans[0]), stage_compare);
	for (size_t i = 0; i < stage->count; i++) {
		incomplete += stage->spans[i].incomplete;
		assert_true(i == 0 || stage->spans[i].number != stage->spans[i - 1].number);
	}
	assert_true(incomplete <= workers);
}

static void kill_once(unsigned seed)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	size_t workers = seed % 2 ? 1 : WORKERS_MAX;
	uint64_t started = 0, told;
	pid_t child;

	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	child = workers_begin(workers);
	while (atomic_load(&tally->started[0]) == 0)
		sched_yield();
	drain_for(&stage, 200000 + seed * UINT64_C(7919) % 1500000);
	child_end(child);
	reader_drain(stage.reader);
	reader_bury(stage.reader, clock_now_ns(), false);
	spans_check(&stage, workers);
	for (size_t i = 0; i < workers; i++) {
		started += atomic_load(&tally->started[i]);
		assert_true(tally->started[i] - tally->ended[i] <= 1);
	}
	/* A call may have begun that the tally was not yet told of; or lost, and open still. */
	told = stage.count + reader_losses(stage.reader).full;
	assert_true(told >= started);
	assert_true(told <= started + workers);
	assert_int_equal(reader_losses(stage.reader).malformed, 0);
	for (uint32_t i = 0; i < AREA_LANES; i++)
		assert_true(atomic_load(&stage.area->lane[i].owner) == 0);
	stage_end(&stage);
}

static void each_call_of_a_killed_process_is_told_once(void **state)
{
	(void)state;
	tally = stage_map(sizeof(*tally));
	for (unsigned i = 0; i < KILLS; i++)
		kill_once(i);
	munmap(tally, sizeof(*tally));
}

static void work_put_many(struct stage *stage)
{
	(void)stage;
	for (uint64_t i = 0; i < 1000; i++)
		stage_put(i, 128, 0);
}

static void the_spans_of_a_stopped_process_are_read(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	pid_t child;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	child = child_begin(work_put_many, &stage);
	kill(child, SIGSTOP);
	assert_int_equal(reader_drain(stage.reader), 1000);
	child_end(child);
	stage_end(&stage);
}

TESTS(cmocka_unit_test(what_a_killed_process_ran_is_an_incomplete_span),
      cmocka_unit_test(a_foreign_owner_is_never_judged),
      cmocka_unit_test(strange_owners_are_left_alone),
      cmocka_unit_test(a_closing_call_is_told_once_on_either_side_of_the_head),
      cmocka_unit_test(a_process_described_later_took_the_place_of_the_first),
      cmocka_unit_test(at_the_end_all_open_calls_are_told_and_taken),
      cmocka_unit_test(each_call_of_a_killed_process_is_told_once),
      cmocka_unit_test(the_spans_of_a_stopped_process_are_read))
