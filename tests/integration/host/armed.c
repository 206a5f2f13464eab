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
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNPRIVILEGED 65534

enum { NO_QUERY = 95, NO_THREAD = 98, BAD_USAGE = 99 };

extern char **environ;

static PGconn *db;

static void query(const char *sql)
{
	PGresult *result = PQexec(db, sql);

	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		fprintf(stderr, "armed: %s", PQerrorMessage(db));
		_exit(NO_QUERY);
	}
	PQclear(result);
}

static void sleep_ms(long ms)
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

/* A result as a line: what the call returned, and errno when that was a failure. */
static void told(const char *what, long result)
{
	printf("%s %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static void told_status(const char *what, int status)
{
	if (WIFSIGNALED(status))
		printf("%s signal %d\n", what, WTERMSIG(status));
	else
		printf("%s exit %d\n", what, WEXITSTATUS(status));
	fflush(stdout);
}

static int wait_for(pid_t child)
{
	int status = -1;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Numbers of the open descriptors, in one line; async-signal-safe enough for a forked child. */
static void print_descriptors(const char *what)
{
	int number;

	printf("%s", what);
	for (number = 0; number < 1024; number++)
		if (fcntl(number, F_GETFD) >= 0)
			printf(" %d%s", number, fcntl(number, F_GETFD) & FD_CLOEXEC ? "c" : "");
	printf("\n");
	fflush(stdout);
}

/* The user ids that threads of this process have, each once. */
static void print_thread_users(const char *what)
{
	char path[300], line[200], seen[1024] = "";
	struct dirent *entry;
	DIR *tasks = opendir("/proc/self/task");

	while (tasks && (entry = readdir(tasks))) {
		FILE *file;

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", entry->d_name);
		file = fopen(path, "re");
		while (file && fgets(line, sizeof(line), file))
			if ((!strncmp(line, "Uid:", 4) || !strncmp(line, "Gid:", 4) ||
			     !strncmp(line, "CapEff:", 7)) &&
			    !strstr(seen, line) && strlen(seen) + strlen(line) < sizeof(seen))
				strcat(seen, line);
		if (file)
			fclose(file);
	}
	if (tasks)
		closedir(tasks);
	printf("%s\n%s", what, seen);
}

/* ---- other programs ---- */

static int do_exec(char **command)
{
	execvp(command[0], command);
	perror("exec");
	return 127;
}

static int do_spawn(char **command)
{
	pid_t child;

	if (posix_spawnp(&child, command[0], NULL, NULL, command, environ) != 0)
		return 127;
	told_status("spawn", wait_for(child));
	return 0;
}

static int do_vfork(char **command)
{
	volatile pid_t child;
	volatile int i;

	for (i = 0; i < 20; i++) {
		child = vfork();
		if (child == 0) {
			close(0);
			dup2(1, 2);
			execvp(command[0], command);
			_exit(127);
		}
		told_status("vfork", wait_for(child));
	}
	query("select 1");
	return 0;
}

static int do_fork_exec(char **command)
{
	pid_t child = fork();

	if (child == 0)
		_exit(do_exec(command));
	told_status("fork", wait_for(child));
	return 0;
}

static int do_fork_system(char **unused)
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

static int do_popen(char **command)
{
	char line[256];
	FILE *pipe = popen(command[0], "r");

	while (pipe && fgets(line, sizeof(line), pipe))
		fputs(line, stdout);
	told_status("popen", pclose(pipe));
	return 0;
}

/* ---- namespaces and privilege: what the kernel refuses to a process with threads ---- */

static int do_unshare(char **unused)
{
	(void)unused;
	told("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
	told("unshare", unshare(CLONE_SIGHAND | CLONE_VM));
	return 0;
}

static int do_setns(char **unused)
{
	int names = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), ready[2], users;
	char path[64], byte = 0;
	pid_t child;

	(void)unused;
	told("setns mnt", setns(names, CLONE_NEWNS));
	if (pipe(ready) != 0)
		return 1;
	child = fork();
	if (child == 0) {
		byte = unshare(CLONE_NEWUSER) == 0;
		(void)!write(ready[1], &byte, 1);
		pause();
		_exit(0);
	}
	(void)!read(ready[0], &byte, 1);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)child);
	users = open(path, O_RDONLY | O_CLOEXEC);
	told("setns user", setns(users, CLONE_NEWUSER));
	kill(child, SIGKILL);
	told_status("child", wait_for(child));
	return 0;
}

static void set_capabilities(uint32_t low)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = low, .permitted = low } };

	told("capset", syscall(SYS_capset, &header, data));
}

/*
 * As setpriv does it: the group changes after the user, by a capability that only this thread kept.
 */
static int do_setpriv(char **unused)
{
	(void)unused;
	told("keepcaps", prctl(PR_SET_KEEPCAPS, 1));
	told("setresuid", setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
	set_capabilities(1u << CAP_SETGID);
	told("setgroups", setgroups(0, NULL));
	told("setresgid", setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
	set_capabilities(0);
	print_thread_users("all threads");
	told("setresuid", setresuid(0, 0, 0));
	return 0;
}

static int do_drop_user(char **unused)
{
	(void)unused;
	told("setgroups", setgroups(0, NULL));
	told("setgid", setgid(UNPRIVILEGED));
	told("setuid", setuid(UNPRIVILEGED));
	print_thread_users("all threads");
	query("select 1");
	return 0;
}

static int do_raw_setuid(char **unused)
{
	(void)unused;
	told("setresgid", syscall(SYS_setresgid, UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
	told("setresuid", syscall(SYS_setresuid, UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
	print_thread_users("all threads");
	return 0;
}

static int do_chroot(char **unused)
{
	(void)unused;
	told("chroot", chroot("/proc"));
	told("chdir", chdir("/"));
	query("select 1");
	sleep_ms(50);
	return 0;
}

/* ---- seccomp: a thread of ours that makes a call after this kills the program ---- */

static int do_seccomp_strict(char **unused)
{
	(void)unused;
	fflush(stdout);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
		return 1;
	(void)!write(1, "strict\n", 7);
	syscall(SYS_exit, 0);
	return 0;
}

static int enter_filter(unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void busy_ms(long ms)
{
	struct timespec begin, now;

	/* The vDSO's clock: a sleep would be a system call. */
	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000 < ms);
}

static int do_seccomp_filter(char **unused)
{
	(void)unused;
	puts("before");
	if (enter_filter(0) != 0)
		return 1;
	busy_ms(300);
	puts("filtered");
	return 0;
}

static int do_seccomp_all(char **unused)
{
	(void)unused;
	puts("before");
	if (enter_filter(SECCOMP_FILTER_FLAG_TSYNC) != 0)
		return 1;
	busy_ms(300);
	puts("filtered");
	return 0;
}

/* ---- descriptors ---- */

static int do_descriptors(char **unused)
{
	pid_t child;

	(void)unused;
	print_descriptors("own");
	child = fork();
	if (child == 0) {
		print_descriptors("child");
		_exit(0);
	}
	told_status("fork", wait_for(child));
	return 0;
}

/* Whoever still writes to a number that was closed writes into this file. */
static int write_and_read_back(void)
{
	char content[4096], name[] = "data";
	int first = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600), last = first;
	ssize_t size;

	while (last >= 0 && last < 40)
		last = dup(first);
	sleep_ms(400);
	query("select 1");
	sleep_ms(300);
	size = pread(first, content, sizeof(content), 0);
	printf("first %d holds %zd bytes\n", first, size);
	unlink(name);
	return 0;
}

static int do_closefrom(char **unused)
{
	(void)unused;
	fflush(stdout);
	PQfinish(db);
	closefrom(3);
	db = PQconnectdb("");
	return write_and_read_back();
}

static int do_close_loop(char **unused)
{
	int number;

	(void)unused;
	PQfinish(db);
	for (number = 3; number < 1024; number++)
		if (close(number) == 0)
			printf("closed %d\n", number);
	db = PQconnectdb("");
	return write_and_read_back();
}

static int do_close_range(char **unused)
{
	(void)unused;
	PQfinish(db);
	told("close_range", close_range(3, ~0u, 0));
	db = PQconnectdb("");
	return write_and_read_back();
}

static int do_lowest(char **unused)
{
	(void)unused;
	close(0);
	query("select 1");
	told("open", open("/dev/null", O_RDONLY));
	close(2);
	query("select 1");
	told("open", open("stderr-is-a-file", O_RDWR | O_CREAT | O_TRUNC, 0600));
	query("select 1");
	sleep_ms(400);
	told("size", lseek(2, 0, SEEK_END));
	unlink("stderr-is-a-file");
	return 0;
}

static int do_limit_files(char **unused)
{
	const struct rlimit limit = { 4, 4 };

	(void)unused;
	told("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
	told("dup", dup(1));
	query("select 1");
	sleep_ms(300);
	told("dup", dup(1));
	return 0;
}

static int do_daemon(char **unused)
{
	int ends[2];
	char line[256];
	ssize_t size;
	pid_t child;

	(void)unused;
	if (pipe(ends) != 0)
		return 1;
	fflush(stdout);
	child = fork();
	if (child == 0) {
		setsid();
		if (fork() != 0)
			_exit(0);
		dup2(ends[1], 1);
		close_range(3, ~0u, 0);
		close(0);
		close(2);
		told("open", open("/dev/null", O_RDWR));
		print_descriptors("daemon");
		exit(0);
	}
	told_status("fork", wait_for(child));
	close(ends[1]);
	while ((size = read(ends[0], line, sizeof(line))) > 0)
		fwrite(line, 1, (size_t)size, stdout);
	return 0;
}

/* ---- signals ---- */

static volatile sig_atomic_t here, elsewhere;

static void on_signal(int number)
{
	(void)number;
	if (gettid() == getpid())
		here++;
	else
		elsewhere++;
}

static int do_signals(char **unused)
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
static int do_sigwait(char **unused)
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

static int do_timer(char **unused)
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

static int do_sigpipe(char **unused)
{
	int ends[2];

	(void)unused;
	if (pipe(ends) != 0)
		return 1;
	close(ends[0]);
	(void)!write(ends[1], "x", 1);
	return 0;
}

static int do_kill(char **command)
{
	fflush(stdout);
	raise(atoi(command[0]));
	return 0;
}

/* ---- ends ---- */

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

static int do_pthread_exit(char **unused)
{
	pthread_t thread;

	(void)unused;
	atexit(at_exit);
	pthread_create(&thread, NULL, print_and_return, "thread");
	pthread_exit(NULL);
}

static int do_exit_in_thread(char **unused)
{
	pthread_t thread;

	(void)unused;
	atexit(at_exit);
	pthread_create(&thread, NULL, exit_here, NULL);
	pthread_join(thread, NULL);
	return 0;
}

static int do_underscore_exit(char **unused)
{
	(void)unused;
	atexit(at_exit);
	fflush(stdout);
	_exit(6);
}

static int do_quick_exit(char **unused)
{
	(void)unused;
	at_quick_exit(at_exit);
	quick_exit(6);
}

static int do_abort(char **unused)
{
	(void)unused;
	abort();
}

static int do_fault(char **unused)
{
	(void)unused;
	*(volatile int *)0 = 1;
	return 0;
}

/* ---- forks ---- */

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

static int do_fork_locks(char **unused)
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

static int do_fork_kinds(char **unused)
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

/* ---- the rest ---- */

static int do_errno(char **unused)
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

static int do_environment(char **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; environ[i]; i++)
		puts(environ[i]);
	return 0;
}

static int do_memory(char **unused)
{
	(void)unused;
	told("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
	query("select 1");
	return 0;
}

static int do_scheduling(char **unused)
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

static int do_loader(char **unused)
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
		db = PQconnectdb("");
		query("select 1");
		if (!reference)
			wait_for_exporter();
		return actions[i].act(argv + 1);
	}
	fprintf(stderr, "usage: armed [--reference] ACTION [ARG...]\n");
	return BAD_USAGE;
}
