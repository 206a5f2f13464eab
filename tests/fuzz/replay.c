/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main() of a fuzz target in an ordinary build: runs every file of its corpus through it, whole and
 * cut at every byte, each in a heap block of exact size. `fuzz_sql` reads tests/fuzz/corpus/sql
 * below $srcdir; files and folders given as arguments are read instead. An empty corpus is a
 * failure.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX ((size_t)4 << 20)

/* Longer inputs are not cut: that would be quadratic. */
#define CUT_MAX ((size_t)4 << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void input_run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static bool file_replay(const char *path)
{
	static uint8_t data[INPUT_MAX];
	FILE *file = fopen(path, "rb");

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	size_t size = fread(data, 1, sizeof(data), file);

	fclose(file);
	for (size_t cut = size < CUT_MAX ? 0 : size; cut < size; cut++)
		input_run(data, cut);
	input_run(data, size);
	return true;
}

/* How many files below @path were run; negative when one could not be. */
static int path_replay(const char *path)
{
	struct stat status;
	struct dirent **entries;
	int files = 0;

	if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
		return file_replay(path) ? 1 : -1;

	int count = scandir(path, &entries, NULL, alphasort);

	if (count < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	for (int i = 0; i < count; i++) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && files >= 0)
			files = file_replay(name) ? files + 1 : -1;
		free(entries[i]);
	}
	free(entries);
	return files;
}

/* The corpus of the target by the program's own name. */
static void corpus_path(const char *program, char *path, size_t size)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	const char *top = getenv("srcdir");

	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(path, size, "%s/tests/fuzz/corpus/%s", top ? top : ".", name);
}

int main(int argc, char **argv)
{
	char corpus[4096];
	char *own[] = { argv[0], corpus };
	int files = 0;

	if (argc < 2) {
		corpus_path(argv[0], corpus, sizeof(corpus));
		argc = 2;
		argv = own;
	}
	for (int i = 1; i < argc; i++) {
		int more = path_replay(argv[i]);

		if (more < 0)
			return 1;
		files += more;
	}
	printf("%d inputs replayed\n", files);
	return files > 0 ? 0 : 1;
}
