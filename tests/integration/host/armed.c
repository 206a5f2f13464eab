/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program in which an exporter thread runs when it does things that threads, descriptors and
 * handlers of others spoil.
 *
 *	armed [--reference] ACTION [ARG...]
 *
 * It makes one query through libpq (PG* variables), waits until a thread named "otelshim" is there
 * (with --reference it does not: what the action prints then is the reference), and does ACTION in
 * the same process. What matters is printed; the exit status is 0 unless the action says otherwise.
 */
#include "armed.h"

#include <dirent.h>
#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NO_QUERY = 95, NO_THREAD = 98, BAD_USAGE = 99 };

static PGconn *db;

void query(const char *sql)
{
	PGresult *result = PQexec(db, sql);

	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		fprintf(stderr, "armed: %s", PQerrorMessage(db));
		_exit(NO_QUERY);
	}
	PQclear(result);
}

void sleep_ms(long ms)
{
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* Whether one of our threads has that name. */
static int has_thread(const char *name)
{
	char path[300], comm[32];
	struct dirent *entry;
	DIR *tasks = opendir("/proc/self/task");
	int found = 0;

	while (tasks && !found && (entry = readdir(tasks))) {
		FILE *file;

		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file))
			found = strncmp(comm, name, strlen(name)) == 0;
		fclose(file);
	}
	if (tasks)
		closedir(tasks);
	return found;
}

void busy_ms(long ms)
{
	struct timespec begin, now;

	/* The vDSO's clock: a sleep would be a system call. */
	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000 < ms);
}

void close_connection(void)
{
	PQfinish(db);
}

void open_connection(void)
{
	db = PQconnectdb("");
}

static void wait_for_exporter(void)
{
	int tries;

	for (tries = 0; tries < 500; tries++) {
		if (has_thread("otelshim"))
			return;
		sleep_ms(10);
	}
	fprintf(stderr, "armed: no thread of an exporter came\n");
	_exit(NO_THREAD);
}

void told(const char *what, long result)
{
	printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

void told_status(const char *what, int status)
{
	if (WIFSIGNALED(status))
		printf("%s signal %d\n", what, WTERMSIG(status));
	else
		printf("%s exit %d\n", what, WEXITSTATUS(status));
	fflush(stdout);
}

int wait_for(pid_t child)
{
	int status = -1;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static const struct action {
	const char *name;
	int (*act)(char **arguments);
} actions[] = {
	{ "abort", do_abort },
	{ "chroot", do_chroot },
	{ "close-loop", do_close_loop },
	{ "close-range", do_close_range },
	{ "closefrom", do_closefrom },
	{ "daemon", do_daemon },
	{ "descriptors", do_descriptors },
	{ "drop-user", do_drop_user },
	{ "environment", do_environment },
	{ "errno", do_errno },
	{ "exec", do_exec },
	{ "exit-in-thread", do_exit_in_thread },
	{ "fault", do_fault },
	{ "fork-exec", do_fork_exec },
	{ "fork-kinds", do_fork_kinds },
	{ "fork-locks", do_fork_locks },
	{ "fork-system", do_fork_system },
	{ "kill", do_kill },
	{ "limit-files", do_limit_files },
	{ "loader", do_loader },
	{ "lowest", do_lowest },
	{ "memory", do_memory },
	{ "popen", do_popen },
	{ "pthread-exit", do_pthread_exit },
	{ "quick-exit", do_quick_exit },
	{ "raw-setuid", do_raw_setuid },
	{ "scheduling", do_scheduling },
	{ "seccomp-all", do_seccomp_all },
	{ "seccomp-filter", do_seccomp_filter },
	{ "seccomp-strict", do_seccomp_strict },
	{ "setns", do_setns },
	{ "setpriv", do_setpriv },
	{ "signals", do_signals },
	{ "sigpipe", do_sigpipe },
	{ "sigwait", do_sigwait },
	{ "spawn", do_spawn },
	{ "timer", do_timer },
	{ "underscore-exit", do_underscore_exit },
	{ "unshare", do_unshare },
	{ "vfork", do_vfork },
};

int main(int argc, char **argv)
{
	int reference = argc > 1 && strcmp(argv[1], "--reference") == 0;
	size_t i;

	argv += 1 + reference;
	for (i = 0; argv[0] && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, argv[0]) != 0)
			continue;
		setvbuf(stdout, NULL, _IOLBF, 0);
		open_connection();
		query("select 1");
		if (!reference)
			wait_for_exporter();
		return actions[i].act(argv + 1);
	}
	fprintf(stderr, "usage: armed [--reference] ACTION [ARG...]\n");
	return BAD_USAGE;
}
