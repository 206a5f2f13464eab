/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs one case of libcurl, by its name:
 *
 *	main ID		the case, once; then the descriptors that are open
 *	main --list	the names
 *	main --version	that of libcurl
 *
 * CURL_ROUNDS=N runs it N times; CURL_MEMORY=FILE writes there how much anonymous memory was
 * mapped after the first tenth of the rounds and at the end, in KiB.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

#define DESCRIPTORS_SEEN 256

static const struct curl_case *const tables[] = {
	easy_cases, header_cases, ending_cases, handle_cases,
	multi_cases, scheme_cases, lookup_cases, thread_cases,
};

static const struct curl_case *find(const char *id)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct curl_case *found = tables[i]; found->id; found++)
			if (!strcmp(found->id, id))
				return found;
	return NULL;
}

static void list(void)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct curl_case *found = tables[i]; found->id; found++)
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

static void run(const struct curl_case *found, int rounds)
{
	const char *path = getenv("CURL_MEMORY");
	long before = 0;

	for (int i = 0; i < rounds; i++) {
		found->run();
		if (i == rounds / 10)
			before = anonymous_memory();
	}
	if (path) {
		FILE *file = fopen(path, "w");

		require(file != NULL, path);
		fprintf(file, "%ld %ld\n", before, anonymous_memory());
		fclose(file);
	}
}

static void show_descriptors(void)
{
	printf("open:");
	for (int fd = 0; fd < DESCRIPTORS_SEEN; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	printf("\n");
}

int main(int argc, char **argv)
{
	const struct curl_case *found = argc == 2 ? find(argv[1]) : NULL;
	const char *rounds = getenv("CURL_ROUNDS");

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		list();
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts(curl_version_info(CURLVERSION_NOW)->version);
		return 0;
	}
	if (!found) {
		fprintf(stderr, "usage: main ID | --list | --version\n");
		return 2;
	}
	require(!curl_global_init(CURL_GLOBAL_ALL), "curl_global_init");
	run(found, rounds ? (int)strtol(rounds, NULL, 10) : 1);
	curl_global_cleanup();
	show_descriptors();
	return 0;
}
