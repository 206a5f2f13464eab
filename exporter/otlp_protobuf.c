/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP in protobuf. */
#include "exporter/otlp_protobuf.h"

#include "exporter/version.h"
#include "exporter/otlp/trace.pb-c.h"

/* Field number and wire type in one byte, as protobuf writes them. */
enum tag {
	TAG_RESOURCE_SPANS = 0x0a,
	TAG_RESOURCE = 0x0a, TAG_SCOPE_SPANS = 0x12, TAG_RESOURCE_SCHEMA = 0x1a,
	TAG_SCOPE = 0x0a, TAG_SPAN = 0x12, TAG_SCOPE_SCHEMA = 0x1a,
	TAG_ATTRIBUTE = 0x4a, TAG_DROPPED = 0x50,
	TAG_KEY = 0x0a, TAG_VALUE = 0x12,
	TAG_STRING = 0x0a, TAG_BOOLEAN = 0x10, TAG_INTEGER = 0x18, TAG_ARRAY = 0x2a,
	TAG_BYTES = 0x3a,
	TAG_ELEMENT = 0x0a
};

#define KEY_SIZE 64	/* of every cached key, copied whole whatever its length */
#define KEY_NAME_MAX (KEY_SIZE - 3)

_Static_assert(KEY_NAME_MAX == ATTRIBUTE_NAME_MAX, "names have one bound");
#define SPAN_FIXED 256	/* more than all of a span but name, trace state and attributes takes */
/* The same of an attribute but its value */
#define ATTRIBUTE_FIXED (KEY_SIZE + 64 + RECORD_HEADER_NAME_MAX)

struct key {
	uint8_t bytes[KEY_SIZE];	/* key field, and the tag of the value */
	size_t size;
};

struct group {
	uint64_t process_id;
	unsigned scope;
	size_t first;		/* group of the same process that holds its resource */
	struct slice resource;	/* encoded; of the first group only */
	size_t size;		/* of the group's spans with their heads */
	size_t scope_size;	/* of the whole ScopeSpans without its head */
};

struct piece {
	uint32_t offset, size, group;
};

struct otlp_protobuf {
	struct attribute_limits limits;
	struct key key[ATTRIBUTE_COUNT];
	struct group group[OTLP_GROUPS];
	size_t groups, pieces, pieces_max;
	struct piece *piece;
	uint8_t *spans, *heads, *request;
	size_t spans_used, heads_used;
};

#define REQUEST_SIZE (OTLP_SPANS_SIZE + OTLP_HEADS_SIZE + (size_t)OTLP_GROUPS * 512)

static size_t varint_size(uint64_t value)
{
	size_t size = 1;

	for (; value >= 0x80; value >>= 7)
		size++;
	return size;
}

static uint8_t *put_varint(uint8_t *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*to++ = (uint8_t)(value | 0x80);
	*to++ = (uint8_t)value;
	return to;
}

static uint8_t *put_head(uint8_t *to, enum tag tag, size_t size)
{
	*to++ = (uint8_t)tag;
	return put_varint(to, size);
}

static uint8_t *put_bytes(uint8_t *to, enum tag tag, struct slice bytes)
{
	to = put_head(to, tag, bytes.size);
	if (bytes.size)
		memcpy(to, bytes.data, bytes.size);
	return to + bytes.size;
}

static size_t field_size(size_t size)
{
	return 1 + varint_size(size) + size;
}

static void keys_prepare(struct otlp_protobuf *encoder)
{
	for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++) {
		struct key *key = &encoder->key[i];
		struct slice name = slice_first(slice_of_string(attribute_name(i)), KEY_NAME_MAX);
		uint8_t *end = put_bytes(key->bytes, TAG_KEY, name);

		*end++ = TAG_VALUE;
		key->size = (size_t)(end - key->bytes);
	}
}

struct otlp_protobuf *otlp_protobuf_make(struct bump *bump, struct attribute_limits limits,
					 size_t spans)
{
	struct otlp_protobuf *encoder = bump_take(bump, sizeof(*encoder));

	if (!encoder)
		return NULL;
	encoder->limits = limits;
	encoder->pieces_max = spans;
	encoder->piece = bump_take(bump, spans * sizeof(*encoder->piece));
	encoder->spans = bump_take(bump, OTLP_SPANS_SIZE);
	encoder->heads = bump_take(bump, OTLP_HEADS_SIZE);
	encoder->request = bump_take(bump, REQUEST_SIZE);
	if (!encoder->piece || !encoder->spans || !encoder->heads || !encoder->request)
		return NULL;
	keys_prepare(encoder);
	otlp_protobuf_begin(encoder);
	return encoder;
}

void otlp_protobuf_begin(struct otlp_protobuf *encoder)
{
	encoder->groups = encoder->pieces = 0;
	encoder->spans_used = encoder->heads_used = 0;
}

/* Bytes of an ArrayValue: an AnyValue for each element. */
static size_t list_size(const struct export_value *list)
{
	struct slice rest = list->string;
	struct export_value element;
	size_t size = 0;

	while (export_next_element(list, &rest, &element))
		size += field_size(field_size(element.string.size));
	return size;
}

/* Bytes of an AnyValue. */
static size_t value_size(const struct export_value *value)
{
	if (value->type == EXPORT_LIST)
		return field_size(list_size(value));
	if (value->type <= EXPORT_BYTES)
		return field_size(value->string.size);
	return 1 + varint_size((uint64_t)value->integer);
}

static uint8_t *put_list(uint8_t *to, const struct export_value *list)
{
	struct slice rest = list->string;
	struct export_value element;

	to = put_head(to, TAG_ARRAY, list_size(list));
	while (export_next_element(list, &rest, &element)) {
		to = put_head(to, TAG_ELEMENT, field_size(element.string.size));
		to = put_bytes(to, element.type == EXPORT_STRING ? TAG_STRING : TAG_BYTES,
			       element.string);
	}
	return to;
}

static uint8_t *put_value(uint8_t *to, const struct export_value *value)
{
	switch (value->type) {
	case EXPORT_STRING:
		return put_bytes(to, TAG_STRING, value->string);
	case EXPORT_BYTES:
		return put_bytes(to, TAG_BYTES, value->string);
	case EXPORT_BOOLEAN:
		*to++ = TAG_BOOLEAN;
		break;
	case EXPORT_INTEGER:
		*to++ = TAG_INTEGER;
		break;
	case EXPORT_LIST:
		return put_list(to, value);
	}
	return put_varint(to, (uint64_t)value->integer);
}

/* A header: its attribute's name has two parts, and no cached key. */
static uint8_t *put_named(uint8_t *to, const struct export_value *value, size_t size)
{
	const struct slice prefix = slice_of_string(attribute_name(value->key));
	size_t name = prefix.size + value->name.size;

	to = put_head(to, TAG_ATTRIBUTE, field_size(name) + field_size(size));
	to = put_head(to, TAG_KEY, name);
	memcpy(to, prefix.data, prefix.size);
	memcpy(to + prefix.size, value->name.data, value->name.size);
	to = put_head(to + name, TAG_VALUE, size);
	return put_value(to, value);
}

/* All attributes, and how many were dropped, as fields of the span; null when there is no room. */
static uint8_t *put_attributes(const struct otlp_protobuf *encoder, const struct span *span,
			       uint8_t *to, const uint8_t *limit)
{
	struct export_cursor cursor = export_attributes(span, encoder->limits);
	struct export_value value;

	while (export_next(&cursor, &value)) {
		const struct key *key = &encoder->key[value.key];
		size_t size = value_size(&value);

		if ((size_t)(limit - to) < size + ATTRIBUTE_FIXED)
			return NULL;
		if (value.type == EXPORT_LIST) {
			to = put_named(to, &value, size);
			continue;
		}
		to = put_head(to, TAG_ATTRIBUTE, key->size + varint_size(size) + size);
		memcpy(to, key->bytes, sizeof(key->bytes));
		to = put_value(put_varint(to + key->size, size), &value);
	}
	if (!cursor.dropped)
		return to;
	*to++ = TAG_DROPPED;
	return put_varint(to, cursor.dropped);
}

static ProtobufCBinaryData binary(const void *data, size_t size)
{
	/* Packing only reads; the generated type knows no const. */
	union { const void *from; uint8_t *to; } bytes = { data };

	return (ProtobufCBinaryData){ .len = size, .data = bytes.to };
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static void span_fill(Otlp__Span *message, const struct resource *resource, const struct span *span)
{
	const struct span_record *record = span->record;

	message->trace_id = binary(record->trace_id, sizeof(record->trace_id));
	message->span_id = binary(record->span_id, sizeof(record->span_id));
	if (!is_zero(record->parent_id, sizeof(record->parent_id))) {
		message->parent_span_id = binary(record->parent_id, sizeof(record->parent_id));
		message->trace_state = binary(resource->tracestate.data, resource->tracestate.size);
	}
	message->name = binary(span->name.data, span->name.size);
	message->kind = span_kind_of(record);
	message->start_time_unix_nano = span->start_ns;
	message->end_time_unix_nano = span->end_ns;
	message->flags = span_flags_of(record);
}

/*
 * The span behind its head at @to; the size of both, or 0 when there is no room. Its length is
 * known only afterwards: most need two bytes for it, the others are moved.
 */
static size_t span_pack(const struct otlp_protobuf *encoder, const struct span *span,
			const Otlp__Span *message, uint8_t *to)
{
	const uint8_t *limit = encoder->spans + OTLP_SPANS_SIZE;
	const size_t guess = 3;	/* tag and length */
	uint8_t *start = to + guess, *end;
	size_t size, head;

	if ((size_t)(limit - to) <
	    (size_t)2 * SPAN_FIXED + message->name.len + message->trace_state.len)
		return 0;
	end = put_attributes(encoder, span, start + otlp__span__pack(message, start),
			     limit - SPAN_FIXED);
	if (!end)
		return 0;
	size = (size_t)(end - start);
	head = 1 + varint_size(size);
	if (head != guess)
		memmove(to + head, start, size);
	put_head(to, TAG_SPAN, size);
	return head + size;
}

/* The message borrows @value and the attribute's bytes. */
static Otlp__KeyValue attribute_message(const struct resource_attribute *attribute,
					Otlp__AnyValue *value)
{
	Otlp__KeyValue message = OTLP__KEY_VALUE__INIT;
	struct slice text;

	otlp__any_value__init(value);
	message.key = binary(attribute->key.data, attribute->key.size);
	message.value = value;
	if (attribute->number) {
		value->value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE;
		value->int_value = attribute->integer;
	} else if (export_text(attribute->value, UINT64_MAX, &text) == EXPORT_STRING) {
		value->value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE;
		value->string_value = binary(text.data, text.size);
	} else {
		value->value_case = OTLP__ANY_VALUE__VALUE_BYTES_VALUE;
		value->bytes_value = binary(text.data, text.size);
	}
	return message;
}

/* The Resource message into the room for heads; false when there is none left. */
static bool resource_encode(struct otlp_protobuf *encoder, const struct resource *resource,
			    struct slice *ret)
{
	uint8_t *start = encoder->heads + encoder->heads_used;
	const uint8_t *limit = encoder->heads + OTLP_HEADS_SIZE;
	uint8_t *to = start;
	Otlp__Resource rest = OTLP__RESOURCE__INIT;

	for (size_t i = 0; i < resource->count; i++) {
		Otlp__AnyValue value;
		Otlp__KeyValue message = attribute_message(&resource->attribute[i], &value);
		size_t size = otlp__key_value__get_packed_size(&message);

		if ((size_t)(limit - to) < size + 16)
			return false;
		to = put_head(to, 0x0a, size);
		to += otlp__key_value__pack(&message, to);
	}
	rest.dropped_attributes_count = resource->dropped;
	if ((size_t)(limit - to) < 16)
		return false;
	to += otlp__resource__pack(&rest, to);
	*ret = slice_of(start, (size_t)(to - start));
	encoder->heads_used += ret->size;
	return true;
}

/* The group of this process and scope, made when it is new; null when the request is full. */
static struct group *group_find(struct otlp_protobuf *encoder, const struct resource *resource,
				unsigned scope)
{
	struct group *new = &encoder->group[encoder->groups];
	size_t first = encoder->groups;

	for (size_t i = encoder->groups; i-- > 0;) {
		struct group *group = &encoder->group[i];

		if (group->process_id != resource->process_id)
			continue;
		if (group->scope == scope)
			return group;
		first = group->first;
	}
	if (encoder->groups == OTLP_GROUPS)
		return NULL;
	*new = (struct group){ .process_id = resource->process_id, .scope = scope, .first = first };
	if (first == encoder->groups && !resource_encode(encoder, resource, &new->resource))
		return NULL;
	encoder->groups++;
	return new;
}

bool otlp_protobuf_span(struct otlp_protobuf *encoder, const struct resource *resource,
			const struct span *span)
{
	Otlp__Span message = OTLP__SPAN__INIT;
	Otlp__Status status = OTLP__STATUS__INIT;
	struct group *group;
	struct piece *piece;
	size_t size;

	if (encoder->pieces == encoder->pieces_max)
		return false;
	span_fill(&message, resource, span);
	if (span->record->status) {
		status.code = span->record->status;
		message.status = &status;
	}
	size = span_pack(encoder, span, &message, encoder->spans + encoder->spans_used);
	group = size ? group_find(encoder, resource, span->record->scope) : NULL;
	if (!group)
		return false;
	piece = &encoder->piece[encoder->pieces++];
	*piece = (struct piece){ .offset = (uint32_t)encoder->spans_used, .size = (uint32_t)size,
				 .group = (uint32_t)(group - encoder->group) };
	encoder->spans_used += size;
	group->size += size;
	return true;
}

static Otlp__Scope scope_message(unsigned scope)
{
	Otlp__Scope message = OTLP__SCOPE__INIT;
	struct slice name = slice_of_string(scope_name(scope));

	message.name = binary(name.data, name.size);
	message.version = binary(PACKAGE_VERSION, sizeof(PACKAGE_VERSION) - 1);
	return message;
}

static size_t scope_size(unsigned scope)
{
	Otlp__Scope message = scope_message(scope);

	return otlp__scope__get_packed_size(&message);
}

static size_t scope_pack(unsigned scope, uint8_t *to)
{
	Otlp__Scope message = scope_message(scope);

	return otlp__scope__pack(&message, to);
}

static uint8_t *put_group(const struct otlp_protobuf *encoder, const struct group *group,
			  uint8_t *to)
{
	uint32_t number = (uint32_t)(group - encoder->group);

	to = put_head(to, TAG_SCOPE_SPANS, group->scope_size);
	to = put_head(to, TAG_SCOPE, scope_size(group->scope));
	to += scope_pack(group->scope, to);
	for (size_t i = 0; i < encoder->pieces; i++) {
		const struct piece *piece = &encoder->piece[i];

		if (piece->group != number)
			continue;
		memcpy(to, encoder->spans + piece->offset, piece->size);
		to += piece->size;
	}
	return put_bytes(to, TAG_SCOPE_SCHEMA, SLICE(SCHEMA_URL));
}

/* ResourceSpans of the process whose first group is @first. */
static uint8_t *put_resource(const struct otlp_protobuf *encoder, size_t first, uint8_t *to)
{
	const struct slice schema = SLICE(SCHEMA_URL);
	const struct group *group = encoder->group;
	size_t size = field_size(group[first].resource.size) + field_size(schema.size);

	for (size_t i = first; i < encoder->groups; i++)
		if (group[i].first == first)
			size += field_size(group[i].scope_size);
	to = put_head(to, TAG_RESOURCE_SPANS, size);
	to = put_bytes(to, TAG_RESOURCE, group[first].resource);
	for (size_t i = first; i < encoder->groups; i++)
		if (group[i].first == first)
			to = put_group(encoder, &group[i], to);
	return put_bytes(to, TAG_RESOURCE_SCHEMA, schema);
}

struct slice otlp_protobuf_end(struct otlp_protobuf *encoder)
{
	const size_t schema = sizeof(SCHEMA_URL) - 1;
	uint8_t *to = encoder->request;

	for (size_t i = 0; i < encoder->groups; i++) {
		struct group *group = &encoder->group[i];

		group->scope_size = field_size(scope_size(group->scope)) + group->size +
				    field_size(schema);
	}
	for (size_t i = 0; i < encoder->groups; i++)
		if (encoder->group[i].first == i)
			to = put_resource(encoder, i, to);
	return slice_of(encoder->request, (size_t)(to - encoder->request));
}
