/* SPDX-License-Identifier: Apache-2.0 */
/* Reading /proc/PID/maps. */
#include "cli/mapping.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool maps_mention(int descriptor, const char *path)
{
	char chunk[16384];
	size_t kept = 0, length = strlen(path);
	ssize_t size;

	while ((size = read(descriptor, chunk + kept, sizeof(chunk) - kept)) > 0) {
		size_t filled = kept + (size_t)size;

		if (memmem(chunk, filled, path, length))
			return true;
		kept = filled < length ? filled : length - 1;
		memmove(chunk, chunk + filled - kept, kept);
	}
	return false;
}

bool mapping_of(uint32_t pid, const char *path)
{
	char maps[64];
	int descriptor;
	bool found;

	snprintf(maps, sizeof(maps), "/proc/%u/maps", pid);
	descriptor = open(maps, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	found = maps_mention(descriptor, path);
	close(descriptor);
	return found;
}

uint32_t mapping_holder(const char *path, uint32_t but)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	uint32_t found = 0;

	while (directory && !found && (entry = readdir(directory)) != NULL) {
		unsigned long pid = strtoul(entry->d_name, NULL, 10);

		if (pid > 0 && pid <= UINT32_MAX && pid != but && mapping_of((uint32_t)pid, path))
			found = (uint32_t)pid;
	}
	if (directory)
		closedir(directory);
	return found;
}
