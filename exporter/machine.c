/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of the machine. */
#include "exporter/machine.h"

#include <sys/utsname.h>

#include "exporter/small_file.h"

struct slice machine_arch(struct slice kernel_name)
{
	static const struct {
		const char *kernel, *semconv;
	} names[] = {
		{ "x86_64", "amd64" }, { "aarch64", "arm64" }, { "armv7l", "arm32" },
		{ "armv6l", "arm32" }, { "i686", "x86" },      { "i386", "x86" },
		{ "ppc64le", "ppc64" }, { "ppc", "ppc32" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_equal(kernel_name, slice_of_string(names[i].kernel)))
			return slice_of_string(names[i].semconv);
	return kernel_name;
}

static struct slice keep(struct machine *machine, struct slice text)
{
	uint8_t *to = machine->text + machine->used;

	if (text.size > sizeof(machine->text) - machine->used)
		return (struct slice){ 0 };
	if (text.size)
		memcpy(to, text.data, text.size);
	machine->used += text.size;
	return slice_of(to, text.size);
}

static size_t unquote(struct slice text, uint8_t *ret, size_t room)
{
	uint8_t quote = 0;
	size_t used = 0;

	if (text.size >= 2 && (text.data[0] == '"' || text.data[0] == '\'') &&
	    text.data[text.size - 1] == text.data[0]) {
		quote = text.data[0];
		text = slice_of(text.data + 1, text.size - 2);
	}
	for (size_t i = 0; i < text.size && used < room; i++) {
		if (text.data[i] == '\\' && quote != '\'' && i + 1 < text.size)
			i++;
		ret[used++] = text.data[i];
	}
	return used;
}

size_t os_release_value(struct slice text, struct slice key, uint8_t *ret, size_t room)
{
	struct slice line;

	while (line_next(&text, &line)) {
		if (line.size <= key.size || line.data[key.size] != '=' ||
		    !slice_equal(slice_first(line, key.size), key))
			continue;
		return unquote(text_trim(slice_after(line, key.size + 1)), ret, room);
	}
	return 0;
}

static struct slice release_keep(struct machine *machine, struct slice text, struct slice key)
{
	uint8_t value[256];

	return keep(machine, slice_of(value, os_release_value(text, key, value, sizeof(value))));
}

void machine_read(struct machine *ret)
{
	uint8_t file[3072];
	struct utsname system;
	struct slice text;

	*ret = (struct machine){ 0 };
	if (uname(&system) == 0) {
		ret->host_name = keep(ret, slice_of_string(system.nodename));
		ret->host_arch = keep(ret, machine_arch(slice_of_string(system.machine)));
	}
	text = small_file_read("/etc/machine-id", file, sizeof(file));
	if (!text.size)
		text = small_file_read("/var/lib/dbus/machine-id", file, sizeof(file));
	ret->host_id = keep(ret, text_trim(text));
	text = small_file_read("/etc/os-release", file, sizeof(file));
	if (!text.size)
		text = small_file_read("/usr/lib/os-release", file, sizeof(file));
	ret->os_name = release_keep(ret, text, SLICE("NAME"));
	ret->os_version = release_keep(ret, text, SLICE("VERSION_ID"));
	ret->os_description = release_keep(ret, text, SLICE("PRETTY_NAME"));
}

static bool uid_equal(struct slice digits, uint32_t uid)
{
	uint64_t number = 0;

	if (!digits.size || digits.size > 10)
		return false;
	for (size_t i = 0; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(digits.data[i] - '0');
	}
	return number == uid;
}

static struct slice field_next(struct slice *line)
{
	const uint8_t *colon = line->size ? memchr(line->data, ':', line->size) : NULL;
	size_t size = colon ? (size_t)(colon - line->data) : line->size;
	struct slice field = slice_first(*line, size);

	*line = slice_after(*line, size + 1);
	return field;
}

struct slice passwd_name(struct slice text, uint32_t uid)
{
	struct slice line;

	while (line_next(&text, &line)) {
		struct slice name = field_next(&line);

		field_next(&line);
		if (uid_equal(field_next(&line), uid))
			return name;
	}
	return (struct slice){ 0 };
}
