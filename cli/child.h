/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command as a child: it keeps our standard streams, terminal, process group and the signal
 * dispositions that we were started with. We outlive Ctrl-C, hand on what is sent to us alone, and
 * end as it ended.
 *
 * Main thread only; child_signals_begin() before any other thread is made, so that all of them have
 * everything blocked.
 */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct child_signals {
	sigset_t waited;	/* blocked here, taken by child_wait() */
	sigset_t mask;		/* as we were started; the child gets it back */
	struct sigaction interrupt, quit, pipe, size, death;	/* the same */
};

struct child {
	pid_t pid;
	int exit_code;		/* 128 + signal when it was killed */
	int signal;		/* that killed it, or 0 */
	bool missed;		/* it ended while we were stopped: when is not known */
};

void child_signals_begin(struct child_signals *ret);

/*
 * Everything as we were started, but for SIGPIPE and SIGXFSZ: a reader of our last words may have
 * gone, and a file may be full.
 */
void child_signals_end(const struct child_signals *signals);

/*
 * Starts @command with @environment; PATH is searched as @environment has it. 0, or the negative
 * errno of fork() or exec: nothing runs then.
 */
int child_start(char **command, char **environment, const struct child_signals *signals,
		struct child *ret);

/* Returns when the child has ended; hands TERM, HUP, USR1, USR2 and CONT on to it until then. */
void child_wait(const struct child_signals *signals, struct child *child);

/*
 * Waits up to @limit_ms for a signal that would end us; true: one came. For the time after the
 * child's end.
 */
bool child_signal_came(const struct child_signals *signals, long limit_ms);

/*
 * Does not return: exits with the child's code, or dies of its signal, without a core of our own.
 */
void child_end_like(const struct child *child) __attribute__((noreturn));

/* "SIGSEGV"; "SIGRTMIN+3" for the others. */
const char *child_signal_name(int number, char ret[32]);

#endif
