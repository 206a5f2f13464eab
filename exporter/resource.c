/* SPDX-License-Identifier: Apache-2.0 */
/* Resources of processes. */
#include "exporter/resource.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/random.h"
#include "exporter/machine.h"
#include "exporter/number.h"
#include "exporter/small_file.h"
#include "exporter/utf8.h"
#include "exporter/version.h"

#define INDEX_SIZE ((size_t)2 * RESOURCE_PROCESSES)
#define OWNER_MAX 64
#define INSTANCE_SIZE 36

struct process {
	struct reader_process described;
	char instance[INSTANCE_SIZE];
	char owner[OWNER_MAX];
	uint8_t owner_size;
};

struct resource_table {
	const struct config *config;
	bool session;
	struct machine machine;
	size_t processes;
	uint16_t index[INDEX_SIZE];	/* number of a process plus one, by its id */
	struct process process[RESOURCE_PROCESSES];
	char instance[INSTANCE_SIZE];	/* of the processes that were never described */
	struct resource built;		/* the last one asked for */
	bool built_known;
	bool told_malformed, told_full;
	size_t text_used;
	uint8_t text[RESOURCE_TEXT];
};

size_t resource_table_size(void)
{
	return sizeof(struct resource_table);
}

/* A random UUID (RFC 9562, version 4). */
static void instance_make(char ret[INSTANCE_SIZE])
{
	static const char digit[16] = "0123456789abcdef";
	uint8_t bytes[16];
	size_t at = 0;

	random_fill(bytes, sizeof(bytes));
	bytes[6] = (uint8_t)(0x40 | (bytes[6] & 0x0f));
	bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3f));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		ret[at++] = digit[bytes[i] >> 4];
		ret[at++] = digit[bytes[i] & 15];
	}
}

struct resource_table *resource_table_begin(void *memory, const struct config *config,
					    bool session)
{
	struct resource_table *table = memory;

	table->config = config;
	table->session = session;
	machine_read(&table->machine);
	instance_make(table->instance);
	return table;
}

/* ---- processes ---- */

static size_t slot_of(uint64_t process_id)
{
	return (size_t)(process_id * UINT64_C(0x9e3779b97f4a7c15) >> 32) % INDEX_SIZE;
}

static struct process *process_find(struct resource_table *table, uint64_t process_id)
{
	for (size_t i = slot_of(process_id); table->index[i]; i = (i + 1) % INDEX_SIZE) {
		struct process *process = &table->process[table->index[i] - 1];

		if (process->described.process_id == process_id)
			return process;
	}
	return NULL;
}

/* "/proc/PID" and what follows it. */
static void proc_path(uint32_t pid, const char *rest, char ret[32])
{
	size_t used = 6;

	memcpy(ret, "/proc/", used);
	used += number_format(pid, ret + used);
	memcpy(ret + used, rest, strlen(rest) + 1);
}

/* The user of a process that still lives and is the one that was described: pids are used again. */
static bool process_uid(const struct reader_process *described, uint32_t *ret)
{
	char path[32], target[512];
	struct stat status;
	ssize_t size;

	proc_path(described->pid, "/exe", path);
	size = readlink(path, target, sizeof(target));
	if (size <= 0 || !slice_equal(slice_of(target, (size_t)size), described->executable))
		return false;
	proc_path(described->pid, "", path);
	if (stat(path, &status) != 0)
		return false;
	*ret = status.st_uid;
	return true;
}

static void owner_find(struct resource_table *table, struct process *process)
{
	struct slice name;
	uint32_t uid;

	/* The text of the resource is free here: it belongs to the resource that is built next. */
	table->built_known = false;
	if (!process_uid(&process->described, &uid))
		return;
	name = passwd_name(small_file_read("/etc/passwd", table->text, sizeof(table->text)), uid);
	if (!name.size || name.size > OWNER_MAX)
		return;
	memcpy(process->owner, name.data, name.size);
	process->owner_size = (uint8_t)name.size;
}

void resource_describe(struct resource_table *table, const struct reader_process *described)
{
	struct process *process = process_find(table, described->process_id);
	size_t i = slot_of(described->process_id);

	if (process)
		return;
	if (table->processes == RESOURCE_PROCESSES) {
		if (!table->told_full)
			log_info("more than %d processes: later ones share a resource",
				 RESOURCE_PROCESSES);
		table->told_full = true;
		return;
	}
	process = &table->process[table->processes++];
	process->described = *described;
	instance_make(process->instance);
	owner_find(table, process);
	while (table->index[i])
		i = (i + 1) % INDEX_SIZE;
	table->index[i] = (uint16_t)table->processes;
}

struct slice resource_executable(const struct resource_table *table, uint32_t pid, uint32_t parent)
{
	for (size_t i = table->processes; i-- > 0;) {
		const struct reader_process *described = &table->process[i].described;

		if (described->pid == pid && described->parent_pid == parent)
			return described->executable;
	}
	return (struct slice){ 0 };
}

/* ---- building ---- */

static void set(struct resource *resource, const struct resource_attribute *attribute)
{
	for (size_t i = 0; i < resource->count; i++) {
		if (!slice_equal(resource->attribute[i].key, attribute->key))
			continue;
		resource->attribute[i] = *attribute;
		return;
	}
	if (resource->count == RESOURCE_ATTRIBUTES)
		resource->dropped++;
	else
		resource->attribute[resource->count++] = *attribute;
}

static void set_text(struct resource *resource, struct slice key, struct slice value)
{
	if (value.size)
		set(resource, &(struct resource_attribute){ .key = key, .value = value });
}

static void set_number(struct resource *resource, struct slice key, int64_t value)
{
	set(resource, &(struct resource_attribute){ .key = key, .integer = value, .number = true });
}

static struct slice keep(struct resource_table *table, struct slice text)
{
	uint8_t *to = table->text + table->text_used;

	if (text.size > sizeof(table->text) - table->text_used)
		return (struct slice){ 0 };
	if (text.size)
		memcpy(to, text.data, text.size);
	table->text_used += text.size;
	return slice_of(to, text.size);
}

static void set_default_name(struct resource_table *table, struct slice executable)
{
	uint8_t name[300] = "unknown_service";
	size_t used = sizeof("unknown_service") - 1;

	executable = slice_first(executable, sizeof(name) - used - 1);
	if (executable.size) {
		name[used++] = ':';
		memcpy(name + used, executable.data, executable.size);
		used += executable.size;
	}
	set_text(&table->built, SLICE("service.name"), keep(table, slice_of(name, used)));
}

static void set_software(struct resource *resource)
{
	set_text(resource, SLICE("telemetry.sdk.name"), SLICE("otelshim"));
	set_text(resource, SLICE("telemetry.sdk.language"), SLICE("c"));
	set_text(resource, SLICE("telemetry.sdk.version"), SLICE(PACKAGE_VERSION));
	set_text(resource, SLICE("telemetry.distro.name"), SLICE("otelshim"));
	set_text(resource, SLICE("telemetry.distro.version"), SLICE(PACKAGE_VERSION));
}

static void set_machine(struct resource *resource, const struct machine *machine)
{
	set_text(resource, SLICE("host.name"), machine->host_name);
	set_text(resource, SLICE("host.id"), machine->host_id);
	set_text(resource, SLICE("host.arch"), machine->host_arch);
	set_text(resource, SLICE("os.type"), SLICE("linux"));
	set_text(resource, SLICE("os.name"), machine->os_name);
	set_text(resource, SLICE("os.version"), machine->os_version);
	set_text(resource, SLICE("os.description"), machine->os_description);
}

static void set_process(struct resource_table *table, const struct process *process)
{
	struct resource *resource = &table->built;
	const struct reader_process *described = &process->described;
	char time[24];

	set_number(resource, SLICE("process.pid"), described->pid);
	if (described->start_ns) {
		resource_time_format(described->start_ns, time);
		set_text(resource, SLICE("process.creation.time"),
			 keep(table, slice_of(time, sizeof(time))));
	}
	set_text(resource, SLICE("process.executable.name"), text_base_name(described->executable));
	set_text(resource, SLICE("process.command"), described->command);
	set_text(resource, SLICE("process.owner"), slice_of(process->owner, process->owner_size));
}

static void set_list(struct resource_table *table, struct slice list)
{
	struct resource_attribute attribute;

	if (!resource_list_valid(list, table->text + table->text_used,
				 sizeof(table->text) - table->text_used)) {
		if (!table->told_malformed)
			log_warn("OTEL_RESOURCE_ATTRIBUTES is malformed, all of it is ignored");
		table->told_malformed = true;
		return;
	}
	while (resource_list_next(&list, table->text + table->text_used,
			       sizeof(table->text) - table->text_used, &attribute) > 0) {
		table->text_used += attribute.key.size + attribute.value.size;
		set(&table->built, &attribute);
	}
}

/* What the span itself says of its process: only the span of a whole run does. */
static struct slice own_executable(const struct span_record *span)
{
	struct attribute_value value;

	if (!span_attribute(span, ATTRIBUTE_PROCESS_EXECUTABLE_NAME, &value))
		return (struct slice){ 0 };
	return value.string;
}

static struct slice tracestate_keep(struct resource_table *table, struct slice tracestate)
{
	return utf8_valid(tracestate) ? keep(table, tracestate) : (struct slice){ 0 };
}

static void build(struct resource_table *table, const struct span_record *span)
{
	struct process *process = process_find(table, span->process_id);
	const struct config *config = table->config;
	struct slice list = process ? process->described.resource :
				      slice_of_string(config->resource_attributes);
	struct slice service = process ? process->described.service :
					 slice_of_string(config->service_name);
	struct slice executable = process ? text_base_name(process->described.executable) :
					    own_executable(span);

	table->text_used = 0;
	table->built = (struct resource){ .process_id = span->process_id };
	set_default_name(table, executable);
	set_text(&table->built, SLICE("service.instance.id"),
		 slice_of(process ? process->instance : table->instance, INSTANCE_SIZE));
	set_software(&table->built);
	if (process)
		set_process(table, process);
	set_machine(&table->built, &table->machine);
	set_list(table, list);
	set_text(&table->built, SLICE("service.name"), service);
	if (process)
		table->built.tracestate = tracestate_keep(table, process->described.tracestate);
}

const struct resource *resource_of(struct resource_table *table, const struct span_record *span)
{
	if (!table->built_known || table->built.process_id != span->process_id) {
		build(table, span);
		table->built_known = true;
	}
	return &table->built;
}

/* ---- time ---- */

static void put_digits(char *to, uint64_t number, int digits)
{
	while (digits-- > 0) {
		to[digits] = (char)('0' + number % 10);
		number /= 10;
	}
}

/* Days since 1970 to a date, by counting 400-year eras from March. */
void resource_time_format(uint64_t wall_ns, char ret[24])
{
	uint64_t ms = wall_ns / 1000000;
	uint64_t seconds = ms / 1000 % 86400;
	uint64_t day = ms / 86400000 + 719468;
	uint64_t era = day / 146097;
	uint64_t of_era = day % 146097;
	uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * of_year + 2) / 153;

	memcpy(ret, "0000-00-00T00:00:00.000Z", 24);
	put_digits(ret, era * 400 + year + (month >= 10), 4);
	put_digits(ret + 5, month < 10 ? month + 3 : month - 9, 2);
	put_digits(ret + 8, of_year - (153 * month + 2) / 5 + 1, 2);
	put_digits(ret + 11, seconds / 3600, 2);
	put_digits(ret + 14, seconds / 60 % 60, 2);
	put_digits(ret + 17, seconds % 60, 2);
	put_digits(ret + 20, ms % 1000, 3);
}
