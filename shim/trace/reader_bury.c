/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the dead left behind: lanes that they held, calls that they had open.
 *
 * Order: first it is settled which lanes have dead owners, then the calls are judged, then those
 * lanes are freed. A call that was closing is a span when its lane's head reached closing_head, and
 * the head tells that only as long as nobody else publishes into the lane.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "base/raw.h"
#include "trace/reader.h"
#include "trace/reader_state.h"

/* How often a call that is just closing is looked at again at the end of the process. */
#define CLOSING_LOOKS 100u

struct burial {
	struct reader *reader;
	uint64_t now_ns;
	bool all;
	uint32_t own_pid;
	uint64_t lane_owner[AREA_LANES]; /* the dead owner, or 0 */
	uint32_t known_pid; /* the last that was asked about */
	bool known_alive;
	size_t spans;
};

static uint32_t owner_pid(uint64_t owner)
{
	return (uint32_t)(owner >> 32) & 0x7fffffffu;
}

/* Whether the process ended, though its parent has not asked yet. */
static bool process_is_zombie(uint32_t pid)
{
	struct timespec none = { 0, 0 };
	struct pollfd end = { .events = POLLIN };
	long descriptor, ended;

	descriptor = raw_call3(SYS_pidfd_open, (long)pid, 0, 0);
	if (descriptor < 0)
		return descriptor == -ESRCH;
	end.fd = (int)descriptor;
	ended = raw_call4(SYS_ppoll, (long)(uintptr_t)&end, 1, (long)(uintptr_t)&none, 0);
	raw_call3(SYS_close, descriptor, 0, 0);
	return ended == 1 && (end.revents & POLLIN);
}

static bool process_lives(struct burial *burial, uint32_t pid)
{
	/* No descriptor is ever opened in a process that reads its own area. */
	if (pid == burial->own_pid)
		return true;
	if (burial->known_pid != pid) {
		burial->known_pid = pid;
		burial->known_alive =
			raw_call3(SYS_kill, (long)pid, 0, 0) != -ESRCH && !process_is_zombie(pid);
	}
	return burial->known_alive;
}

static bool owner_is_foreign(uint64_t owner)
{
	return (owner & AREA_OWNER_FOREIGN) || owner_pid(owner) == 0 || (uint32_t)owner == 0 ||
	       (owner & 0x80000000u);
}

/* A lane is held for a moment by one thread, so the thread is asked about. */
static bool thread_lives(struct burial *burial, uint64_t owner)
{
	uint32_t pid = owner_pid(owner);

	if (owner_is_foreign(owner))
		return true;
	return raw_call3(SYS_tgkill, (long)pid, (long)(uint32_t)owner, 0) != -ESRCH &&
	       process_lives(burial, pid);
}

/*
 * An open call may be finished by another thread than the one that began it, so only the process
 * counts; and a process that was described later under this pid took its place, by exec or after
 * its end.
 */
static bool call_owner_lives(struct burial *burial, const struct area_call *place, uint64_t owner)
{
	uint32_t pid = owner_pid(owner);
	uint64_t process_id;

	if (owner_is_foreign(owner) || pid == burial->own_pid)
		return true;
	if (!process_lives(burial, pid))
		return false;
	process_id = place->span.process_id;
	return atomic_load_explicit(&place->owner, memory_order_acquire) != owner ||
	       !reader_replaced(burial->reader, pid, process_id);
}

/* ---- handing out ---- */

/* What is known of the copied call, as far as the sizes are true. */
static void call_put_known(const struct area_call *call, struct record_writer *writer)
{
	struct slice text = slice_of(call->text, sizeof(call->text));
	struct slice about = slice_of(call->about, sizeof(call->about));
	struct slice name = slice_first(text, call->name_size);

	text = slice_first(slice_after(text, name.size), call->text_size);
	about = slice_first(about, atomic_load_explicit(&call->about_size, memory_order_relaxed));
	record_put_encoded(writer, about, about.size ? call->about_count : 0);
	if (name.size)
		record_put_string(writer, ATTRIBUTE_SPAN_NAME, name);
	if (text.size)
		record_put_string(writer, ATTRIBUTE_DB_QUERY_TEXT, text);
	record_put_boolean(writer, ATTRIBUTE_INCOMPLETE, true);
}

/* Makes the span of the call that was copied to reader->call, and hands it out. */
static void call_tell(struct burial *burial)
{
	struct reader *reader = burial->reader;
	const struct area_call *call = &reader->call;
	uint8_t *memory = reader->record[0];
	struct record_writer writer;
	struct span_record *span = record_writer_span(&writer, memory, RECORD_SIZE_MAX);
	uint32_t size;

	*span = call->span;
	span->head = (struct record){ 0, RECORD_SPAN, 0 };
	span->duration_ns = burial->now_ns > span->start_ns ? burial->now_ns - span->start_ns : 0;
	call_put_known(call, &writer);
	size = record_writer_end(&writer);
	if (!span_record_check(slice_of(memory, size))) {
		reader->malformed++;
		return;
	}
	/* What its numbers stand for may have been described since the last drain. */
	reader_describe(reader);
	reader->events.span(reader->events.context, span);
	burial->spans++;
}

/* ---- judging ---- */

static struct area_call *call_place(const struct reader *reader, uint32_t index)
{
	return (struct area_call *)(void *)((uint8_t *)reader->area + reader->layout.calls_offset) +
	       index;
}

static void call_copy(struct reader *reader, const struct area_call *place)
{
	memcpy(&reader->call.span, &place->span, sizeof(place->span));
	reader->call.name_size = place->name_size;
	reader->call.text_size = place->text_size;
	memcpy(reader->call.text, place->text, sizeof(place->text));
	atomic_store_explicit(&reader->call.about_size,
			      atomic_load_explicit(&place->about_size, memory_order_acquire),
			      memory_order_relaxed);
	reader->call.about_count = place->about_count;
	memcpy(reader->call.about, place->about, sizeof(place->about));
}

/*
 * Whether the record that ends the call was published. Nonsense counts as published: no call is
 * invented.
 */
static bool closing_published(const struct reader *reader, struct area_call *place)
{
	uint32_t lane = atomic_load_explicit(&place->closing_lane, memory_order_relaxed);
	uint64_t goal = atomic_load_explicit(&place->closing_head, memory_order_relaxed);
	uint64_t head;

	if (lane >= reader->layout.lanes)
		return true;
	head = atomic_load_explicit(&reader->area->lane[lane].head, memory_order_acquire);
	return goal - head > reader->layout.lane_size || goal == head;
}

/* Whether the lane that the call closes into is held by a dead thread of its process. */
static bool closing_lane_is_dead(const struct burial *burial, struct area_call *place,
				 uint64_t owner)
{
	uint32_t lane = atomic_load_explicit(&place->closing_lane, memory_order_relaxed);

	return lane < burial->reader->layout.lanes && burial->lane_owner[lane] &&
	       owner_pid(burial->lane_owner[lane]) == owner_pid(owner);
}

static void call_free_dead(struct area_call *place, uint64_t owner)
{
	atomic_store_explicit(&place->state, AREA_CALL_FREE, memory_order_relaxed);
	atomic_compare_exchange_strong_explicit(&place->owner, &owner, 0, memory_order_release,
						memory_order_relaxed);
}

/* The owner is gone: nothing of the call changes any more. */
static void call_bury(struct burial *burial, struct area_call *place, uint64_t owner)
{
	uint32_t state = atomic_load_explicit(&place->state, memory_order_acquire);

	if (state == AREA_CALL_OPEN ||
	    (state == AREA_CALL_CLOSING && !closing_published(burial->reader, place))) {
		call_copy(burial->reader, place);
		call_tell(burial);
	}
	call_free_dead(place, owner);
}

/* The owner may run on: who changes the state first has the call. */
static void call_seize(struct burial *burial, struct area_call *place)
{
	uint32_t open = AREA_CALL_OPEN;

	if (!atomic_compare_exchange_strong_explicit(&place->state, &open, AREA_CALL_TAKEN,
						     memory_order_acq_rel, memory_order_relaxed))
		return;
	call_copy(burial->reader, place);
	call_tell(burial);
}

static void call_judge(struct burial *burial, struct area_call *place)
{
	uint64_t owner = atomic_load_explicit(&place->owner, memory_order_acquire);
	uint32_t state = atomic_load_explicit(&place->state, memory_order_acquire);

	if (owner == 0)
		return;
	if (!call_owner_lives(burial, place, owner) ||
	    (state == AREA_CALL_CLOSING && closing_lane_is_dead(burial, place, owner)))
		call_bury(burial, place, owner);
	else if (burial->all)
		call_seize(burial, place);
}

static void calls_judge(struct burial *burial)
{
	for (uint32_t i = 0; i < burial->reader->layout.calls; i++)
		call_judge(burial, call_place(burial->reader, i));
}

/* ---- calls that are closing while everything ends ---- */

static bool call_is_closing(struct area_call *place)
{
	return atomic_load_explicit(&place->state, memory_order_acquire) == AREA_CALL_CLOSING;
}

/*
 * Lets those who are between the mark and the record come through, drains, and hands out the calls
 * of those who did not: their threads are stopped for good.
 */
static void closing_settle(struct burial *burial)
{
	struct reader *reader = burial->reader;

	for (uint32_t i = 0; i < reader->layout.calls; i++) {
		struct area_call *place = call_place(reader, i);

		for (uint32_t look = 0; look < CLOSING_LOOKS && call_is_closing(place); look++)
			raw_call3(SYS_sched_yield, 0, 0, 0);
	}
	burial->spans += reader_drain(reader);
	for (uint32_t i = 0; i < reader->layout.calls; i++) {
		struct area_call *place = call_place(reader, i);

		if (call_is_closing(place) && !closing_published(reader, place)) {
			call_copy(reader, place);
			call_tell(burial);
		}
	}
}

static void lanes_judge(struct burial *burial)
{
	for (uint32_t i = 0; i < burial->reader->layout.lanes; i++) {
		uint64_t owner = atomic_load_explicit(&burial->reader->area->lane[i].owner,
						      memory_order_acquire);

		if (owner && !thread_lives(burial, owner))
			burial->lane_owner[i] = owner;
	}
}

static void lanes_free(struct burial *burial)
{
	for (uint32_t i = 0; i < burial->reader->layout.lanes; i++) {
		uint64_t owner = burial->lane_owner[i];

		if (owner)
			atomic_compare_exchange_strong_explicit(
				&burial->reader->area->lane[i].owner, &owner, 0,
				memory_order_acq_rel, memory_order_relaxed);
	}
}

size_t reader_bury(struct reader *reader, uint64_t now_ns, bool all)
{
	struct burial burial = {
		.reader = reader,
		.now_ns = now_ns,
		.all = all,
		.own_pid = (uint32_t)raw_call3(SYS_getpid, 0, 0, 0),
	};

	lanes_judge(&burial);
	reader_describe(reader);
	calls_judge(&burial);
	lanes_free(&burial);
	if (all)
		closing_settle(&burial);
	return burial.spans;
}
