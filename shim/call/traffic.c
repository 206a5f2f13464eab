/* SPDX-License-Identifier: Apache-2.0 */
/* Which descriptor belongs to which connection, and when its bytes passed. */
#include "call/traffic.h"

void traffic_enter(int fd, struct traffic *traffic)
{
	struct descriptor *descriptor = descriptor_make(fd);

	if (!descriptor)
		return;
	if (!descriptor_is_tagged(descriptor))
		descriptor_tag(fd, DESCRIPTOR_PG);
	traffic->fd = fd;
	atomic_store_explicit(&descriptor->traffic, traffic, memory_order_release);
}

void traffic_remove(int fd, struct traffic *traffic)
{
	struct descriptor *descriptor = descriptor_peek(fd);
	struct traffic *expected = traffic;

	traffic->fd = -1;
	/* Not the tag of a socket that was connected under this number since. */
	if (descriptor && atomic_compare_exchange_strong(&descriptor->traffic, &expected, NULL))
		atomic_store_explicit(&descriptor->tag, 0, memory_order_release);
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
