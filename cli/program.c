/* SPDX-License-Identifier: Apache-2.0 */
/* Finding programs and the library. */
#include "cli/program.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT_DEPTH 4	/* interpreters of interpreters, as in the kernel */

const char *program_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static bool is_program(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool join(const char *directory, int size, const char *name, char ret[PROGRAM_PATH])
{
	int used = snprintf(ret, PROGRAM_PATH, "%.*s%s%s", size, directory, size > 0 ? "/" : "",
			    name);

	return used > 0 && used < PROGRAM_PATH;
}

static bool look_up(const char *command, const char *path_list, char ret[PROGRAM_PATH])
{
	const char *list = path_list ? path_list : "/bin:/usr/bin";

	if (strchr(command, '/'))
		return join("", 0, command, ret) && is_program(ret);
	for (;; list++) {
		size_t size = strcspn(list, ":");

		if (join(list, (int)size, command, ret) && is_program(ret))
			return true;
		list += size;
		if (*list == 0)
			return false;
	}
}

/* "#! /usr/bin/env python3": the interpreter's path. */
static bool interpreter_of(const char *head, size_t size, char ret[PROGRAM_PATH])
{
	size_t start = 2, end;

	if (size < 3 || head[0] != '#' || head[1] != '!')
		return false;
	while (start < size && (head[start] == ' ' || head[start] == '\t'))
		start++;
	for (end = start; end < size && !strchr(" \t\r\n", head[end]);)
		end++;
	if (end == start || end - start >= PROGRAM_PATH)
		return false;
	memcpy(ret, head + start, end - start);
	ret[end - start] = 0;
	return true;
}

/*
 * An ELF program of our class without PT_INTERP. What is no such file may be traceable for all we
 * know.
 */
static bool lacks_loader(int descriptor, const char *head, size_t size)
{
	Elf64_Phdr segment;
	Elf64_Ehdr header;

	if (size < sizeof(header) || memcmp(head, ELFMAG, SELFMAG) != 0 ||
	    head[EI_CLASS] != ELFCLASS64)
		return false;
	memcpy(&header, head, sizeof(header));
	if (header.e_phentsize != sizeof(segment))
		return false;
	for (unsigned i = 0; i < header.e_phnum; i++) {
		off_t place = (off_t)(header.e_phoff + i * sizeof(segment));

		if (pread(descriptor, &segment, sizeof(segment), place) != sizeof(segment) ||
		    segment.p_type == PT_INTERP)
			return false;
	}
	return header.e_phnum > 0;
}

/*
 * Looks into @program->executable; true when that is a script, and then it names the interpreter.
 */
static bool look_inside(struct program *program)
{
	char head[512] = { 0 };
	int descriptor = open(program->executable, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t size;
	bool script;

	if (descriptor < 0)
		return false;
	size = read(descriptor, head, sizeof(head) - 1);
	script = size > 0 && interpreter_of(head, (size_t)size, program->executable);
	if (size > 0 && !script)
		program->fixed = lacks_loader(descriptor, head, (size_t)size);
	close(descriptor);
	return script;
}

static void follow_links(char path[PROGRAM_PATH])
{
	char real[PROGRAM_PATH];

	if (realpath(path, real))
		memcpy(path, real, strlen(real) + 1);
}

/* Set-user-id and set-group-id count where they change something, and not for scripts. */
static bool changes_ids(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return false;
	return ((status.st_mode & S_ISUID) && status.st_uid != geteuid()) ||
	       ((status.st_mode & S_ISGID) && status.st_gid != getegid());
}

void program_find(const char *command, const char *path_list, struct program *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!look_up(command, path_list, ret->path)) {
		ret->path[0] = 0;
		return;
	}
	memcpy(ret->executable, ret->path, sizeof(ret->executable));
	follow_links(ret->executable);
	for (int depth = 0; depth < SCRIPT_DEPTH && look_inside(ret); depth++) {
		ret->script = true;
		follow_links(ret->executable);
	}
	ret->privileged = changes_ids(ret->executable);
}

bool program_library(char ret[PROGRAM_PATH])
{
	static const char name[] = "/libotelshim.so";
	ssize_t size = readlink("/proc/self/exe", ret, PROGRAM_PATH - sizeof(name));
	char *slash = NULL;

	if (size > 0) {
		ret[size] = 0;
		slash = strrchr(ret, '/');
	}
	if (slash) {
		memcpy(slash, name, sizeof(name));
		if (access(ret, R_OK) == 0)
			return true;
	}
	snprintf(ret, PROGRAM_PATH, "%s%s", LIBRARY_DIRECTORY, name);
	return access(ret, R_OK) == 0;
}
