/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs one case of libpq, by its name:
 *
 *	main ID [NUMBER]	the case, once; then the descriptors that are open
 *	main --list		the names
 *
 * LIBPQ_ROUNDS=N runs it N times; LIBPQ_MEMORY=FILE writes there how much anonymous memory was
 * mapped after the first tenth of the rounds and at the end, in KiB.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case.h"

static const struct libpq_case *const tables[] = {
	simple_cases, prepared_cases, copy_cases,   async_cases,
	pipeline_cases, connect_cases, cancel_cases, thread_cases,
	option_cases,
};

static int number;

int case_number(int otherwise)
{
	return number ? number : otherwise;
}

static const struct libpq_case *find(const char *id)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct libpq_case *found = tables[i]; found->id; found++)
			if (!strcmp(found->id, id))
				return found;
	return NULL;
}

static void list(void)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct libpq_case *found = tables[i]; found->id; found++)
			puts(found->id);
}

static long anonymous_memory(void)
{
	char line[512];
	unsigned long begin;
	char *end;
	long total = 0;
	FILE *maps = fopen("/proc/self/maps", "r");

	if (!maps)
		return -1;
	while (fgets(line, sizeof(line), maps)) {
		begin = strtoul(line, &end, 16);
		if (*end == '-' && !strchr(line, '/') && !strchr(line, '['))
			total += (long)((strtoul(end + 1, NULL, 16) - begin) >> 10);
	}
	fclose(maps);
	return total;
}

static void run(const struct libpq_case *found, int rounds)
{
	const char *path = getenv("LIBPQ_MEMORY");
	long before = 0;

	for (int i = 0; i < rounds; i++) {
		found->run();
		if (i == rounds / 10)
			before = anonymous_memory();
	}
	if (path) {
		FILE *file = fopen(path, "w");

		session_require(file != NULL, path);
		fprintf(file, "%ld %ld\n", before, anonymous_memory());
		fclose(file);
	}
}

static void show_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;

	session_require(directory != NULL, "/proc/self/fd");
	if (!directory)
		return;
	printf("open:");
	for (int fd = 0; fd < 1024; fd++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", fd);
		rewinddir(directory);
		while ((entry = readdir(directory)))
			if (!strcmp(entry->d_name, name))
				printf(" %d", fd);
		if (fd > 64)
			break;
	}
	printf("\n");
	closedir(directory);
}

int main(int argc, char **argv)
{
	const struct libpq_case *found;
	const char *rounds = getenv("LIBPQ_ROUNDS");

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		list();
		return 0;
	}
	found = argc > 1 ? find(argv[1]) : NULL;
	if (!found) {
		fprintf(stderr, "usage: main ID [NUMBER] | --list\n");
		return 2;
	}
	number = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	run(found, rounds ? (int)strtol(rounds, NULL, 10) : 1);
	show_descriptors();
	return 0;
}
