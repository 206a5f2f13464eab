/* SPDX-License-Identifier: Apache-2.0 */
/* The producers' side of the area: lanes, open calls, descriptions; see area.h for the rules. */
#include "trace/area.h"

#include <string.h>

#include "base/arena.h"
#include "base/cold.h"
#include "base/thread.h"

#define ALIGNED(size, to) (((size) + (to)-1) & ~((size_t)(to)-1))

#define AREA_CALLS_OFFSET ALIGNED(sizeof(struct area_header), 4096)
#define AREA_DESCRIPTIONS_OFFSET \
	(AREA_CALLS_OFFSET + ALIGNED(AREA_CALLS * sizeof(struct area_call), 4096))
#define AREA_DATA_OFFSET (AREA_DESCRIPTIONS_OFFSET + AREA_DESCRIPTIONS_SIZE)

/* A summary is at most that long; the rest of an open call's bytes is for its text. */
#define CALL_NAME_MAX 255u

/*
 * What this process uses; the pointer of a private area hangs on a root that a forked child finds
 * empty.
 */
static struct {
	_Atomic(struct area_header *) shared;
	struct area_layout layout;
	uint64_t foreign; /* AREA_OWNER_FOREIGN or 0 */
	uint64_t lane_size, lane_mask;
	uint8_t *data;
	void (*wake)(void);
} use;

struct private_use {
	_Atomic(struct area_header *) area;
};

/* ---- layout ---- */

static size_t lane_size_of(size_t wanted)
{
	size_t size = AREA_LANE_SIZE_MIN;

	while (size < wanted && size < AREA_LANE_SIZE_MAX)
		size *= 2;
	return size;
}

size_t area_size(size_t lane_size)
{
	return AREA_DATA_OFFSET + AREA_LANES * lane_size_of(lane_size);
}

void area_format(void *memory, size_t lane_size, uint64_t pid_namespace)
{
	struct area_header *area = memory;

	area->version = AREA_VERSION;
	area->lanes = AREA_LANES;
	area->lane_size = (uint32_t)lane_size_of(lane_size);
	area->calls = AREA_CALLS;
	area->size = area_size(lane_size);
	area->calls_offset = AREA_CALLS_OFFSET;
	area->descriptions_offset = AREA_DESCRIPTIONS_OFFSET;
	area->descriptions_size = AREA_DESCRIPTIONS_SIZE;
	area->data_offset = AREA_DATA_OFFSET;
	area->pid_namespace = pid_namespace;
	atomic_store_explicit(&area->descriptions_used, AREA_DESCRIPTIONS_BEGIN,
			      memory_order_relaxed);
	atomic_store_explicit(&area->sleep, AREA_RETIRED, memory_order_relaxed);
	area->magic = AREA_MAGIC;
}

static bool part_lies(uint64_t offset, uint64_t size, uint64_t begin, uint64_t end, uint64_t align)
{
	return offset % align == 0 && offset >= begin && offset <= end && size <= end - offset;
}

static bool lanes_check(const struct area_layout *layout)
{
	return layout->lanes >= 1 && layout->lanes <= AREA_LANES &&
	       layout->lane_size >= AREA_LANE_SIZE_MIN && layout->lane_size <= AREA_LANE_SIZE_MAX &&
	       (layout->lane_size & (layout->lane_size - 1)) == 0;
}

static bool parts_check(const struct area_layout *layout, size_t size)
{
	size_t calls_size = layout->calls * sizeof(struct area_call);

	return layout->calls <= AREA_CALLS && layout->descriptions_size <= AREA_DESCRIPTIONS_SIZE &&
	       layout->descriptions_size % 8 == 0 &&
	       part_lies(layout->calls_offset, calls_size, sizeof(struct area_header), size,
			 _Alignof(struct area_call)) &&
	       part_lies(layout->descriptions_offset, layout->descriptions_size,
			 layout->calls_offset + calls_size, size, 8) &&
	       part_lies(layout->data_offset, (uint64_t)layout->lanes * layout->lane_size,
			 layout->descriptions_offset + layout->descriptions_size, size, 8);
}

bool area_layout_read(const void *memory, size_t size, struct area_layout *ret)
{
	const struct area_header *area = memory;
	struct area_layout layout;

	if (size < sizeof(*area) || area->magic != AREA_MAGIC || area->version != AREA_VERSION ||
	    area->size > size)
		return false;
	layout = (struct area_layout){
		.lanes = area->lanes,
		.lane_size = area->lane_size,
		.calls = area->calls,
		.calls_offset = area->calls_offset,
		.descriptions_offset = area->descriptions_offset,
		.descriptions_size = area->descriptions_size,
		.data_offset = area->data_offset,
	};
	if (!lanes_check(&layout) || !parts_check(&layout, size))
		return false;
	*ret = layout;
	return true;
}

bool area_check(const void *memory, size_t size)
{
	struct area_layout layout;

	return area_layout_read(memory, size, &layout);
}

/* ---- which area, and who are we ---- */

void area_use(struct area_header *area, bool shared, bool foreign, void (*wake)(void))
{
	struct private_use *private_use;

	atomic_store_explicit(&use.shared, NULL, memory_order_relaxed);
	if (!area_layout_read(area, area->size, &use.layout))
		return;
	use.foreign = foreign ? AREA_OWNER_FOREIGN : 0;
	use.wake = wake;
	use.lane_size = use.layout.lane_size;
	use.lane_mask = use.lane_size - 1;
	use.data = (uint8_t *)area + use.layout.data_offset;
	if (shared) {
		atomic_store_explicit(&use.shared, area, memory_order_release);
		return;
	}
	private_use = arena_root(ARENA_ROOT_AREA, sizeof(*private_use));
	if (private_use)
		atomic_store_explicit(&private_use->area, area, memory_order_release);
}

static inline struct area_header *area_now(void)
{
	struct area_header *area = atomic_load_explicit(&use.shared, memory_order_acquire);
	struct private_use *private_use;

	if (area)
		return area;
	private_use = arena_root_peek(ARENA_ROOT_AREA);
	return private_use ? atomic_load_explicit(&private_use->area, memory_order_acquire) : NULL;
}

struct area_header *area_current(void)
{
	return area_now();
}

static inline uint64_t owner_of_thread(const struct thread *thread)
{
	return thread->owner | use.foreign;
}

/* Of one process, whatever the thread. */
static inline bool owners_agree(uint64_t a, uint64_t b)
{
	return (a ^ b) >> 32 == 0;
}

/* ---- lanes ---- */

/*
 * Bytes from @head to where a record of @size bytes begins: it lies in one piece, so the end of the
 * lane may stay empty.
 */
static inline size_t pad_size(uint64_t head, size_t size)
{
	size_t rest = (size_t)(use.lane_size - (head & use.lane_mask));

	return rest < size ? rest : 0;
}

static bool lane_has_room(const struct area_lane *lane, uint64_t head, size_t size)
{
	uint64_t used = head - atomic_load_explicit(&lane->tail, memory_order_acquire);

	return used <= use.lane_size && used + size <= use.lane_size;
}

static inline uint8_t *lane_memory(uint32_t index, uint64_t head)
{
	return use.data + index * use.lane_size + (head & use.lane_mask);
}

static void pad_write(uint8_t *place, size_t size)
{
	struct record mark = { (uint32_t)size, RECORD_PAD, 0 };

	memcpy(place, &mark, sizeof(mark));
}

/* Not where a record begins: they do so at multiples of 8. */
#define LANE_BUSY UINT64_MAX

/* Where @size bytes begin in a lane that was taken, after a pad; given back, there is no room. */
static COLD uint64_t lane_pad(struct area_lane *lane, uint32_t index, uint64_t head, size_t size)
{
	size_t pad = pad_size(head, size);

	if (!lane_has_room(lane, head, pad + size)) {
		atomic_store_explicit(&lane->owner, 0, memory_order_release);
		return LANE_BUSY;
	}
	if (pad)
		pad_write(lane_memory(index, head), pad);
	return head + pad;
}

/*
 * Takes lane @index when it is free and has room for @size bytes in one piece: the head where they
 * begin, after a pad, or LANE_BUSY.
 */
static inline uint64_t lane_take(struct area_header *area, uint32_t index, uint64_t owner,
				 size_t size)
{
	struct area_lane *lane = &area->lane[index];
	uint64_t last = use.lane_size - size;
	uint64_t head, free_owner = 0;

	if (!atomic_compare_exchange_strong_explicit(&lane->owner, &free_owner, owner,
						     memory_order_acquire, memory_order_relaxed))
		return LANE_BUSY;
	head = atomic_load_explicit(&lane->head, memory_order_relaxed) & ~UINT64_C(7);
	if (__builtin_expect((head & use.lane_mask) <= last &&
				     head - atomic_load_explicit(&lane->tail,
								 memory_order_acquire) <= last,
			     1))
		return head;
	return lane_pad(lane, index, head, size);
}

/*
 * Every lane once, from the thread's own on, which is the one that was taken afterwards; a new
 * thread's number is its id, which spreads them.
 */
static COLD uint64_t lane_find(struct area_header *area, struct thread *thread, uint64_t owner,
			       size_t size)
{
	uint32_t lanes = use.layout.lanes;
	uint32_t index = thread->lane % lanes;

	for (uint32_t tried = 0; tried < lanes; tried++) {
		uint64_t head = LANE_BUSY;

		if (atomic_load_explicit(&area->lane[index].owner, memory_order_relaxed) == 0)
			head = lane_take(area, index, owner, size);
		if (head != LANE_BUSY) {
			thread->lane = index;
			return head;
		}
		index = index + 1 < lanes ? index + 1 : 0;
	}
	return LANE_BUSY;
}

static inline bool slot_take(struct area_slot *slot, struct thread *thread, size_t size)
{
	uint64_t owner = owner_of_thread(thread);
	uint32_t lane = thread->lane;
	uint64_t head = LANE_BUSY;

	if (__builtin_expect(lane < use.layout.lanes, 1))
		head = lane_take(slot->area, lane, owner, size);
	if (__builtin_expect(head == LANE_BUSY, 0)) {
		head = lane_find(slot->area, thread, owner, size);
		lane = thread->lane;
		if (head == LANE_BUSY)
			return false;
	}
	slot->lane = lane;
	slot->owner = owner;
	slot->process_id = thread->process_id;
	slot->head = head;
	slot->memory = lane_memory(lane, head);
	return true;
}

bool area_reserve(size_t size, struct area_slot *ret)
{
	struct area_header *area = area_now();
	struct thread *thread = area ? thread_current() : NULL;

	if (!area)
		return false;
	ret->area = area;
	if (thread && size <= RECORD_SIZE_MAX &&
	    !atomic_load_explicit(&area->closed, memory_order_relaxed) &&
	    slot_take(ret, thread, ALIGNED(size, 8)))
		return true;
	atomic_fetch_add_explicit(&area->lost_full, 1, memory_order_relaxed);
	return false;
}

bool area_reserve_for(struct thread *thread, size_t size, struct area_slot *ret)
{
	struct area_header *area = area_now();

	if (!area)
		return false;
	ret->area = area;
	if (!atomic_load_explicit(&area->closed, memory_order_relaxed) &&
	    slot_take(ret, thread, size))
		return true;
	atomic_fetch_add_explicit(&area->lost_full, 1, memory_order_relaxed);
	return false;
}

/* The consumer sleeps, or dozes while a lane passed half full: one of us wakes it. */
static COLD void consumer_wake(struct area_header *area, uint32_t sleep)
{
	if (atomic_compare_exchange_strong_explicit(&area->sleep, &sleep, AREA_AWAKE,
						    memory_order_acq_rel, memory_order_relaxed) &&
	    use.wake)
		use.wake();
}

/*
 * No fence between the head's store and the look at the sleep word: a consumer that falls asleep
 * looks once more at the heads after a while (reader_sleep()).
 */
static inline void lane_publish(struct area_lane *lane, struct area_slot *slot, uint32_t size)
{
	uint64_t half = use.lane_size / 2;
	uint64_t before = atomic_load_explicit(&lane->head, memory_order_relaxed);
	uint64_t head = slot->head + size;
	uint32_t sleep;

	atomic_store_explicit(&lane->head, head, memory_order_release);
	sleep = atomic_load_explicit(&slot->area->sleep, memory_order_acquire);
	if (__builtin_expect(sleep == AREA_DOZING, 1)) {
		uint64_t tail = atomic_load_explicit(&lane->tail, memory_order_relaxed);

		atomic_store_explicit(&lane->owner, 0, memory_order_release);
		if (__builtin_expect(head - tail > half && before - tail <= half, 0))
			consumer_wake(slot->area, sleep);
	} else {
		atomic_store_explicit(&lane->owner, 0, memory_order_release);
		if (sleep >= AREA_ASLEEP)
			consumer_wake(slot->area, sleep);
	}
}

/* False in a child that was forked while its parent held the lane. */
static inline bool slot_is_ours(const struct area_slot *slot)
{
	return slot->process_id == arena_process_id();
}

void area_commit(struct area_slot *slot, uint32_t size)
{
	struct area_lane *lane = &slot->area->lane[slot->lane];

	if (!slot_is_ours(slot))
		return;
	if (size) {
		lane_publish(lane, slot, size);
		return;
	}
	atomic_store_explicit(&lane->owner, 0, memory_order_release);
	atomic_fetch_add_explicit(&slot->area->lost_full, 1, memory_order_relaxed);
}

COLD void area_count_passed(void)
{
	struct area_header *area = area_current();

	if (area)
		atomic_fetch_add_explicit(&area->lost_passed, 1, memory_order_relaxed);
}

/* ---- open calls ---- */

static struct area_call *call_at(struct area_header *area, uint32_t index)
{
	return (struct area_call *)(void *)((uint8_t *)area + use.layout.calls_offset) + index;
}

static struct area_call *call_claim(struct area_header *area, struct thread *thread)
{
	uint64_t owner = owner_of_thread(thread);
	uint32_t index = thread->call_slot;

	for (uint32_t tried = 0; tried < use.layout.calls; tried++, index++) {
		uint64_t free_owner = 0;
		struct area_call *call;

		if (index >= use.layout.calls)
			index %= use.layout.calls;
		call = call_at(area, index);
		if (atomic_load_explicit(&call->owner, memory_order_relaxed) == 0 &&
		    atomic_compare_exchange_strong_explicit(&call->owner, &free_owner, owner,
							    memory_order_acquire,
							    memory_order_relaxed)) {
			thread->call_slot = index;
			return call;
		}
	}
	return NULL;
}

/* The first @room bytes of @text, without a character that the cut would split. */
static struct slice text_cut(struct slice text, size_t room)
{
	size_t size = room;

	if (text.size <= room)
		return text;
	while (size && room - size < 4 && (text.data[size] & 0xc0) == 0x80)
		size--;
	return slice_first(text, size);
}

static void call_free(struct area_call *call)
{
	atomic_store_explicit(&call->state, AREA_CALL_FREE, memory_order_relaxed);
	atomic_store_explicit(&call->owner, 0, memory_order_release);
}

static COLD void call_forget_about(struct area_call *call)
{
	call->about_key = 0;
	atomic_store_explicit(&call->about_size, 0, memory_order_relaxed);
}

static void call_put_text(struct area_call *call, struct slice name, struct slice text)
{
	name = text_cut(name, CALL_NAME_MAX);
	text = text_cut(text, AREA_CALL_TEXT - name.size);
	call->name_size = (uint16_t)name.size;
	call->text_size = (uint16_t)text.size;
	if (name.size)
		memcpy(call->text, name.data, name.size);
	if (text.size)
		memcpy(call->text + name.size, text.data, text.size);
}

static void call_fill(struct area_call *call, const struct span_record *span, struct slice name,
		      struct slice text)
{
	atomic_store_explicit(&call->state, AREA_CALL_FILLING, memory_order_relaxed);
	call->span = *span;
	if (name.size | text.size)
		call_put_text(call, name, text);
	else
		call->name_size = call->text_size = 0;
	atomic_store_explicit(&call->state, AREA_CALL_OPEN, memory_order_release);
}

struct area_call *area_call_open(const struct span_record *span, struct slice name,
				 struct slice text, uint64_t about_key)
{
	struct area_header *area = area_now();
	struct thread *thread = area ? thread_current() : NULL;
	struct area_call *call;

	if (!thread || atomic_load_explicit(&area->closed, memory_order_relaxed))
		return NULL;
	call = call_claim(area, thread);
	if (!call) {
		atomic_fetch_add_explicit(&area->refused_calls, 1, memory_order_relaxed);
		return NULL;
	}
	if (!about_key || call->about_key != about_key)
		call_forget_about(call);
	call_fill(call, span, name, text);
	return call;
}

struct area_call *area_call_again(struct thread *thread, uint64_t about_key)
{
	struct area_header *area = area_now();
	uint32_t index = thread->call_slot;
	struct area_call *call;
	uint64_t free_owner = 0;

	/* Where nobody reads any more the record will not be written. */
	if (__builtin_expect(!area || index >= use.layout.calls, 0))
		return NULL;
	call = call_at(area, index);
	if (!atomic_compare_exchange_strong_explicit(&call->owner, &free_owner,
						     owner_of_thread(thread), memory_order_acquire,
						     memory_order_relaxed))
		return NULL;
	if (__builtin_expect(call->about_key != about_key, 0)) {
		call_free(call);
		return NULL;
	}
	atomic_store_explicit(&call->state, AREA_CALL_FILLING, memory_order_relaxed);
	call->name_size = call->text_size = 0;
	return call;
}

void area_call_opened(struct area_call *call)
{
	atomic_store_explicit(&call->state, AREA_CALL_OPEN, memory_order_release);
}

void area_call_about(struct area_call *call, const struct record_writer *writer,
		     uint64_t about_key)
{
	size_t size = (size_t)(writer->position - writer->start);

	if (writer->overrun || writer->start != call->about || size > sizeof(call->about))
		return;
	call->about_count = writer->attributes;
	atomic_store_explicit(&call->about_size, (uint16_t)size, memory_order_release);
	call->about_key = about_key;
}

void area_call_commit(struct area_call *call, struct area_slot *slot, uint32_t size)
{
	uint32_t open = AREA_CALL_OPEN;

	if (!call || !size || !slot_is_ours(slot)) {
		area_commit(slot, size);
		area_call_drop(call);
		return;
	}
	if (!owners_agree(slot->owner, atomic_load_explicit(&call->owner, memory_order_relaxed))) {
		atomic_store_explicit(&slot->area->lane[slot->lane].owner, 0, memory_order_release);
		return;
	}
	atomic_store_explicit(&call->closing_lane, slot->lane, memory_order_relaxed);
	atomic_store_explicit(&call->closing_head, slot->head + size, memory_order_relaxed);
	if (atomic_compare_exchange_strong_explicit(&call->state, &open, AREA_CALL_CLOSING,
						    memory_order_acq_rel, memory_order_relaxed))
		lane_publish(&slot->area->lane[slot->lane], slot, size);
	else
		atomic_store_explicit(&slot->area->lane[slot->lane].owner, 0, memory_order_release);
	call_free(call);
}

COLD void area_call_drop(struct area_call *call)
{
	const struct thread *thread = call ? thread_current() : NULL;

	if (thread && owners_agree(owner_of_thread(thread),
				   atomic_load_explicit(&call->owner, memory_order_relaxed)))
		call_free(call);
}

/* ---- descriptions ---- */

static inline struct area_description *description_at(struct area_header *area, size_t offset)
{
	return (struct area_description *)(void *)((uint8_t *)area +
						   use.layout.descriptions_offset + offset);
}

/*
 * Claims @size bytes at the end of the chain; the offset, or 0 when there is no room. Who loses the
 * race steps over the winner's claim, and helps to tell where the end is.
 */
static size_t description_claim(struct area_header *area, size_t size)
{
	size_t limit = use.layout.descriptions_size;
	uint64_t offset = atomic_load_explicit(&area->descriptions_used, memory_order_acquire);

	while (offset >= AREA_DESCRIPTIONS_BEGIN && offset % 8 == 0 && offset <= limit &&
	       size <= limit - offset) {
		struct area_description *place = description_at(area, offset);
		uint32_t found = 0;
		uint64_t here = offset;
		bool won = atomic_compare_exchange_strong_explicit(
			&place->size, &found, (uint32_t)size | AREA_DESCRIPTION_BUSY,
			memory_order_acq_rel, memory_order_acquire);

		if (!won && found < 8)
			return 0;
		offset += won ? size : found & ~7u;
		atomic_compare_exchange_strong_explicit(&area->descriptions_used, &here, offset,
							memory_order_acq_rel, memory_order_relaxed);
		if (won)
			return offset - size;
	}
	return 0;
}

static void description_fill(uint8_t *place, struct slice body, const struct slice *texts,
			     size_t count)
{
	memcpy(place, body.data, body.size);
	place += body.size;
	for (size_t i = 0; i < count; i++) {
		if (texts[i].size)
			memcpy(place, texts[i].data, texts[i].size);
		place += texts[i].size;
	}
}

uint32_t area_describe(enum area_description_kind kind, struct slice body,
		       const struct slice *texts, size_t count)
{
	struct area_header *area = area_current();
	size_t size = sizeof(struct area_description) + body.size;
	struct area_description *place;
	size_t offset = 0;

	if (!area)
		return 0;
	for (size_t i = 0; i < count && size <= AREA_DESCRIPTIONS_SIZE; i++)
		size = texts[i].size <= AREA_DESCRIPTIONS_SIZE ? size + texts[i].size : SIZE_MAX;
	if (size <= AREA_DESCRIPTIONS_SIZE)
		offset = description_claim(area, ALIGNED(size, 8));
	if (offset == 0) {
		atomic_fetch_add_explicit(&area->refused_descriptions, 1, memory_order_relaxed);
		return 0;
	}
	place = description_at(area, offset);
	place->kind = (uint16_t)kind;
	place->foreign = use.foreign != 0;
	place->process_id = arena_process_id();
	description_fill((uint8_t *)place + sizeof(*place), body, texts, count);
	atomic_store_explicit(&place->size, (uint32_t)ALIGNED(size, 8), memory_order_release);
	return (uint32_t)(offset / 8);
}
