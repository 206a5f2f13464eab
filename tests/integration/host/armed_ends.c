/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of armed: signals, ends, and what else a program may look at. */
#include "armed.h"

#include <dlfcn.h>
#include <errno.h>
#include <libpq-fe.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t here, elsewhere;

static void on_signal(int number)
{
	(void)number;
	/* A bare system call. */
	if (gettid() == getpid()) /* NOLINT(bugprone-signal-handler) */
		here++;
	else
		elsewhere++;
}

int do_signals(char **unused)
{
	int i;

	(void)unused;
	signal(SIGUSR1, on_signal);
	for (i = 0; i < 5000; i++)
		kill(getpid(), SIGUSR1);
	printf("%d here, %d elsewhere\n", (int)here, (int)elsewhere);
	return 0;
}

/* A thread that does not block SIGTERM is the one that it kills the program in. */
int do_sigwait(char **unused)
{
	const struct timespec limit = { .tv_sec = 5 };
	sigset_t set;

	(void)unused;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGTERM);
	told("sigtimedwait", sigtimedwait(&set, NULL, &limit));
	raise(SIGINT);
	told("sigtimedwait", sigtimedwait(&set, NULL, &limit));
	return 0;
}

int do_timer(char **unused)
{
	const struct itimerval often = { .it_interval = { 0, 1000 }, .it_value = { 0, 1000 } };
	int i;

	(void)unused;
	signal(SIGALRM, on_signal);
	setitimer(ITIMER_REAL, &often, NULL);
	for (i = 0; i < 200; i++)
		query("select 1");
	busy_ms(50);
	printf("%s here, %d elsewhere\n", here > 20 ? "many" : "few", (int)elsewhere);
	return 0;
}

int do_sigpipe(char **unused)
{
	int ends[2];

	(void)unused;
	if (pipe(ends) != 0)
		return 1;
	close(ends[0]);
	(void)!write(ends[1], "x", 1);
	return 0;
}

int do_kill(char **command)
{
	fflush(stdout);
	raise((int)strtol(command[0], NULL, 10));
	return 0;
}

static void at_exit(void)
{
	puts("atexit");
}

static void *print_and_return(void *text)
{
	sleep_ms(50);
	puts(text);
	return NULL;
}

static void *exit_here(void *unused)
{
	(void)unused;
	sleep_ms(50);
	exit(9);
}

int do_pthread_exit(char **unused)
{
	pthread_t thread;

	(void)unused;
	atexit(at_exit);
	pthread_create(&thread, NULL, print_and_return, "thread");
	pthread_exit(NULL);
}

int do_exit_in_thread(char **unused)
{
	pthread_t thread;

	(void)unused;
	atexit(at_exit);
	pthread_create(&thread, NULL, exit_here, NULL);
	pthread_join(thread, NULL);
	return 0;
}

int do_underscore_exit(char **unused)
{
	(void)unused;
	atexit(at_exit);
	fflush(stdout);
	_exit(6);
}

int do_quick_exit(char **unused)
{
	(void)unused;
	if (at_quick_exit(at_exit) != 0)
		return 1;
	quick_exit(6);
}

int do_abort(char **unused)
{
	(void)unused;
	abort();
}

int do_fault(char **unused)
{
	int *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)unused;
	*nowhere = 1;
	return 0;
}

int do_errno(char **unused)
{
	(void)unused;
	errno = 4242;
	query("select 1");
	errno = 4242;
	(void)getuid();
	printf("errno %d\n", errno);
	told("close", close(-1));
	told("read", read(-1, NULL, 0));
	told("send", send(-1, "", 0, 0));
	told("connect", connect(1, NULL, 0));
	told("unshare", unshare(INT_MAX));
	told("setns", setns(-1, 0));
	told("exec", execl("/nonexistent", "x", NULL));
	return 0;
}

int do_environment(char **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; environ[i]; i++)
		puts(environ[i]);
	return 0;
}

int do_memory(char **unused)
{
	(void)unused;
	told("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
	query("select 1");
	return 0;
}

int do_scheduling(char **unused)
{
	const struct rlimit limit = { 0, 0 };
	cpu_set_t cpus;

	(void)unused;
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	told("affinity", sched_setaffinity(0, sizeof(cpus), &cpus));
	told("nice", nice(3));
	told("setrlimit", setrlimit(RLIMIT_NPROC, &limit));
	query("select 1");
	printf("policy %d nice %d\n", sched_getscheduler(0), getpriority(PRIO_PROCESS, 0));
	return 0;
}

int do_loader(char **unused)
{
	void *libm = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
	void *libpq = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
	PGconn *(*connect_db)(const char *) = NULL;
	PGconn *other;

	(void)unused;
	printf("cos %d, nothing %d\n", dlsym(libm, "cos") != NULL,
	       dlsym(libm, "no_such_name") != NULL);
	printf("error %s\n", dlerror() ? "told" : "not told");
	printf("curl %d\n", dlsym(RTLD_DEFAULT, "curl_easy_perform") != NULL);
	*(void **)&connect_db = dlsym(libpq, "PQconnectdb");
	other = connect_db("");
	printf("status %d\n", (int)PQstatus(other));
	PQfinish(other);
	dlclose(libpq);
	dlclose(libm);
	return 0;
}
