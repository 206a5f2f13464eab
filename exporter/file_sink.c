/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of OTLP JSON into a file. */
#include "exporter/file_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/real.h"
#include "exporter/number.h"

/* No span is longer: every byte of a record may become six, and names and numbers stand around. */
#define SPAN_MAX ((size_t)256 << 10)
#define LINE_ROOM (FILE_SINK_LINE + SPAN_MAX)

bool file_sink_path(const char *pattern, uint32_t pid, char *ret, size_t room)
{
	char digits[NUMBER_SIZE];
	size_t size = number_format(pid, digits);
	size_t used = 0;

	for (; *pattern; pattern++) {
		bool is_pid = pattern[0] == '%' && pattern[1] == 'p';
		struct slice piece = is_pid ? slice_of(digits, size) : slice_of(pattern, 1);

		if (piece.size >= room - used)
			return false;
		memcpy(ret + used, piece.data, piece.size);
		used += piece.size;
		pattern += is_pid;
	}
	ret[used] = '\0';
	return true;
}

static const char *error_text(int error)
{
	switch (error) {
	case ENOENT:
		return "no such directory";
	case EACCES:
	case EPERM:
		return "permission denied";
	case EROFS:
		return "read-only file system";
	case EISDIR:
		return "is a directory";
	case ENOSPC:
	case EDQUOT:
		return "no space left";
	case ENAMETOOLONG:
		return "name too long";
	case ENOTDIR:
		return "a part of the path is no directory";
	case EFBIG:
		return "file too large";
	case ENXIO:
		return "nobody reads the pipe";
	default:
		return "failed";
	}
}

void file_sink_reopen(struct file_sink *sink)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	if (sink->fd >= 0)
		return;
	sink->fd = open(sink->path, flags, 0600);
	if (sink->fd < 0 && !sink->told) {
		log_error("cannot write the span file %s: %s", sink->path, error_text(errno));
		sink->told = true;
	}
}

bool file_sink_open(struct file_sink *sink, const char *pattern, struct attribute_limits limits,
		    uint8_t *memory)
{
	*sink = (struct file_sink){ .fd = -1, .memory = memory, .limits = limits };
	if (!file_sink_path(pattern, (uint32_t)getpid(), sink->path, sizeof(sink->path))) {
		log_error("span file: name too long");
		return false;
	}
	file_sink_reopen(sink);
	return sink->fd >= 0;
}

static void tell(struct file_sink *sink, int error)
{
	if (!sink->told)
		log_error("cannot write to the span file %s: %s; spans are lost", sink->path,
			  error_text(error));
	sink->told = true;
}

/* Where the next line begins, with room for the longest; null when the memory is full. */
static uint8_t *line_place(struct file_sink *sink)
{
	if (sink->lines == FILE_SINK_LINES)
		return NULL;
	if (!sink->lines)
		sink->start = sink->used = sink->first = 0;
	if (FILE_SINK_SIZE - sink->used >= LINE_ROOM)
		return sink->memory + sink->used;
	if (sink->start < FILE_SINK_SIZE / 2)
		return NULL;
	memmove(sink->memory, sink->memory + sink->start, sink->used - sink->start);
	for (size_t i = 0; i < sink->lines; i++)
		sink->table[(sink->first + i) % FILE_SINK_LINES].end -= (uint32_t)sink->start;
	sink->used -= sink->start;
	sink->start = 0;
	return sink->memory + sink->used;
}

void file_sink_end_line(struct file_sink *sink)
{
	struct file_sink_line *line;
	struct slice text;

	if (!sink->line.spans)
		return;
	text = otlp_json_end(&sink->line);
	sink->used += text.size;
	sink->memory[sink->used++] = '\n';
	line = &sink->table[(sink->first + sink->lines++) % FILE_SINK_LINES];
	line->end = (uint32_t)sink->used;
	line->spans = (uint32_t)sink->line.spans;
	sink->line.spans = 0;
}

/* Memory full: the disk must take some of it first. */
static uint8_t *line_begin(struct file_sink *sink)
{
	uint8_t *place = line_place(sink);

	for (unsigned i = 0; !place && i < FILE_SINK_LINES && file_sink_write(sink); i++)
		place = line_place(sink);
	return place ? place : line_place(sink);
}

/* What is collected counts, so that the file ends with a whole line. */
static bool is_full(struct file_sink *sink)
{
	if (!sink->size_max || sink->size + (sink->used - sink->start) < sink->size_max)
		return false;
	if (!sink->told)
		log_warn("the span file %s is full; later spans are not kept", sink->path);
	sink->told = true;
	return true;
}

void file_sink_add(struct file_sink *sink, const struct resource *resource,
		   const struct span *span)
{
	if (sink->fd < 0 || is_full(sink)) {
		sink->lost++;
		return;
	}
	if (!sink->line.spans) {
		uint8_t *place = line_begin(sink);

		if (!place) {
			sink->lost++;
			return;
		}
		otlp_json_begin(&sink->line, sink->limits, place, LINE_ROOM - 1);
	}
	if (!otlp_json_span(&sink->line, resource, span))
		sink->lost++;
	else if (json_size(&sink->line.json) >= FILE_SINK_LINE)
		file_sink_end_line(sink);
}

/* How many whole lines one write takes, and where they end. */
static size_t lines_to_write(const struct file_sink *sink, size_t *ret_end)
{
	size_t count = 0;

	while (count < sink->lines) {
		size_t end = sink->table[(sink->first + count) % FILE_SINK_LINES].end;

		if (count && end - sink->start > FILE_SINK_WRITE)
			break;
		*ret_end = end;
		count++;
	}
	return count;
}

static void lines_drop(struct file_sink *sink, size_t count, uint64_t *counter)
{
	while (count--) {
		*counter += sink->table[sink->first].spans;
		sink->first = (sink->first + 1) % FILE_SINK_LINES;
		sink->lines--;
	}
}

/* A line that a failed write left half in the file must not swallow the next one. */
static void line_repair(struct file_sink *sink)
{
	if (sink->broken && real()->write(sink->fd, "\n", 1) == 1)
		sink->broken = false;
}

/* Whole lines behind the last byte that was written. */
static size_t lines_before(const struct file_sink *sink, size_t offset)
{
	size_t count = 0;

	while (count < sink->lines &&
	       sink->table[(sink->first + count) % FILE_SINK_LINES].end <= offset)
		count++;
	return count;
}

bool file_sink_write(struct file_sink *sink)
{
	size_t end = 0, count = lines_to_write(sink, &end);
	ssize_t done;

	if (sink->fd < 0 || !count)
		return false;
	line_repair(sink);
	done = real()->write(sink->fd, sink->memory + sink->start, end - sink->start);
	if (done < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	if (done < 0) {
		tell(sink, errno);
		sink->broken = sink->broken || sink->inside;
		sink->inside = false;
		lines_drop(sink, count, &sink->lost);
		sink->start = end;
		return false;
	}
	sink->start += (size_t)done;
	sink->size += (uint64_t)done;
	if (done)
		sink->inside = sink->memory[sink->start - 1] != '\n';
	lines_drop(sink, lines_before(sink, sink->start), &sink->written);
	return sink->lines > 0;
}

void file_sink_flush(struct file_sink *sink)
{
	file_sink_end_line(sink);
	while (file_sink_write(sink))
		;
}

void file_sink_close(struct file_sink *sink)
{
	if (sink->fd < 0)
		return;
	file_sink_flush(sink);
	close(sink->fd);
	sink->fd = -1;
}
