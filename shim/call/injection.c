/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes in front of the program's list of headers (hooks.md B.2). */
#include "call/injection.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cold.h"
#include "base/raw.h"
#include "trace/area.h"

#define HANDLE_FREE ((uintptr_t)0)
#define HANDLE_USED ((uintptr_t)1)

struct block {
	struct curl_list node[PROPAGATION_FIELDS_MAX];
	/* Of each node: the formats that its field belongs to */
	uint8_t formats[PROPAGATION_FIELDS_MAX];
	uint8_t count;
	bool in_flight;
	uint16_t used;
	const struct curl_list *list;	/* the program's */
	char text[INJECTION_TEXT];
};

struct pool {
	_Atomic uintptr_t handle[INJECTIONS_MAX];
	struct block block[INJECTIONS_MAX];
};

/* Not an address: the kernel refused the mapping, never ask again. */
#define POOL_REFUSED ((uintptr_t)1)

static _Atomic uintptr_t pool_mapping;

static struct {
	struct slice value;
	char line[INJECTION_SHARED_MAX + PROPAGATION_NAME_MAX + 3];
} shared[INJECTION_SHARED] COLD_TABLE;

_Static_assert(PROPAGATORS <= 8, "the formats of a field are bits of a byte");

/* ---- blocks ---- */

static COLD struct pool *pool_make(void)
{
	const struct raw_arguments how = {
		0, (long)sizeof(struct pool), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0,
	};
	long address = raw_call(SYS_mmap, &how);
	bool refused = address < 0 && address > -4096;
	uintptr_t winner = 0;

	if (!refused)
		raw_call3(SYS_madvise, address, (long)sizeof(struct pool), MADV_NOHUGEPAGE);
	if (atomic_compare_exchange_strong(&pool_mapping, &winner,
					   refused ? POOL_REFUSED : (uintptr_t)address))
		return refused ? NULL : (struct pool *)address;
	if (!refused)
		raw_call3(SYS_munmap, address, (long)sizeof(struct pool), 0);
	return winner == POOL_REFUSED ? NULL : (struct pool *)winner;
}

static struct pool *pool_peek(void)
{
	uintptr_t address = atomic_load_explicit(&pool_mapping, memory_order_acquire);

	return address > POOL_REFUSED ? (struct pool *)address : NULL;
}

static struct pool *pool_get(void)
{
	uintptr_t address = atomic_load_explicit(&pool_mapping, memory_order_acquire);

	if (__builtin_expect(address > POOL_REFUSED, 1))
		return (struct pool *)address;
	return address == POOL_REFUSED ? NULL : pool_make();
}

static size_t pool_first(uintptr_t handle)
{
	return (size_t)((handle >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) % INJECTIONS_MAX;
}

/* The place of @handle, or -1. */
static long pool_place(struct pool *pool, const struct curl_easy *handle)
{
	size_t first = pool_first((uintptr_t)handle);

	if (!pool || !handle)
		return -1;
	for (size_t i = 0; i < INJECTION_TRIES; i++) {
		size_t place = (first + i) % INJECTIONS_MAX;
		uintptr_t found =
			atomic_load_explicit(&pool->handle[place], memory_order_acquire);

		if (found == (uintptr_t)handle)
			return (long)place;
		if (found == HANDLE_FREE)
			return -1;
	}
	return -1;
}

static struct block *block_find(const struct curl_easy *handle)
{
	struct pool *pool = pool_peek();
	long place = pool_place(pool, handle);

	return place < 0 ? NULL : &pool->block[place];
}

/* One with an injection in flight, or null. */
static struct block *block_in_flight(const struct curl_easy *handle)
{
	struct block *block = block_find(handle);

	return block && block->in_flight ? block : NULL;
}

static struct block *block_take(const struct curl_easy *handle)
{
	struct pool *pool = pool_get();
	size_t first = pool_first((uintptr_t)handle);

	if (!pool)
		return NULL;
	for (size_t i = 0; i < INJECTION_TRIES; i++) {
		size_t place = (first + i) % INJECTIONS_MAX;
		uintptr_t found =
			atomic_load_explicit(&pool->handle[place], memory_order_relaxed);

		if (found == HANDLE_FREE || found == HANDLE_USED)
			if (atomic_compare_exchange_strong(&pool->handle[place], &found,
							   (uintptr_t)handle))
				return &pool->block[place];
	}
	return NULL;
}

/* ---- what the program's list says ---- */

/* libcurl takes a line for a field where ':' follows its name, or ';' for an empty value. */
static struct slice name_of(const struct curl_list *line)
{
	const char *text = line->data ? line->data : "";
	size_t size = strcspn(text, ":;");

	return slice_of(text, text[size] ? size : 0);
}

static bool is_named(const struct curl_list *line, struct slice wanted)
{
	return slice_equal_any_case(name_of(line), wanted);
}

/* What goes with a context is none by itself. */
unsigned injection_set_by(const struct curl_list *list, unsigned propagators)
{
	unsigned set = 0;

	for (; list && (propagators & ~set); list = list->next) {
		struct slice name = name_of(list);

		if (name.size && name.size < PROPAGATION_NAME_MAX &&
		    !is_named(list, SLICE("tracestate")))
			set |= propagation_names(propagators, name);
	}
	return set;
}

bool injection_value(const struct curl_list *list, const char *name, size_t index,
		     struct slice *ret)
{
	struct slice wanted = slice_of_string(name);

	for (; list; list = list->next) {
		if (!is_named(list, wanted) || index-- > 0)
			continue;
		*ret = slice_after(slice_of_string(list->data), wanted.size + 1);
		return true;
	}
	return false;
}

/* ---- lines ---- */

static size_t line_write(char *to, struct slice name, struct slice value)
{
	memcpy(to, name.data, name.size);
	memcpy(to + name.size, ": ", 2);
	memcpy(to + name.size + 2, value.data, value.size);
	to[name.size + 2 + value.size] = '\0';
	return name.size + value.size + 3;
}

void injection_share(const char *name, struct slice value)
{
	if (value.size > INJECTION_SHARED_MAX || !value.size)
		return;
	for (size_t i = 0; i < INJECTION_SHARED; i++)
		if (!shared[i].value.data) {
			line_write(shared[i].line, slice_of_string(name), value);
			shared[i].value = value;
			return;
		}
}

static char *shared_line(struct slice value)
{
	for (size_t i = 0; i < INJECTION_SHARED; i++)
		if (shared[i].value.data == value.data && shared[i].value.size == value.size)
			return shared[i].line;
	return NULL;
}

static void block_add(struct block *block, const struct propagation_field *field)
{
	struct slice name = slice_of_string(field->name);
	char *line = shared_line(field->value);
	uint8_t formats = (uint8_t)propagation_names((1u << PROPAGATORS) - 1, name);

	if (!line) {
		if (name.size + field->value.size + 3 > INJECTION_TEXT - block->used) {
			area_count_passed();
			return;
		}
		line = block->text + block->used;
		block->used = (uint16_t)(block->used + line_write(line, name, field->value));
	}
	block->node[block->count].data = line;
	block->formats[block->count++] = formats;
}

/* ---- linking ---- */

static void set_headers(const struct libcurl *libcurl, struct curl_easy *handle,
			const struct curl_list *list)
{
	libcurl->curl_easy_setopt(handle, EASY_HEADERS, list);
}

/* Links from the last to the first; the program's list is written to by nobody. */
static void block_link(struct block *block, const struct libcurl *libcurl,
		       struct curl_easy *handle)
{
	unsigned set = injection_set_by(block->list, (1u << PROPAGATORS) - 1);
	const struct curl_list *head = block->list;
	struct slice value;
	bool state = injection_value(block->list, "tracestate", 0, &value);

	for (size_t i = block->count; i-- > 0;)
		if (!(block->formats[i] & set) &&
		    !(state && is_named(&block->node[i], SLICE("tracestate")))) {
			block->node[i].next = (struct curl_list *)(uintptr_t)head;
			head = &block->node[i];
		}
	set_headers(libcurl, handle, head);
}

/* What shares the nodes must not reach a list that the program is free to give back. */
static void block_unlink(struct block *block)
{
	for (size_t i = 0; i < block->count; i++)
		block->node[i].next = NULL;
	block->in_flight = false;
	block->list = NULL;
}

void injection_begin(const struct libcurl *libcurl, struct curl_easy *handle,
		     const struct curl_list *list, const struct propagation_field *fields,
		     size_t count)
{
	struct block *block;

	if (!count)
		return;
	block = block_find(handle);
	if (!block)
		block = block_take(handle);
	if (!block) {
		area_count_passed();
		return;
	}
	block->count = 0;
	block->used = 0;
	for (size_t i = 0; i < count && i < PROPAGATION_FIELDS_MAX; i++)
		block_add(block, &fields[i]);
	block->list = list;
	block->in_flight = true;
	block_link(block, libcurl, handle);
}

void injection_end(const struct libcurl *libcurl, struct curl_easy *handle)
{
	struct block *block = block_in_flight(handle);

	if (!block)
		return;
	set_headers(libcurl, handle, block->list);
	block_unlink(block);
}

void injection_move(const struct libcurl *libcurl, struct curl_easy *handle,
		    const struct curl_list *list)
{
	struct block *block = block_in_flight(handle);

	if (!block)
		return;
	block->list = list;
	block_link(block, libcurl, handle);
}

void injection_copied(const struct libcurl *libcurl, const struct curl_easy *handle,
		      struct curl_easy *copy)
{
	struct block *block = block_in_flight(handle);

	if (block)
		set_headers(libcurl, copy, block->list);
}

void injection_lost(const struct curl_easy *handle)
{
	struct block *block = block_in_flight(handle);

	if (block)
		block_unlink(block);
}

void injection_forget(const struct curl_easy *handle)
{
	struct pool *pool = pool_peek();
	long place = pool_place(pool, handle);

	if (place < 0)
		return;
	block_unlink(&pool->block[place]);
	atomic_store_explicit(&pool->handle[place], HANDLE_USED, memory_order_release);
}
