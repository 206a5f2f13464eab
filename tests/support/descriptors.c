/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preload that tells which descriptors each process of a program has when it exits: one line in
 * the file that DESCRIPTORS names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the tests' programs have at most. */
#define DESCRIPTORS_SEEN 256

static char path[256];

/* A program may do as it likes with its environment later. */
__attribute__((constructor)) static void begin(void)
{
	const char *given = getenv("DESCRIPTORS");

	if (given)
		strncpy(path, given, sizeof(path) - 1);
}

__attribute__((destructor)) static void tell(void)
{
	bool open_now[DESCRIPTORS_SEEN];
	char line[4096];
	size_t size = 0;
	int file;

	if (!path[0])
		return;
	for (int fd = 0; fd < DESCRIPTORS_SEEN; fd++)
		open_now[fd] = fcntl(fd, F_GETFD) >= 0;
	size += (size_t)snprintf(line, sizeof(line), "%s:", program_invocation_short_name);
	for (int fd = 0; fd < DESCRIPTORS_SEEN; fd++)
		if (open_now[fd])
			size += (size_t)snprintf(line + size, sizeof(line) - size, " %d", fd);
	line[size++] = '\n';
	file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (file < 0 || write(file, line, size) != (ssize_t)size)
		abort();
	close(file);
}
