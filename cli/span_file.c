/* SPDX-License-Identifier: Apache-2.0 */
/* Name and place of the span file. */
#include "cli/span_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What stands for "%@letter"; null: nothing does. */
static const char *meaning_of(char letter, const char *pid, const char *host, const char *command)
{
	switch (letter) {
	case 'p':
		return pid;
	case 'h':
		return host;
	case 'n':
		return program_base_name(command);
	case '%':
		return "%";
	default:
		return NULL;
	}
}

int span_file_name(const char *pattern, long pid, const char *command, char ret[PROGRAM_PATH])
{
	char digits[24], host[256] = "";
	size_t used = 0;

	snprintf(digits, sizeof(digits), "%ld", pid);
	gethostname(host, sizeof(host) - 1);
	for (; *pattern; pattern++) {
		char one[2] = { *pattern, 0 };
		const char *piece = *pattern == '%' ?
					    meaning_of(pattern[1], digits, host, command) :
					    NULL;
		size_t size;

		if (piece)
			pattern++;
		else
			piece = one;
		size = strlen(piece);
		if (size >= PROGRAM_PATH - used)
			return -ENAMETOOLONG;
		memcpy(ret + used, piece, size);
		used += size;
	}
	ret[used] = 0;
	return 0;
}

static int keep_old(const char *path)
{
	char old[PROGRAM_PATH + 8];

	snprintf(old, sizeof(old), "%s.old", path);
	return rename(path, old) == 0 ? 0 : -errno;
}

int span_file_prepare(const char *path, bool replace)
{
	int descriptor, error = 0;
	struct stat status;

	if (stat(path, &status) == 0) {
		if (!S_ISREG(status.st_mode))
			return S_ISDIR(status.st_mode) ? -EISDIR : 0;
		if (replace)
			error = keep_old(path);
	}
	if (error)
		return error;
	descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (descriptor < 0)
		return -errno;
	close(descriptor);
	return 0;
}
