/* SPDX-License-Identifier: Apache-2.0 */
/* OTLP/JSON. */
#include "exporter/otlp_json.h"

#include "exporter/version.h"

void otlp_json_begin(struct otlp_json *object, struct attribute_limits limits, uint8_t *memory,
		     size_t room)
{
	*object = (struct otlp_json){ .limits = limits };
	json_begin(&object->json, memory, room > OTLP_JSON_TAIL ? room - OTLP_JSON_TAIL : 0);
}

static void write_key(struct json_writer *json, struct slice key)
{
	JSON_RAW(json, "{\"key\":");
	json_put_string(json, key);
}

static void write_list(struct json_writer *json, const struct export_value *value)
{
	struct slice rest = value->string;
	struct export_value element;
	bool first = true;

	JSON_RAW(json, ",\"value\":{\"arrayValue\":{\"values\":[");
	for (; export_next_element(value, &rest, &element); first = false) {
		if (!first)
			JSON_RAW(json, ",");
		if (element.type == EXPORT_STRING) {
			JSON_RAW(json, "{\"stringValue\":");
			json_put_string(json, element.string);
		} else {
			JSON_RAW(json, "{\"bytesValue\":");
			json_put_base64(json, element.string);
		}
		JSON_RAW(json, "}");
	}
	JSON_RAW(json, "]}");
}

static void write_value(struct json_writer *json, const struct export_value *value)
{
	switch (value->type) {
	case EXPORT_STRING:
		JSON_RAW(json, ",\"value\":{\"stringValue\":");
		json_put_string(json, value->string);
		break;
	case EXPORT_BYTES:
		JSON_RAW(json, ",\"value\":{\"bytesValue\":");
		json_put_base64(json, value->string);
		break;
	case EXPORT_INTEGER:
		JSON_RAW(json, ",\"value\":{\"intValue\":\"");
		json_put_integer(json, value->integer);
		JSON_RAW(json, "\"");
		break;
	case EXPORT_BOOLEAN:
		JSON_RAW(json, ",\"value\":{\"boolValue\":");
		json_put_raw(json, value->integer ? SLICE("true") : SLICE("false"));
		break;
	case EXPORT_LIST:
		write_list(json, value);
		break;
	}
	JSON_RAW(json, "}}");
}

/* "http.request.header.x-id": both parts are printable, the second may need escapes. */
static void write_name(struct json_writer *json, const struct export_value *value)
{
	const struct slice prefix = slice_of_string(attribute_name(value->key));
	uint8_t name[ATTRIBUTE_NAME_MAX + RECORD_HEADER_NAME_MAX];

	JSON_RAW(json, "{\"key\":");
	if (!value->name.size) {
		/* Names of our own list need no escape. */
		JSON_RAW(json, "\"");
		json_put_raw(json, prefix);
		JSON_RAW(json, "\"");
		return;
	}
	memcpy(name, prefix.data, prefix.size);
	memcpy(name + prefix.size, value->name.data, value->name.size);
	json_put_string(json, slice_of(name, prefix.size + value->name.size));
}

static void write_dropped(struct json_writer *json, uint32_t dropped)
{
	if (!dropped)
		return;
	JSON_RAW(json, ",\"droppedAttributesCount\":");
	json_put_unsigned(json, dropped);
}

static void write_resource(struct json_writer *json, const struct resource *resource)
{
	JSON_RAW(json, "{\"resource\":{\"attributes\":[");
	for (size_t i = 0; i < resource->count; i++) {
		const struct resource_attribute *attribute = &resource->attribute[i];
		struct export_value value = { .integer = attribute->integer };

		value.type = attribute->number ? EXPORT_INTEGER :
			     export_text(attribute->value, UINT64_MAX, &value.string);
		if (i)
			JSON_RAW(json, ",");
		write_key(json, attribute->key);
		write_value(json, &value);
	}
	JSON_RAW(json, "]");
	write_dropped(json, resource->dropped);
	JSON_RAW(json, "},\"scopeSpans\":[");
}

static void write_scope(struct json_writer *json, unsigned scope)
{
	JSON_RAW(json, "{\"scope\":{\"name\":");
	json_put_string(json, slice_of_string(scope_name(scope)));
	JSON_RAW(json, ",\"version\":\"" PACKAGE_VERSION "\"},\"spans\":[");
}

static void close_scope(struct json_writer *json)
{
	JSON_RAW(json, "],\"schemaUrl\":\"" SCHEMA_URL "\"}");
}

static void close_resource(struct json_writer *json)
{
	close_scope(json);
	JSON_RAW(json, "],\"schemaUrl\":\"" SCHEMA_URL "\"}");
}

/* Everything up to the place where the span's own brace stands. */
static void write_place(struct otlp_json *object, const struct resource *resource, int scope)
{
	struct json_writer *json = &object->json;
	bool first = object->spans == 0;
	bool process = first || object->process_id != resource->process_id;

	if (!process && object->scope == scope) {
		JSON_RAW(json, ",");
		return;
	}
	if (first) {
		JSON_RAW(json, "{\"resourceSpans\":[");
	} else if (process) {
		close_resource(json);
		JSON_RAW(json, ",");
	} else {
		close_scope(json);
		JSON_RAW(json, ",");
	}
	if (process)
		write_resource(json, resource);
	write_scope(json, (unsigned)scope);
}

static bool any(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return true;
	return false;
}

static void write_identity(struct json_writer *json, const struct resource *resource,
			   const struct span_record *record)
{
	JSON_RAW(json, "{\"traceId\":");
	json_put_hex(json, slice_of(record->trace_id, sizeof(record->trace_id)));
	JSON_RAW(json, ",\"spanId\":");
	json_put_hex(json, slice_of(record->span_id, sizeof(record->span_id)));
	if (!any(record->parent_id, sizeof(record->parent_id)))
		return;
	if (resource->tracestate.size) {
		JSON_RAW(json, ",\"traceState\":");
		json_put_string(json, resource->tracestate);
	}
	JSON_RAW(json, ",\"parentSpanId\":");
	json_put_hex(json, slice_of(record->parent_id, sizeof(record->parent_id)));
}

static void write_times(struct json_writer *json, const struct span *span)
{
	JSON_RAW(json, ",\"name\":");
	json_put_string(json, span->name);
	JSON_RAW(json, ",\"kind\":");
	json_put_unsigned(json, span_kind_of(span->record));
	JSON_RAW(json, ",\"startTimeUnixNano\":\"");
	json_put_unsigned(json, span->start_ns);
	JSON_RAW(json, "\",\"endTimeUnixNano\":\"");
	json_put_unsigned(json, span->end_ns);
	JSON_RAW(json, "\"");
}

static void write_attributes(struct otlp_json *object, const struct span *span)
{
	struct json_writer *json = &object->json;
	struct export_cursor cursor = export_attributes(span, object->limits);
	struct export_value value;

	JSON_RAW(json, ",\"attributes\":[");
	while (export_next(&cursor, &value)) {
		if (cursor.kept > 1)
			JSON_RAW(json, ",");
		write_name(json, &value);
		write_value(json, &value);
	}
	JSON_RAW(json, "]");
	write_dropped(json, cursor.dropped);
}

bool otlp_json_span(struct otlp_json *object, const struct resource *resource,
		    const struct span *span)
{
	struct json_writer *json = &object->json;
	uint8_t *before = json->position;

	write_place(object, resource, span->record->scope);
	write_identity(json, resource, span->record);
	write_times(json, span);
	write_attributes(object, span);
	if (span->record->status) {
		JSON_RAW(json, ",\"status\":{\"code\":");
		json_put_unsigned(json, span->record->status);
		JSON_RAW(json, "}");
	}
	JSON_RAW(json, ",\"flags\":");
	json_put_unsigned(json, span_flags_of(span->record));
	JSON_RAW(json, "}");
	if (json->overrun) {
		json->overrun = false;
		json->position = before;
		return false;
	}
	object->spans++;
	object->process_id = resource->process_id;
	object->scope = span->record->scope;
	return true;
}

struct slice otlp_json_end(struct otlp_json *object)
{
	struct json_writer *json = &object->json;

	json->limit += OTLP_JSON_TAIL;
	close_resource(json);
	JSON_RAW(json, "]}");
	return slice_of(json->start, json_size(json));
}
