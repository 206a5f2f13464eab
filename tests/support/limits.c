/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program with limits, for tests/abi/limits: many queries with no room for the area; a query
 * before and after a vfork child that confines itself.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scripted_libpq.h"

struct pg_result *PQexec(struct pg_conn *conn, const char *query)
	__attribute__((visibility("default")));

/* Room for the arena, and not for the area behind it. */
#define MORE_MEMORY ((rlim_t)35 << 20)

static struct pg_conn conn = { .fd = -1, .host = "db.example", .port = "5432" };

static rlim_t address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages;
	char text[128];

	if (!file || !fgets(text, sizeof(text), file))
		exit(2);
	fclose(file);
	pages = strtoul(text, NULL, 10);
	return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static int many_without_room(void)
{
	const struct rlimit limit = { address_space() + MORE_MEMORY, RLIM_INFINITY };

	if (setrlimit(RLIMIT_AS, &limit) != 0)
		return 2;
	for (int i = 0; i < 10000; i++)
		PQexec(&conn, "SELECT 1");
	return conn.calls == 10000 ? 0 : 1;
}

static void confine(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
		_exit(3);
	_exit(0);
}

static int around_a_confined_child(void)
{
	int status;
	pid_t child;

	PQexec(&conn, "SELECT 1");
	child = vfork();
	if (child == 0)
		confine();
	if (waitpid(child, &status, 0) != child || status != 0)
		return 3;
	PQexec(&conn, "SELECT 2");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "memory"))
		return many_without_room();
	if (argc == 2 && !strcmp(argv[1], "seccomp"))
		return around_a_confined_child();
	return 2;
}
