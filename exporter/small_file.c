/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, lines and words. */
#include "exporter/small_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/real.h"

struct slice small_file_read(const char *path, uint8_t *memory, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t used = 0;

	if (fd < 0)
		return (struct slice){ 0 };
	while (used < room) {
		ssize_t got = real()->read(fd, memory + used, room - used);

		if (got <= 0)
			break;
		used += (size_t)got;
	}
	close(fd);
	return slice_of(memory, used);
}

bool line_next(struct slice *text, struct slice *ret)
{
	const uint8_t *end;
	size_t size;

	if (!text->size)
		return false;
	end = memchr(text->data, '\n', text->size);
	size = end ? (size_t)(end - text->data) : text->size;
	*ret = slice_first(*text, size);
	*text = slice_after(*text, size + 1);
	return true;
}

static bool blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct slice text_trim(struct slice text)
{
	while (text.size && blank(text.data[0]))
		text = slice_after(text, 1);
	while (text.size && blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

struct slice text_base_name(struct slice path)
{
	const uint8_t *slash = path.size ? memrchr(path.data, '/', path.size) : NULL;

	return slash ? slice_after(path, (size_t)(slash + 1 - path.data)) : path;
}

struct slice word_next(struct slice *text)
{
	size_t size = 0;
	struct slice word;

	while (text->size && blank(text->data[0]))
		*text = slice_after(*text, 1);
	while (size < text->size && !blank(text->data[size]))
		size++;
	word = slice_first(*text, size);
	*text = slice_after(*text, size);
	return word;
}
