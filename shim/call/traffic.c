/* SPDX-License-Identifier: Apache-2.0 */
/* Which descriptor belongs to which connection, and when its bytes passed. */
#include "call/traffic.h"

#include "base/clock.h"

#define CHUNK_SIZE (TRAFFIC_CHUNK * sizeof(struct traffic *))

static struct traffic *_Atomic *chunk_of(unsigned fd, bool make)
{
	struct traffic_table *table = arena_root(ARENA_ROOT_SOCKETS, sizeof(*table));
	struct traffic *_Atomic *none = NULL;
	struct traffic *_Atomic *chunk;

	if (!table || fd >= TRAFFIC_CHUNK * TRAFFIC_CHUNKS)
		return NULL;
	chunk = atomic_load_explicit(&table->chunk[fd / TRAFFIC_CHUNK], memory_order_acquire);
	if (chunk || !make)
		return chunk;
	chunk = arena_take(CHUNK_SIZE);
	if (!chunk)
		return NULL;
	if (atomic_compare_exchange_strong_explicit(&table->chunk[fd / TRAFFIC_CHUNK], &none, chunk,
						    memory_order_acq_rel, memory_order_acquire))
		return chunk;
	arena_give((void *)chunk, CHUNK_SIZE);
	return none;
}

void traffic_enter(int fd, struct traffic *traffic)
{
	struct traffic *_Atomic *chunk;

	if (fd < 0)
		return;
	chunk = chunk_of((unsigned)fd, true);
	if (chunk)
		atomic_store_explicit(&chunk[(unsigned)fd % TRAFFIC_CHUNK], traffic,
				      memory_order_release);
}

void traffic_remove(int fd, const struct traffic *traffic)
{
	struct traffic *_Atomic *chunk;
	struct traffic *expected = (struct traffic *)traffic;

	if (fd < 0)
		return;
	chunk = chunk_of((unsigned)fd, false);
	if (chunk)
		atomic_compare_exchange_strong_explicit(&chunk[(unsigned)fd % TRAFFIC_CHUNK],
							&expected, NULL, memory_order_acq_rel,
							memory_order_relaxed);
}

void traffic_sent(struct traffic *traffic)
{
	traffic->sent_ns = clock_now_ns();
	traffic->first_ns = 0;
}

void traffic_received(struct traffic *traffic)
{
	if (!traffic->sent_ns)
		return;
	traffic->last_ns = clock_now_ns();
	if (!traffic->first_ns)
		traffic->first_ns = traffic->last_ns;
}

bool traffic_split(const struct traffic *traffic, uint64_t *ret_first_byte_ns,
		   uint64_t *ret_fetch_ns)
{
	if (!traffic->sent_ns || !traffic->first_ns)
		return false;
	*ret_first_byte_ns = traffic->first_ns - traffic->sent_ns;
	*ret_fetch_ns = traffic->last_ns - traffic->first_ns;
	return true;
}
