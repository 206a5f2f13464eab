/* SPDX-License-Identifier: Apache-2.0 */
/* Removing abandoned sessions. */
#include "cli/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/mapping.h"

/* "otelshim-" and 32 hex digits. */
static bool is_session(const char *name)
{
	static const char prefix[] = "otelshim-";
	const size_t size = sizeof(prefix) - 1;

	return strncmp(name, prefix, size) == 0 && strlen(name) == size + 32 &&
	       strspn(name + size, "0123456789abcdef") == 32;
}

/* Ours, old enough, and locked by nobody. */
static bool is_abandoned(int area)
{
	struct stat status;

	return fstat(area, &status) == 0 && S_ISREG(status.st_mode) &&
	       status.st_uid == geteuid() && time(NULL) - status.st_ctime > SWEEP_AGE_S &&
	       flock(area, LOCK_EX | LOCK_NB) == 0;
}

static void sweep_one(const char *parent, const char *name)
{
	char path[PATH_MAX], area_path[PATH_MAX + 8], link[PATH_MAX + 24];
	int area;

	if (snprintf(path, sizeof(path), "%s/%s", parent, name) >= (int)sizeof(path))
		return;
	snprintf(area_path, sizeof(area_path), "%s/area", path);
	snprintf(link, sizeof(link), "%s/libotelshim.so", path);
	area = open(area_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (area < 0)
		return;
	if (is_abandoned(area) && !mapping_holder(area_path, 0)) {
		unlink(area_path);
		unlink(link);
		rmdir(path);
	}
	close(area);
}

void sweep_sessions(const char *parent)
{
	DIR *directory = opendir(parent);
	const struct dirent *entry;
	int looked_at = 0;

	if (!directory)
		return;
	while (looked_at < SWEEP_MOST && (entry = readdir(directory)) != NULL)
		if (is_session(entry->d_name)) {
			sweep_one(parent, entry->d_name);
			looked_at++;
		}
	closedir(directory);
}
