/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stops one thread of a process, and only that, wherever it is, until standard input ends: `stop
 * TID`. Says "stopped" when it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	pid_t thread = argc > 1 ? (pid_t)strtol(argv[1], NULL, 10) : 0;
	char byte;
	int status;

	if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0 ||
	    ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) != 0 ||
	    waitpid(thread, &status, __WALL) != thread) {
		perror("stop");
		return 1;
	}
	puts("stopped");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
