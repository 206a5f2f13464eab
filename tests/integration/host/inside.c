/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child of a program under test finds itself with: descriptors, environment, signals, limits
 * and scheduling. `inside FILE` appends it to FILE, so that it works without any open descriptor.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum { DESCRIPTORS = 1024, NOT_FOUND = -1 };

struct descriptor {
	int number, flags;
	char target[256];
};

static struct descriptor table[DESCRIPTORS];

static int by_number(const void *a, const void *b)
{
	return ((const struct descriptor *)a)->number - ((const struct descriptor *)b)->number;
}

/* Inode numbers differ from run to run; what kind of thing it is does not. */
static void without_inode(char *target)
{
	char *colon = strstr(target, ":[");

	if (colon)
		*colon = '\0';
}

static int number_of(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

/* Before anything of our own is open, but for the directory. */
static int read_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;
	ssize_t size;

	if (!directory)
		return NOT_FOUND;
	while (count < DESCRIPTORS && (entry = readdir(directory))) {
		struct descriptor *d = &table[count];

		if (entry->d_name[0] == '.' || number_of(entry->d_name) == dirfd(directory))
			continue;
		d->number = number_of(entry->d_name);
		d->flags = fcntl(d->number, F_GETFL);
		size = readlinkat(dirfd(directory), entry->d_name, d->target,
				  sizeof(d->target) - 1);
		d->target[size > 0 ? size : 0] = '\0';
		without_inode(d->target);
		count++;
	}
	closedir(directory);
	qsort(table, (size_t)count, sizeof(table[0]), by_number);
	return count;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_environment(FILE *out)
{
	size_t count = 0, i;

	while (environ[count])
		count++;
	qsort(environ, count, sizeof(char *), by_text);
	for (i = 0; i < count; i++)
		fprintf(out, "environment %s\n", environ[i]);
}

static void print_signals(FILE *out)
{
	struct sigaction action;
	sigset_t blocked;
	int number;

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	for (number = 1; number < SIGRTMAX; number++) {
		if (sigaction(number, NULL, &action) != 0)
			continue;
		if (sigismember(&blocked, number) || action.sa_handler != SIG_DFL)
			fprintf(out, "signal %d blocked %d ignored %d\n", number,
				sigismember(&blocked, number), action.sa_handler == SIG_IGN);
	}
}

static void print_scheduling(FILE *out)
{
	struct rlimit limit;
	cpu_set_t cpus;
	int resource;

	CPU_ZERO(&cpus);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	fprintf(out, "policy %d nice %d processors %d dumpable %d no_new_privs %d keepcaps %d\n",
		sched_getscheduler(0), getpriority(PRIO_PROCESS, 0), CPU_COUNT(&cpus),
		prctl(PR_GET_DUMPABLE), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
		prctl(PR_GET_KEEPCAPS));
	for (resource = 0; resource < RLIM_NLIMITS; resource++)
		if (getrlimit((__rlimit_resource_t)resource, &limit) == 0)
			fprintf(out, "limit %d %llu %llu\n", resource,
				(unsigned long long)limit.rlim_cur,
				(unsigned long long)limit.rlim_max);
}

int main(int argc, char **argv)
{
	char directory[4096] = "?";
	int count = read_descriptors(), i;
	mode_t mask = umask(022);
	FILE *out = fopen(argc > 1 ? argv[1] : "/dev/stdout", "a");

	if (!out)
		return 97;
	for (i = 0; i < count; i++)
		fprintf(out, "descriptor %d flags %o %s\n", table[i].number,
			(unsigned)table[i].flags, table[i].target);
	print_environment(out);
	print_signals(out);
	print_scheduling(out);
	fprintf(out, "directory %s umask %o uid %d %d gid %d %d\n",
		getcwd(directory, sizeof(directory)), (unsigned)mask, (int)getuid(), (int)geteuid(),
		(int)getgid(), (int)getegid());
	return fclose(out) == 0 ? 0 : 97;
}
