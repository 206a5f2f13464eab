/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that comes to libpq by the dynamic linker's ways, and says what it sees.
 *
 *	host absent				what dlsym knows of libpq
 *	host signal				the same, out of a signal handler
 *	host plugin FLAGS SQL FILE...		opens each and has it run the statement
 *	host reopen COUNT FILE...		the same by turns, closing each first
 *	host handle FILE...			calls each libpq by its handle, by turns
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char *how, const void *found)
{
	const char *error = dlerror();

	printf("%s: %s %s\n", how, found ? "found" : "null", error ? "and an error" : "no error");
}

static void absent(int signal)
{
	(void)signal;
	show("RTLD_DEFAULT", dlsym(RTLD_DEFAULT, "PQexec"));
	show("RTLD_NEXT", dlsym(RTLD_NEXT, "PQexec"));
	show("program", dlsym(dlopen(NULL, RTLD_NOW), "PQfinish"));
	show("versioned", dlvsym(RTLD_DEFAULT, "PQexec", "LIBPQ_9"));
	show("libc", dlvsym(RTLD_DEFAULT, "memcpy", "GLIBC_2.14"));
	show("no such version", dlvsym(RTLD_DEFAULT, "memcpy", "GLIBC_0.0"));
	show("not ours", dlsym(RTLD_DEFAULT, "PQgetvalue"));
	show("send", dlsym(RTLD_DEFAULT, "send"));
	show("next send", dlsym(RTLD_NEXT, "send"));
	show("nothing", dlsym(RTLD_DEFAULT, ""));
}

static void *open_or_die(const char *file, int flags)
{
	void *handle = dlopen(file, flags);

	if (handle)
		return handle;
	puts(dlerror());
	exit(1);
}

static int flags_of(const char *text)
{
	return (strstr(text, "now") ? RTLD_NOW : RTLD_LAZY) |
	       (strstr(text, "global") ? RTLD_GLOBAL : RTLD_LOCAL) |
	       (strstr(text, "deep") ? RTLD_DEEPBIND : 0);
}

static int query(void *handle, const char *sql)
{
	int (*plugin_query)(const char *) = dlsym(handle, "plugin_query");

	return plugin_query(sql);
}

static int plugins(char **argv)
{
	int failed = 0;

	for (char **file = argv + 4; *file; file++)
		failed |= query(open_or_die(*file, flags_of(argv[2])), argv[3]);
	/* Open all of them still: none is taken for another. */
	for (char **file = argv + 4; *file; file++)
		failed |= query(open_or_die(*file, flags_of(argv[2])), argv[3]);
	return failed;
}

static int reopen(int count, char **files)
{
	int failed = 0;

	for (int i = 0; i < count; i++) {
		for (char **file = files; *file; file++) {
			void *handle = open_or_die(*file, RTLD_LAZY | RTLD_LOCAL);

			failed |= query(handle, "select 'reopened'");
			dlclose(handle);
		}
	}
	return failed;
}

struct calls {
	void *(*connect)(const char *);
	void *(*exec)(void *, const char *);
	char *(*value)(const void *, int, int);
	void (*clear)(void *);
	void (*finish)(void *);
};

static struct calls calls_of(void *handle)
{
	struct calls calls = { .connect = NULL };

	*(void **)&calls.connect = dlsym(handle, "PQconnectdb");
	*(void **)&calls.exec = dlsym(handle, "PQexec");
	*(void **)&calls.value = dlsym(handle, "PQgetvalue");
	*(void **)&calls.clear = dlsym(handle, "PQclear");
	*(void **)&calls.finish = dlsym(handle, "PQfinish");
	return calls;
}

static int handles(char **files)
{
	struct calls calls[8];
	void *db[8];
	int count = 0;

	for (; count < 8 && files[count]; count++) {
		void *handle = open_or_die(files[count], RTLD_NOW | RTLD_LOCAL);

		calls[count] = calls_of(handle);
		/* The same question has the same answer. */
		if (dlsym(handle, "PQexec") != (void *)calls[count].exec)
			puts("another PQexec");
		show("newer", dlsym(handle, "PQsendPipelineSync"));
		db[count] = calls[count].connect("");
	}
	for (int i = 0; i < 2 * count; i++) {
		struct calls *libpq = &calls[i % count];
		void *result = libpq->exec(db[i % count], "select 'by handle'");

		puts(libpq->value(result, 0, 0));
		libpq->clear(result);
	}
	for (int i = 0; i < count; i++)
		calls[i].finish(db[i]);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "absent")) {
		absent(0);
	} else if (!strcmp(what, "signal")) {
		signal(SIGUSR1, absent);
		raise(SIGUSR1);
	} else if (!strcmp(what, "plugin") && argc > 4) {
		return plugins(argv);
	} else if (!strcmp(what, "reopen") && argc > 3) {
		return reopen((int)strtol(argv[2], NULL, 10), argv + 3);
	} else if (!strcmp(what, "handle") && argc > 2) {
		return handles(argv + 2);
	} else {
		return 2;
	}
	return 0;
}
