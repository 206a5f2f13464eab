/* SPDX-License-Identifier: Apache-2.0 */
/* Easy handles: their state, and curl_easy_perform (hooks.md B.1, B.2, B.4). */
#include "call/perform.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/cold.h"
#include "base/guard.h"
#include "call/binding.h"
#include "call/injection.h"
#include "call/multi.h"
#include "call/submit.h"
#include "call/transfer.h"
#include "trace/area.h"

/* Set once, at load; null: calls pass through. */
static bool (*tracing_ready)(void);

/* What libcurl says of a handle that is busy (hooks.md B.4), since 8.8 by the second. */
enum { CODE_FAILED_INIT = 2, CODE_RECURSIVE_API_CALL = 93 };

void perform_enable(bool (*ready)(void))
{
	tracing_ready = ready;
}

bool perform_enter(struct perform *perform, const struct libcurl *libcurl, const void *caller,
		   struct guard *guard)
{
	const struct libcurl *bound =
		(const struct libcurl *)binding_claim(&libcurl_family, caller);

	perform->own = perform->begun = false;
	if (!libcurl)
		libcurl = bound ? bound : libcurl_of_caller(caller);
	perform->libcurl = libcurl;
	if (!tracing_ready || !libcurl || !libcurl->library.whole ||
	    libcurl_is_inside(libcurl, caller))
		return false;
	perform->process_id = arena_process_id();
	if (!perform->process_id || !guard_enter(guard))
		return false;
	perform->own = true;
	return true;
}

bool perform_ready(struct perform *perform)
{
	if (perform->process_id == atomic_load_explicit(&submit_ready_process,
							memory_order_acquire))
		return true;
	if (tracing_ready()) {
		perform->process_id = arena_process_id();
		return true;
	}
	area_count_passed();
	return false;
}

bool perform_resume(const struct perform *perform, struct guard *guard)
{
	return perform->own && perform->process_id == arena_process_id() && guard_enter(guard);
}

static bool enter_easy(struct perform *perform, struct curl_easy *handle, const void *caller,
		       struct guard *guard)
{
	const struct easy *easy = easy_find(handle);

	perform->handle = handle;
	return perform_enter(perform, easy ? easy->libcurl : NULL, caller, guard);
}

void perform_begin_other(struct perform *perform, struct curl_easy *handle, const void *caller)
{
	struct guard guard;

	if (enter_easy(perform, handle, caller, &guard))
		guard_leave(&guard);
}

/* ---- a new handle ---- */

void perform_begin_init(struct perform *perform, const void *caller)
{
	library_refresh();
	perform_begin_other(perform, NULL, caller);
}

/* An entry of this address is of a handle whose end we did not see. */
static void forget_stale(const struct curl_easy *handle)
{
	struct easy *stale = easy_find(handle);

	if (!stale)
		return;
	transfer_lose(stale);
	multi_left(stale);
	easy_forget(stale);
}

void perform_end_init(struct perform *perform, struct curl_easy *made)
{
	struct guard guard;

	if (!made || !perform_resume(perform, &guard))
		return;
	injection_forget(made);
	forget_stale(made);
	if (!easy_renew(made, perform->libcurl, NULL))
		area_count_passed();
	guard_leave(&guard);
}

void perform_copied(const struct libcurl *libcurl, const struct curl_easy *handle,
		    struct curl_easy *made)
{
	struct guard guard;

	if (!made || !libcurl->library.whole || !guard_enter(&guard))
		return;
	injection_copied(libcurl, handle, made);
	guard_leave(&guard);
}

void perform_end_copy(struct perform *perform, struct curl_easy *made)
{
	const struct easy *from;
	struct guard guard;

	if (!made || !perform_resume(perform, &guard))
		return;
	injection_forget(made);
	injection_copied(perform->libcurl, perform->handle, made);
	forget_stale(made);
	from = easy_find(perform->handle);
	if (from && !easy_renew(made, perform->libcurl, from))
		area_count_passed();
	guard_leave(&guard);
}

/* ---- what is set ---- */

void perform_begin_set(struct perform *perform, struct curl_easy *handle, const void *caller)
{
	perform_begin_other(perform, handle, caller);
}

void perform_end_set(struct perform *perform, int option, uintptr_t value, int code)
{
	struct easy *easy;
	struct guard guard;

	if (code != CURL_OK || !easy_is_kept(option) || !perform_resume(perform, &guard))
		return;
	easy = easy_find(perform->handle);
	if (easy)
		easy_set(easy, option, value);
	if (option == EASY_HEADERS)
		injection_move(perform->libcurl, perform->handle,
			       (const struct curl_list *)value);
	guard_leave(&guard);
}

void perform_end_reset(struct perform *perform)
{
	struct guard guard;

	if (!perform->handle || !perform_resume(perform, &guard))
		return;
	injection_lost(perform->handle);
	if (!easy_renew(perform->handle, perform->libcurl, NULL))
		area_count_passed();
	guard_leave(&guard);
}

/* ---- transfers ---- */

/* libcurl will refuse: it is in a multi, or this is a callback of its own transfer. */
static bool is_busy(const struct easy *easy)
{
	return easy->multi || easy->transfer.state != TRANSFER_NONE;
}

void perform_begin(struct perform_transfer *transfer, struct curl_easy *handle, const void *caller)
{
	struct perform *perform = &transfer->perform;
	struct propagated handed;
	struct easy *easy;
	struct guard guard;

	if (!enter_easy(perform, handle, caller, &guard))
		return;
	parent_arrive(thread_peek(), &transfer->current);
	if (handle && perform_ready(perform)) {
		easy = easy_of(handle, perform->libcurl);
		if (!easy)
			area_count_passed();
		else if (!is_busy(easy))
			perform->begun = transfer_begin(easy, perform, caller, &handed);
	}
	if (perform->begun)
		parent_enter(thread_peek(), &transfer->current, &handed);
	guard_leave(&guard);
}

/* It was not busy: the transfer that we took it for had been left by a jump. */
static void settle(struct easy *easy, int code)
{
	if (code == CODE_FAILED_INIT || code == CODE_RECURSIVE_API_CALL || !is_busy(easy))
		return;
	transfer_lose(easy);
	multi_left(easy);
}

/* In a child that was forked in a callback the transfer is the parent's, but not the list. */
static void end_elsewhere(struct perform *perform)
{
	struct guard guard;

	if (!perform->begun || perform->process_id == arena_process_id() || !guard_enter(&guard))
		return;
	injection_end(perform->libcurl, perform->handle);
	guard_leave(&guard);
}

void perform_end(struct perform_transfer *transfer, int code)
{
	struct perform *perform = &transfer->perform;
	struct easy *easy;
	struct guard guard;

	if (perform->begun)
		parent_leave(thread_peek(), &transfer->current);
	if (!perform_resume(perform, &guard)) {
		end_elsewhere(perform);
		return;
	}
	easy = easy_find(perform->handle);
	if (easy && perform->begun && easy->transfer.call == perform)
		transfer_end(easy, code, clock_now_ns());
	else if (easy && !perform->begun)
		settle(easy, code);
	guard_leave(&guard);
}

/* Nobody is told in a child what its parent began; the header is put back all the same. */
void perform_begin_cleanup(struct perform *perform, struct curl_easy *handle, const void *caller)
{
	struct easy *easy;
	struct guard guard;

	if (!enter_easy(perform, handle, caller, &guard))
		return;
	easy = easy_find(handle);
	if (easy) {
		if (easy->multi)
			multi_left(easy);
		transfer_lose(easy);
		easy_forget(easy);
	}
	injection_forget(handle);
	guard_leave(&guard);
}
