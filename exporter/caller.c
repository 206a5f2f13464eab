/* SPDX-License-Identifier: Apache-2.0 */
/* Function names of callers, by module path and offset. */
#include "exporter/caller.h"

#include <string.h>

/* Longer paths stay without names. */
#define PATH_SIZE_MAX 2048

static void file_open(struct caller_file *file, struct slice path)
{
	char name[PATH_SIZE_MAX];

	file->path = path;
	file->file.image = slice_of(NULL, 0);
	if (path.size >= sizeof(name) || path.data[0] != '/')
		return;
	memcpy(name, path.data, path.size);
	name[path.size] = 0;
	symbol_open(name, &file->file);
}

static const struct caller_file *file_of(struct caller_names *names, struct slice path)
{
	for (size_t i = 0; i < names->count; i++)
		if (slice_equal(names->file[i].path, path))
			return &names->file[i];
	if (names->count == CALLER_FILES)
		return NULL;
	file_open(&names->file[names->count], path);
	return &names->file[names->count++];
}

struct slice caller_function(struct caller_names *names, const struct summary_caller *caller)
{
	struct slice function = slice_of(NULL, 0);
	const struct caller_file *file;

	if (caller->module.size == 0)
		return function;
	file = file_of(names, caller->module);
	if (file && file->file.image.size > 0)
		symbol_find(file->file.image, caller->offset, &function);
	return function;
}

void caller_names_end(struct caller_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		symbol_close(&names->file[i].file);
	names->count = 0;
}
