/* SPDX-License-Identifier: Apache-2.0 */
/* One line, one write: formatted by hand, written by system calls of our own. */
#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/cold.h"
#include "base/raw.h"

#define LOG_LINE 512
#define LOG_PATH 1024
#define LOG_MINUTE_NS ((uint64_t)60 * 1000000000u)
#define LOG_STDERR 2

struct log_line {
	size_t size;
	char text[LOG_LINE];
};

static enum log_level log_level = LOG_NONE;
static bool log_has_path;
static char log_path[LOG_PATH] COLD_TABLE;
static bool log_detached;

/*
 * The one line being made is static, since frames are small; the word holds the process id of its
 * writer, so that a child forked in the middle is not held back by a writer that it does not have.
 */
static _Atomic uint32_t log_writer;
static struct log_line log_line COLD_TABLE;
static uint64_t log_minute_ns;	/* start of this minute; the writer's, as the next two */
static uint32_t log_lines;	/* written in it */
static uint64_t log_told;	/* of those held back */
static _Atomic uint64_t log_lost;

void log_detach(void)
{
	log_detached = true;
}

START void log_configure(enum log_level level, const char *path)
{
	size_t size = path ? strlen(path) : 0;

	log_level = level;
	if (size >= sizeof(log_path))
		size = 0;
	log_has_path = size > 0;
	if (!log_has_path)
		return;
	memcpy(log_path, path, size);
	log_path[size] = '\0';
}

uint64_t log_held_back(void)
{
	return atomic_load_explicit(&log_lost, memory_order_relaxed);
}

/* Leaves room for the line's end. */
static void log_append(struct log_line *line, const char *text, size_t size)
{
	size_t room = sizeof(line->text) - 1 - line->size;

	if (size > room)
		size = room;
	memcpy(line->text + line->size, text, size);
	line->size += size;
}

static void log_append_number(struct log_line *line, uint64_t value, unsigned int base)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	log_append(line, digits + at, sizeof(digits) - at);
}

static void log_append_signed(struct log_line *line, int64_t value)
{
	if (value < 0)
		log_append(line, "-", 1);
	log_append_number(line, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

/* What a conversion says between % and its letter. */
struct log_conversion {
	bool limited;	/* ".*" */
	bool wide;	/* l, ll or z: all 64 bits here */
};

_Static_assert(sizeof(long) == sizeof(int64_t), "l and ll are one width");

static const char *log_parse(const char *at, struct log_conversion *ret)
{
	*ret = (struct log_conversion){ 0 };
	if (at[0] == '.' && at[1] == '*') {
		ret->limited = true;
		at += 2;
	}
	while (*at == 'l' || *at == 'z') {
		ret->wide = true;
		at++;
	}
	return at;
}

/* The arguments stay in one place: a copy of the list would be a frame of its own. */
struct log_arguments {
	va_list list;
};

static void log_append_string(struct log_line *line, struct log_conversion how,
			      struct log_arguments *arguments)
{
	size_t most = SIZE_MAX;
	const char *text;

	if (how.limited) {
		int limit = va_arg(arguments->list, int);

		most = limit < 0 ? SIZE_MAX : (size_t)limit;
	}
	text = va_arg(arguments->list, const char *);
	if (!text)
		text = "(null)";
	log_append(line, text, strnlen(text, most < LOG_LINE ? most : LOG_LINE));
}

static void log_convert(struct log_line *line, char letter, struct log_conversion how,
			struct log_arguments *arguments)
{
	char character;

	switch (letter) {
	case 's':
		log_append_string(line, how, arguments);
		break;
	case 'd':
		log_append_signed(line, how.wide ? va_arg(arguments->list, long) :
						   va_arg(arguments->list, int));
		break;
	case 'u':
	case 'x':
		log_append_number(line,
				  how.wide ? va_arg(arguments->list, unsigned long) :
					     va_arg(arguments->list, unsigned int),
				  letter == 'x' ? 16 : 10);
		break;
	case 'c':
		character = (char)va_arg(arguments->list, int);
		log_append(line, &character, 1);
		break;
	default:
		log_append(line, &letter, letter != '\0');
		break;
	}
}

static void log_format(struct log_line *line, const char *format, struct log_arguments *arguments)
{
	while (*format) {
		const char *percent = strchr(format, '%');
		struct log_conversion how;

		if (!percent) {
			log_append(line, format, strlen(format));
			return;
		}
		log_append(line, format, (size_t)(percent - format));
		format = log_parse(percent + 1, &how);
		log_convert(line, *format, how, arguments);
		if (*format)
			format++;
	}
}

/* One line each, whatever was quoted in it; tabs and bytes of UTF-8 stay. */
static void log_end(struct log_line *line, size_t from)
{
	for (size_t i = from; i < line->size; i++) {
		unsigned char byte = (unsigned char)line->text[i];

		if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
			line->text[i] = '?';
	}
	line->text[line->size++] = '\n';
}

static void log_begin(struct log_line *line, enum log_level level, uint32_t pid)
{
	static const char *const names[] = { "none", "error", "warn", "info", "debug" };

	line->size = 0;
	log_append(line, "otelshim[", 9);
	log_append_number(line, pid, 10);
	log_append(line, "]: ", 3);
	log_append(line, names[level], strlen(names[level]));
	log_append(line, ": ", 2);
}

/*
 * Opened for each line: no descriptor is held, and the file may be moved away. /proc/self shows the
 * table of the process, not that of the thread that asks.
 */
static int log_open(void)
{
	const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	if (!log_has_path && log_detached)
		return (int)raw_call4(SYS_openat, AT_FDCWD, (long)"/proc/self/fd/2", flags, 0);
	if (!log_has_path)
		return LOG_STDERR;
	return (int)raw_call4(SYS_openat, AT_FDCWD, (long)log_path,
			      flags | O_CREAT | O_NOFOLLOW, 0600);
}

static bool log_put(const struct log_line *line)
{
	int fd = log_open();
	long written;

	if (fd < 0)
		return false;
	written = raw_call3(SYS_write, fd, (long)line->text, (long)line->size);
	if (fd != LOG_STDERR)
		raw_call3(SYS_close, fd, 0, 0);
	return written > 0;
}

static void log_lose(void)
{
	atomic_fetch_add_explicit(&log_lost, 1, memory_order_relaxed);
}

/* True when this minute has room; the first line of a minute after silence is always written. */
static bool log_permit(void)
{
	uint64_t now_ns = clock_now_ns();

	if (log_minute_ns == 0 || now_ns - log_minute_ns >= LOG_MINUTE_NS) {
		log_minute_ns = now_ns;
		log_lines = 0;
	}
	if (log_lines >= LOG_LINES_A_MINUTE)
		return false;
	log_lines++;
	return true;
}

static void log_append_held_back(struct log_line *line)
{
	uint64_t lost = log_held_back();

	if (lost == log_told)
		return;
	log_append(line, " (held back before: ", 20);
	log_append_number(line, lost - log_told, 10);
	log_append(line, ")", 1);
	log_told = lost;
}

void log_write(enum log_level level, const char *format, ...)
{
	struct log_arguments arguments;
	uint32_t writer = 0;
	uint32_t pid;
	size_t prefix;

	if (level == LOG_NONE || level > log_level)
		return;
	pid = (uint32_t)raw_call3(SYS_getpid, 0, 0, 0);
	writer = atomic_load(&log_writer);
	if (writer == pid || !atomic_compare_exchange_strong(&log_writer, &writer, pid)) {
		log_lose();
		return;
	}
	if (!log_permit()) {
		log_lose();
		atomic_store(&log_writer, 0);
		return;
	}
	log_begin(&log_line, level, pid);
	prefix = log_line.size;
	va_start(arguments.list, format);
	log_format(&log_line, format, &arguments);
	va_end(arguments.list);
	log_append_held_back(&log_line);
	log_end(&log_line, prefix);
	if (!log_put(&log_line))
		log_lose();
	atomic_store(&log_writer, 0);
}
