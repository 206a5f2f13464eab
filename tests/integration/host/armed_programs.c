/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of armed: other programs, and forks. */
#include "armed.h"

#include <dlfcn.h>
#include <netdb.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int do_exec(char **command)
{
	execvp(command[0], command);
	perror("exec");
	return 127;
}

int do_spawn(char **command)
{
	pid_t child;

	if (posix_spawnp(&child, command[0], NULL, NULL, command, environ) != 0)
		return 127;
	told_status("spawn", wait_for(child));
	return 0;
}

int do_vfork(char **command)
{
	volatile pid_t child;
	volatile int i;

	for (i = 0; i < 20; i++) {
		/* What it does before the exec is the point: so do subprocess and make. */
		child = vfork(); /* NOLINT */
		if (child == 0) {
			close(0); /* NOLINT */
			dup2(1, 2); /* NOLINT */
			execvp(command[0], command);
			_exit(127);
		}
		told_status("vfork", wait_for(child));
	}
	query("select 1");
	return 0;
}

int do_fork_exec(char **command)
{
	pid_t child = fork();

	if (child == 0)
		_exit(do_exec(command));
	told_status("fork", wait_for(child));
	return 0;
}

int do_fork_system(char **unused)
{
	pid_t child = fork();

	(void)unused;
	if (child == 0) {
		told_status("child", system("exit 3"));
		exit(5);
	}
	told_status("fork", wait_for(child));
	told_status("system", system("kill -9 $$"));
	return 0;
}

int do_popen(char **command)
{
	char line[256];
	FILE *pipe = popen(command[0], "r");

	while (pipe && fgets(line, sizeof(line), pipe))
		fputs(line, stdout);
	told_status("popen", pclose(pipe));
	return 0;
}

/* What takes locks of libc that a thread elsewhere may have held at the fork. */
static void use_locks(void)
{
	time_t now = 1000000000;
	struct addrinfo *found;
	struct tm broken;

	alarm(5);
	localtime_r(&now, &broken);
	setenv("ARMED_CHILD", "1", 1);
	if (getaddrinfo("localhost", "80", NULL, &found) == 0)
		freeaddrinfo(found);
	free(malloc(100000));
	dlclose(dlopen("libm.so.6", RTLD_NOW));
	(void)random();
}

int do_fork_locks(char **unused)
{
	int i, good = 0;
	pid_t child;

	(void)unused;
	for (i = 0; i < 200; i++) {
		child = fork();
		if (child == 0) {
			use_locks();
			_exit(0);
		}
		good += wait_for(child) == 0;
	}
	printf("%d children\n", good);
	return 0;
}

int do_fork_kinds(char **unused)
{
	pid_t child;

	(void)unused;
	child = _Fork();
	if (child == 0)
		_exit(getpid() == syscall(SYS_getpid) ? 21 : 22);
	told_status("_Fork", wait_for(child));
	child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (child == 0)
		_exit(23);
	told_status("clone", wait_for(child));
	child = fork();
	if (child == 0)
		exit(24);
	told_status("fork", wait_for(child));
	told("waitpid", waitpid(-1, NULL, WNOHANG));
	return 0;
}
