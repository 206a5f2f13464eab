/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small shared objects that a test makes of C text with $CC (default: cc) in a directory of its
 * own, and opens.
 */
#ifndef TESTS_SUPPORT_PLUGIN_H
#define TESTS_SUPPORT_PLUGIN_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char plugin_directory[] = "/tmp/plugin.XXXXXX";

/* As a group's setup and teardown. */
static inline int plugin_begin(void **state)
{
	(void)state;
	return mkdtemp(plugin_directory) ? 0 : -1;
}

static inline int plugin_end(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", plugin_directory);
	return system(command);
}

/* The path of @file in the directory; valid until the fourth call after this one. */
static inline const char *plugin_path(const char *file)
{
	static char paths[4][256];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", plugin_directory, file);
	return path;
}

static inline void plugin_write(const char *file, const char *text)
{
	FILE *out = fopen(plugin_path(file), "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

/* Builds @file, a shared object, from @source with these further @flags. */
static inline void plugin_build(const char *file, const char *source, const char *flags)
{
	const char *compiler = getenv("CC");
	char command[1024];

	plugin_write("source.c", source);
	snprintf(command, sizeof(command),
		 "cd %s && %s -w -O1 -shared -fPIC -o %s source.c -L. -Wl,-rpath,%s %s",
		 plugin_directory, compiler ? compiler : "cc", file, plugin_directory, flags);
	assert_int_equal(system(command), 0);
}

/*
 * Builds a program from @source with these further @flags and runs it by the shell's @command in
 * the directory; what it says, until the next call. It must end well.
 */
static inline const char *plugin_program(const char *source, const char *flags,
					 const char *command)
{
	static char output[256];
	const char *compiler = getenv("CC");
	char whole[1024];
	FILE *pipe;
	size_t size;

	plugin_write("program.c", source);
	snprintf(whole, sizeof(whole),
		 "cd %s && %s -w -o program program.c -L. -Wl,-rpath,%s %s && %s", plugin_directory,
		 compiler ? compiler : "cc", plugin_directory, flags, command);
	pipe = popen(whole, "r");
	assert_non_null(pipe);
	size = fread(output, 1, sizeof(output) - 1, pipe);
	output[size] = '\0';
	assert_int_equal(pclose(pipe), 0);
	return output;
}

static inline void *plugin_open(const char *file, int flags)
{
	void *handle = dlopen(plugin_path(file), RTLD_NOW | flags);

	if (!handle)
		fail_msg("%s", dlerror());
	return handle;
}

#endif
