/* SPDX-License-Identifier: Apache-2.0 */
/* fork, exec, wait. */
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int forwarded[] = { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCONT };

void child_signals_begin(struct child_signals *ret)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, standard = { .sa_handler = SIG_DFL };

	sigemptyset(&ret->waited);
	sigaddset(&ret->waited, SIGCHLD);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		sigaddset(&ret->waited, forwarded[i]);
	sigprocmask(SIG_BLOCK, &ret->waited, &ret->mask);
	/* The terminal sends these to the whole group: the child decides. */
	sigaction(SIGINT, &ignore, &ret->interrupt);
	sigaction(SIGQUIT, &ignore, &ret->quit);
	sigaction(SIGPIPE, &ignore, &ret->pipe);
	sigaction(SIGXFSZ, &ignore, &ret->size);
	/* Ignored from outside, it would take the exit status away. */
	sigaction(SIGCHLD, &standard, &ret->death);
}

static void signals_restore(const struct child_signals *signals)
{
	sigaction(SIGINT, &signals->interrupt, NULL);
	sigaction(SIGQUIT, &signals->quit, NULL);
	sigaction(SIGPIPE, &signals->pipe, NULL);
	sigaction(SIGXFSZ, &signals->size, NULL);
	sigaction(SIGCHLD, &signals->death, NULL);
	sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

void child_signals_end(const struct child_signals *signals)
{
	sigaction(SIGINT, &signals->interrupt, NULL);
	sigaction(SIGQUIT, &signals->quit, NULL);
	sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

/* In the child: does not return. */
static void become(char **command, char **environment, const struct child_signals *signals,
		   int report)
{
	int error;
	ssize_t told;

	signals_restore(signals);
	environ = environment;
	execvp(command[0], command);
	error = errno;
	told = write(report, &error, sizeof(error));
	_exit(told == sizeof(error) ? 126 : 125);
}

/* What the child could not do; the pipe just closes when it could. */
static int exec_error(int report)
{
	int error = 0;
	ssize_t size;

	do
		size = read(report, &error, sizeof(error));
	while (size < 0 && errno == EINTR);
	return size == sizeof(error) ? -error : 0;
}

int child_start(char **command, char **environment, const struct child_signals *signals,
		struct child *ret)
{
	int report[2], error;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) != 0)
		return -errno;
	pid = fork();
	error = -errno;
	if (pid == 0)
		become(command, environment, signals, report[1]);
	close(report[1]);
	if (pid > 0)
		error = exec_error(report[0]);
	close(report[0]);
	if (pid > 0 && error != 0)
		waitpid(pid, NULL, 0);
	if (error == 0)
		*ret = (struct child){ .pid = pid };
	return error;
}

static bool child_ended(struct child *child)
{
	int status;

	if (waitpid(child->pid, &status, WNOHANG) != child->pid)
		return false;
	if (WIFSIGNALED(status)) {
		child->signal = WTERMSIG(status);
		child->exit_code = 128 + child->signal;
	} else {
		child->exit_code = WEXITSTATUS(status);
	}
	return true;
}

/* Whoever goes on after a stop has SIGCONT waiting, blocked as it is. */
static bool just_continued(int taken)
{
	sigset_t pending;

	return taken == SIGCONT || (sigpending(&pending) == 0 && sigismember(&pending, SIGCONT));
}

void child_wait(const struct child_signals *signals, struct child *child)
{
	int number = 0;

	while (!child_ended(child)) {
		siginfo_t info;

		number = sigwaitinfo(&signals->waited, &info);
		/* The kernel's own (a hang-up of the terminal) went to the whole group already. */
		if (number > 0 && number != SIGCHLD && info.si_code <= 0)
			kill(child->pid, number);
	}
	child->missed = just_continued(number);
}

bool child_signal_came(const struct child_signals *signals, long limit_ms)
{
	struct timespec limit = { .tv_sec = limit_ms / 1000,
				  .tv_nsec = limit_ms % 1000 * 1000000 };
	int number = sigtimedwait(&signals->waited, NULL, &limit);

	return number == SIGTERM || number == SIGHUP;
}

void child_end_like(const struct child *child)
{
	struct rlimit none = { 0, 0 };
	sigset_t set;

	if (child->signal) {
		setrlimit(RLIMIT_CORE, &none);
		signal(child->signal, SIG_DFL);
		sigemptyset(&set);
		sigaddset(&set, child->signal);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		raise(child->signal);
	}
	_exit(child->exit_code);
}

const char *child_signal_name(int number, char ret[32])
{
	const char *name = sigabbrev_np(number);

	if (name)
		snprintf(ret, 32, "SIG%s", name);
	else
		snprintf(ret, 32, "SIGRTMIN+%d", number - SIGRTMIN);
	return ret;
}
