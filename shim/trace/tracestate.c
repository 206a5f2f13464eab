/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a tracestate: read, checked, changed, and written as far as there is room. */
#include "trace/tracestate.h"

#include <string.h>

#define KEY_SIZE_MAX 256
#define VALUE_SIZE_MAX 256

static bool byte_is_alphanumeric(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool byte_is_of_key(uint8_t byte)
{
	return byte_is_alphanumeric(byte) || byte == '_' || byte == '-' || byte == '*' ||
	       byte == '/' || byte == '@';
}

static bool key_is_legal(struct slice key)
{
	if (!key.size || key.size > KEY_SIZE_MAX || !byte_is_alphanumeric(key.data[0]))
		return false;
	for (size_t i = 1; i < key.size; i++)
		if (!byte_is_of_key(key.data[i]))
			return false;
	return true;
}

static bool value_is_legal(struct slice value)
{
	if (!value.size || value.size > VALUE_SIZE_MAX || value.data[value.size - 1] == ' ')
		return false;
	for (size_t i = 0; i < value.size; i++)
		if (value.data[i] < ' ' || value.data[i] > '~' || value.data[i] == ',' ||
		    value.data[i] == '=')
			return false;
	return true;
}

/* All of it where there is no equals sign. */
static struct slice member_key(struct slice member)
{
	const uint8_t *equals = member.size ? memchr(member.data, '=', member.size) : NULL;

	return equals ? slice_first(member, (size_t)(equals - member.data)) : member;
}

static struct slice member_value(struct slice member)
{
	return slice_after(member, member_key(member).size + 1);
}

static bool member_is_legal(struct slice member)
{
	return key_is_legal(member_key(member)) && value_is_legal(member_value(member));
}

void tracestate_clear(struct tracestate *state)
{
	state->seen = 0;
	state->count = 0;
}

/* Its place; the count when there is none. */
static size_t place_of(const struct tracestate *state, struct slice key)
{
	size_t place = 0;

	while (place < state->count && !slice_equal(member_key(state->member[place]), key))
		place++;
	return place;
}

bool tracestate_add(struct tracestate *state, struct slice line)
{
	struct slice member;

	while (slice_take_part(&line, ',', &member)) {
		member = slice_without_blanks(member);
		if (!member.size)
			continue;
		if (!member_is_legal(member) || state->seen == TRACESTATE_MEMBERS_MAX)
			return false;
		state->seen++;
		if (place_of(state, member_key(member)) == state->count)
			state->member[state->count++] = member;
	}
	return true;
}

void tracestate_remove(struct tracestate *state, struct slice key)
{
	size_t place = place_of(state, key);

	if (place == state->count)
		return;
	state->count--;
	memmove(state->member + place, state->member + place + 1,
		(state->count - place) * sizeof(*state->member));
}

bool tracestate_set(struct tracestate *state, struct slice member)
{
	if (!member_is_legal(member))
		return false;
	tracestate_remove(state, member_key(member));
	if (state->count == TRACESTATE_MEMBERS_MAX)
		state->count--;
	memmove(state->member + 1, state->member, state->count * sizeof(*state->member));
	state->member[0] = member;
	state->count++;
	return true;
}

struct slice tracestate_value(const struct tracestate *state, struct slice key)
{
	size_t place = place_of(state, key);

	return place < state->count ? member_value(state->member[place]) : (struct slice){ 0 };
}

/* Without the members from the end, of more than @least bytes, that there is no room for. */
static uint32_t kept_in(const struct tracestate *state, size_t room, size_t least, uint32_t kept)
{
	size_t size = 0;

	/* Each with a comma, of which the last has none. */
	for (size_t i = 0; i < state->count; i++)
		size += kept >> i & 1 ? state->member[i].size + 1 : 0;
	for (size_t i = state->count; i-- > 0 && size > room + 1;) {
		if (!(kept >> i & 1) || state->member[i].size <= least)
			continue;
		kept &= ~(UINT32_C(1) << i);
		size -= state->member[i].size + 1;
	}
	return kept;
}

size_t tracestate_format(const struct tracestate *state, size_t room, uint8_t *ret)
{
	uint32_t kept = kept_in(state, room, TRACESTATE_LARGE, UINT32_MAX);
	size_t size = 0;

	kept = kept_in(state, room, 0, kept);
	for (size_t i = 0; i < state->count; i++) {
		if (!(kept >> i & 1))
			continue;
		if (size)
			ret[size++] = ',';
		memcpy(ret + size, state->member[i].data, state->member[i].size);
		size += state->member[i].size;
	}
	return size;
}
