/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code that runs in a child process of a test, because it needs a process of its own. The child
 * says by its exit status whether it is content: cmocka's assertions belong to the parent.
 */
#ifndef TESTS_SUPPORT_CHILD_H
#define TESTS_SUPPORT_CHILD_H

#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a child: the place of what is wrong becomes its exit status, 1 to 100. */
#define CHILD_EXPECT(condition)                                                                    \
	do {                                                                                       \
		if (!(condition))                                                                  \
			_exit(__LINE__ % 100 + 1);                                                 \
	} while (0)

/* The exit status of @child, or -1 when a signal ended it. */
static inline int child_wait(pid_t child)
{
	int status = 0;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* Runs @body in a forked child; 0 when it returned. */
static inline int child_run(void (*body)(void))
{
	pid_t child = fork();

	if (child == 0) {
		body();
		_exit(0);
	}
	return child_wait(child);
}

/* Runs this program again with one argument, as a process that nothing was done in. */
static inline int child_run_again(const char *argument)
{
	pid_t child = fork();

	if (child == 0) {
		execl("/proc/self/exe", "again", argument, (char *)NULL);
		_exit(101);
	}
	return child_wait(child);
}

#endif
