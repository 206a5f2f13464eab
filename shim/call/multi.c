/* SPDX-License-Identifier: Apache-2.0 */
/* Multi handles, and the transfers in them (hooks.md B.4). */
#include "call/multi.h"

#include <stdatomic.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/guard.h"
#include "call/injection.h"
#include "call/transfer.h"
#include "trace/area.h"

#define HANDLE_FREE ((uintptr_t)0)
#define HANDLE_USED ((uintptr_t)1)

struct multi_slot {
	_Atomic uintptr_t handle;
	struct multi *multi;
};

struct multi_table {
	struct multi_slot slot[MULTIS_MAX];
};

_Static_assert(sizeof(struct multi_table) <= ARENA_BLOCK_MAX, "the table is one block");

static size_t table_first(uintptr_t handle)
{
	return (size_t)((handle >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) % MULTIS_MAX;
}

static struct multi *multi_find(const struct curl_multi *handle)
{
	struct multi_table *table = arena_root_peek(ARENA_ROOT_MULTIS);
	size_t first = table_first((uintptr_t)handle);

	if (!table || !handle)
		return NULL;
	for (size_t i = 0; i < MULTI_TRIES; i++) {
		struct multi_slot *slot = &table->slot[(first + i) % MULTIS_MAX];
		uintptr_t found = atomic_load_explicit(&slot->handle, memory_order_acquire);

		if (found == (uintptr_t)handle)
			return slot->multi;
		if (found == HANDLE_FREE)
			return NULL;
	}
	return NULL;
}

static struct multi_slot *slot_take(uintptr_t handle)
{
	struct multi_table *table = arena_root(ARENA_ROOT_MULTIS, sizeof(*table));
	size_t first = table_first(handle);

	if (!table)
		return NULL;
	for (size_t i = 0; i < MULTI_TRIES; i++) {
		struct multi_slot *slot = &table->slot[(first + i) % MULTIS_MAX];
		uintptr_t found = atomic_load_explicit(&slot->handle, memory_order_relaxed);

		if (found == HANDLE_FREE || found == HANDLE_USED)
			if (atomic_compare_exchange_strong(&slot->handle, &found, handle))
				return slot;
	}
	return NULL;
}

static struct multi *multi_of(struct curl_multi *handle, const struct libcurl *libcurl)
{
	struct multi *multi = multi_find(handle);

	if (multi || !handle)
		return multi;
	multi = arena_take(sizeof(*multi));
	if (!multi)
		return NULL;
	multi->slot = slot_take((uintptr_t)handle);
	if (!multi->slot) {
		arena_give(multi, sizeof(*multi));
		return NULL;
	}
	multi->handle = handle;
	multi->libcurl = libcurl;
	multi->slot->multi = multi;
	return multi;
}

static void multi_forget(struct multi *multi)
{
	atomic_store_explicit(&multi->slot->handle, HANDLE_USED, memory_order_release);
	arena_give(multi, sizeof(*multi));
}

/* ---- who is in it ---- */

static void join(struct multi *multi, struct easy *easy)
{
	easy->multi = multi;
	easy->previous = NULL;
	easy->next = multi->first;
	if (multi->first)
		multi->first->previous = easy;
	multi->first = easy;
	easy->fresh = multi->fresh;
	easy->is_fresh = true;
	multi->fresh = easy;
	multi->unread++;
	multi->running++;
	easy->is_unread = true;
}

static void drop_fresh(struct multi *multi, struct easy *easy)
{
	struct easy **link = &multi->fresh;

	if (!easy->is_fresh)
		return;
	while (*link && *link != easy)
		link = &(*link)->fresh;
	if (*link)
		*link = easy->fresh;
	easy->is_fresh = false;
}

static void mark_read(struct easy *easy)
{
	if (!easy->is_unread)
		return;
	easy->is_unread = false;
	easy->multi->unread--;
}

static void part(struct easy *easy)
{
	struct multi *multi = easy->multi;

	drop_fresh(multi, easy);
	mark_read(easy);
	if (easy->previous)
		easy->previous->next = easy->next;
	else
		multi->first = easy->next;
	if (easy->next)
		easy->next->previous = easy->previous;
	easy->multi = NULL;
	easy->next = easy->previous = NULL;
}

/*
 * What is gone before its end was read may be over or not: libcurl says how many are running, not
 * which.
 */
static enum transfer_left left_as(const struct easy *easy)
{
	const struct multi *multi = easy->multi;

	if (easy->is_fresh || multi->running >= multi->unread)
		return TRANSFER_LEFT_RUNNING;
	return multi->running ? TRANSFER_LEFT_EITHER : TRANSFER_LEFT_DONE;
}

void multi_left(struct easy *easy)
{
	struct multi *multi = easy->multi;

	if (!multi)
		return;
	if (easy->is_unread && transfer_leave(easy, left_as(easy)) && multi->running)
		multi->running--;
	part(easy);
}

/* ---- calls ---- */

static bool enter(struct multi_call *call, struct curl_multi *handle, const void *caller,
		  struct guard *guard)
{
	const struct multi *multi = multi_find(handle);

	call->multi = handle;
	call->perform.handle = NULL;
	return perform_enter(&call->perform, multi ? multi->libcurl : NULL, caller, guard);
}

void multi_begin(struct multi_call *call, struct curl_multi *multi, struct curl_easy *handle,
		 const void *caller)
{
	struct guard guard;

	if (enter(call, multi, caller, &guard))
		guard_leave(&guard);
	call->perform.handle = handle;
}

/* ---- add ---- */

static bool is_busy(const struct easy *easy)
{
	return easy->multi || easy->transfer.state != TRANSFER_NONE;
}

void multi_begin_add(struct multi_call *call, struct curl_multi *multi, struct curl_easy *handle,
		     const void *caller)
{
	struct perform *perform = &call->perform;
	const struct easy *known = easy_find(handle);
	struct propagated handed;
	struct easy *easy;
	struct guard guard;

	if (!enter(call, multi, caller, &guard))
		return;
	perform->handle = handle;
	/* Handles of two libraries are none of ours to put together. */
	if (multi && handle && (!known || known->libcurl == perform->libcurl) &&
	    perform_ready(perform)) {
		easy = easy_of(handle, perform->libcurl);
		if (!easy || !multi_of(multi, perform->libcurl))
			area_count_passed();
		else if (!is_busy(easy)) {
			transfer_begin(easy, NULL, caller, &handed);
			perform->begun = true;
		}
	}
	guard_leave(&guard);
}

void multi_end_add(struct multi_call *call, int code)
{
	struct easy *easy;
	struct multi *multi;
	struct guard guard;

	if (!call->perform.begun || !perform_resume(&call->perform, &guard))
		return;
	easy = easy_find(call->perform.handle);
	multi = multi_find(call->multi);
	if (easy && multi && code == CURL_MULTI_OK)
		join(multi, easy);
	else if (easy)
		transfer_drop(easy);
	guard_leave(&guard);
}

/* ---- drive ---- */

static void drive_fresh(struct multi *multi)
{
	uint64_t now_ns = clock_now_ns();
	struct easy *easy;

	while ((easy = multi->fresh)) {
		multi->fresh = easy->fresh;
		easy->is_fresh = false;
		easy->transfer.driven_ns = now_ns;
	}
}

void multi_begin_drive(struct multi_call *call, struct curl_multi *handle, const void *caller)
{
	struct multi *multi;
	struct guard guard;

	if (!enter(call, handle, caller, &guard))
		return;
	multi = multi_find(handle);
	call->perform.own = multi != NULL;
	if (multi && multi->fresh)
		drive_fresh(multi);
	guard_leave(&guard);
}

void multi_end_drive(struct multi_call *call, int code, const int *running)
{
	struct multi *multi;
	struct guard guard;

	if (code != CURL_MULTI_OK || !running || !perform_resume(&call->perform, &guard))
		return;
	multi = multi_find(call->multi);
	if (multi)
		multi->running = *running > 0 ? (uint32_t)*running : 0;
	guard_leave(&guard);
}

/* ---- end ---- */

void multi_end_read(struct multi_call *call, const struct curl_message *message)
{
	struct easy *easy;
	struct guard guard;

	if (!message || message->kind != CURL_MESSAGE_DONE ||
	    !perform_resume(&call->perform, &guard))
		return;
	easy = easy_find(message->easy);
	if (easy && easy->multi) {
		if (easy->transfer.state == TRANSFER_MULTI)
			transfer_end(easy, message->data.result, 0);
		mark_read(easy);
	}
	guard_leave(&guard);
}

void multi_end_remove(struct multi_call *call, int code)
{
	struct perform *perform = &call->perform;
	struct easy *easy;
	struct guard guard;

	if (code != CURL_MULTI_OK || !perform->handle || !perform->own || !guard_enter(&guard))
		return;
	easy = easy_find(perform->handle);
	if (easy && easy->multi)
		multi_left(easy);
	/* In a child what was begun is its parent's, but for the list. */
	injection_end(perform->libcurl, perform->handle);
	guard_leave(&guard);
}

void multi_begin_cleanup(struct multi_call *call, struct curl_multi *handle, const void *caller)
{
	struct multi *multi;
	struct guard guard;

	if (!enter(call, handle, caller, &guard))
		return;
	multi = multi_find(handle);
	if (multi) {
		while (multi->first)
			multi_left(multi->first);
		multi_forget(multi);
	}
	guard_leave(&guard);
}
