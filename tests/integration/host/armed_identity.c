/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of armed: namespaces, privilege, seccomp: what a thread of others spoils. */
#include "armed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UNPRIVILEGED 65534

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
				memcpy(seen + strlen(seen), line, strlen(line) + 1);
		if (file)
			fclose(file);
	}
	if (tasks)
		closedir(tasks);
	printf("%s\n%s", what, seen);
}

int do_unshare(char **unused)
{
	(void)unused;
	told("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
	told("unshare", unshare(CLONE_SIGHAND | CLONE_VM));
	return 0;
}

int do_setns(char **unused)
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
		byte = unshare(CLONE_NEWUSER) == 0 ? 'y' : 'n';
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

/* As setpriv does it: first the user, then the group, by a capability that this thread kept. */
int do_setpriv(char **unused)
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

int do_drop_user(char **unused)
{
	(void)unused;
	told("setgroups", setgroups(0, NULL));
	told("setgid", setgid(UNPRIVILEGED));
	told("setuid", setuid(UNPRIVILEGED));
	print_thread_users("all threads");
	query("select 1");
	return 0;
}

int do_raw_setuid(char **unused)
{
	(void)unused;
	told("setresgid", syscall(SYS_setresgid, UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
	told("setresuid", syscall(SYS_setresuid, UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
	print_thread_users("all threads");
	return 0;
}

int do_chroot(char **unused)
{
	(void)unused;
	told("chroot", chroot("/proc"));
	told("chdir", chdir("/"));
	query("select 1");
	sleep_ms(50);
	return 0;
}

int do_seccomp_strict(char **unused)
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

int do_seccomp_filter(char **unused)
{
	(void)unused;
	puts("before");
	if (enter_filter(0) != 0)
		return 1;
	busy_ms(300);
	puts("filtered");
	return 0;
}

int do_seccomp_all(char **unused)
{
	(void)unused;
	puts("before");
	if (enter_filter(SECCOMP_FILTER_FLAG_TSYNC) != 0)
		return 1;
	busy_ms(300);
	puts("filtered");
	return 0;
}
