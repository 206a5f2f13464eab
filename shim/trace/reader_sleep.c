/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the consumer sleeps, on a futex that is the header's sleep word.
 *
 * Producers do not fence between publishing a record and looking at the word, so one of them may
 * have missed the word's change while we missed its record. A store becomes visible in far less
 * than AREA_SETTLE_NS: before we sleep without a limit we sleep that long, and look at the heads
 * once more.
 */
#include <linux/futex.h>
#include <time.h>

#include "base/raw.h"
#include "trace/reader.h"
#include "trace/reader_state.h"

static void futex_wait(const _Atomic uint32_t *word, uint32_t value, uint64_t limit_ns)
{
	struct timespec limit = {
		.tv_sec = (time_t)(limit_ns / 1000000000u),
		.tv_nsec = (long)(limit_ns % 1000000000u),
	};

	raw_call4(SYS_futex, (long)(uintptr_t)word, FUTEX_WAIT, (long)value,
		  limit_ns ? (long)(uintptr_t)&limit : 0);
}

void area_wake(struct area_header *area)
{
	uint32_t sleep = atomic_load_explicit(&area->sleep, memory_order_acquire);

	/*
	 * Of a retired consumer the next record must find the word as it is, or nobody starts a
	 * thread.
	 */
	while (sleep != AREA_RETIRED) {
		if (atomic_compare_exchange_weak_explicit(&area->sleep, &sleep, AREA_WOKEN,
							  memory_order_acq_rel,
							  memory_order_acquire)) {
			raw_call3(SYS_futex, (long)(uintptr_t)&area->sleep, FUTEX_WAKE, 1);
			return;
		}
	}
}

void area_retire(struct area_header *area)
{
	atomic_store_explicit(&area->sleep, AREA_RETIRED, memory_order_seq_cst);
}

bool area_waits(const struct area_header *area)
{
	uint32_t lanes = area->lanes < AREA_LANES ? area->lanes : AREA_LANES;

	for (uint32_t i = 0; i < lanes; i++) {
		if (atomic_load_explicit(&area->lane[i].head, memory_order_acquire) !=
		    atomic_load_explicit(&area->lane[i].tail, memory_order_acquire))
			return true;
	}
	return false;
}

void area_close(struct area_header *area)
{
	atomic_store_explicit(&area->closed, 1, memory_order_release);
}

static enum area_sleep sleep_word(const struct reader *reader)
{
	return atomic_load_explicit(&reader->area->sleep, memory_order_acquire);
}

/*
 * False: somebody woke us since the last sleep, or could not since we were retired; or more than
 * @bytes wait in a lane.
 */
static bool sleep_begin(struct reader *reader, enum area_sleep state, size_t bytes)
{
	uint32_t before = atomic_exchange_explicit(&reader->area->sleep, (uint32_t)state,
						   memory_order_seq_cst);

	if (before == AREA_WOKEN || before == AREA_RETIRED || reader_has_more_than(reader, bytes)) {
		atomic_store_explicit(&reader->area->sleep, AREA_AWAKE, memory_order_seq_cst);
		return false;
	}
	return true;
}

/* Sleeps until what missed the change of the word to @state has settled; true: nothing came. */
static bool sleep_settle(struct reader *reader, enum area_sleep state)
{
	futex_wait(&reader->area->sleep, (uint32_t)state, AREA_SETTLE_NS);
	return sleep_word(reader) == state && !reader_has_more_than(reader, 0);
}

void reader_sleep(struct reader *reader, uint64_t limit_ns)
{
	bool begun = limit_ns ? sleep_begin(reader, AREA_DOZING, reader->layout.lane_size / 2) :
				sleep_begin(reader, AREA_ASLEEP, 0);

	if (!begun)
		return;
	if (limit_ns)
		futex_wait(&reader->area->sleep, AREA_DOZING, limit_ns);
	else if (sleep_settle(reader, AREA_ASLEEP))
		futex_wait(&reader->area->sleep, AREA_ASLEEP, 0);
	atomic_store_explicit(&reader->area->sleep, AREA_AWAKE, memory_order_seq_cst);
}

bool reader_retire(struct reader *reader)
{
	uint32_t retired = AREA_RETIRED;

	if (!sleep_begin(reader, AREA_RETIRED, 0))
		return false;
	if (sleep_settle(reader, AREA_RETIRED))
		return true;
	atomic_compare_exchange_strong_explicit(&reader->area->sleep, &retired, AREA_AWAKE,
						memory_order_seq_cst, memory_order_seq_cst);
	return false;
}
