/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own voice: `otelshim[PID]: level: text`, one write(2) a line to standard error or to
 * OTELSHIM_LOG_FILE, by OTEL_LOG_LEVEL. Header values and passwords are never printed.
 *
 * Threads: for the consumer and the supervisor; application threads do not speak. No stdio, no
 * allocation; a line is cut at 512 bytes. At most LOG_LINES_A_MINUTE lines a minute are written,
 * what was held back is counted and told with the next line that passes.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#define LOG_LINES_A_MINUTE 60

enum log_level { LOG_NONE, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* @path null or empty: standard error. Set once, at load. */
void log_configure(enum log_level level, const char *path);

/*
 * The speaking thread has a descriptor table of its own from now on: standard error is that of the
 * process, opened for each line.
 */
void log_detach(void);

/* printf-like, by our own small formatter: %s %d %u %lu %lld %zu %x %c %%, and %.*s. */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

/* Lines held back so far. */
uint64_t log_held_back(void);

#endif
