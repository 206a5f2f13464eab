/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions that need a single-threaded process, or change who the process is: our
 * thread is gone before they run (hazards.md C1-C3, G2), and starts again when it is needed.
 */
#include "base/real.h"

#include <stdarg.h>
#include <sys/syscall.h>

#include "hooks/hook.h"
#include "lifecycle.h"

#ifndef PR_SET_SECUREBITS
#define PR_SET_SECUREBITS 28
#endif

HOOK extern int capset(void *header, const void *data);

HOOK int unshare(int flags)
{
	lifecycle_gate();
	return real()->unshare(flags);
}

HOOK int setns(int fd, int type)
{
	lifecycle_gate();
	return real()->setns(fd, type);
}

HOOK int capset(void *header, const void *data)
{
	lifecycle_gate();
	return real()->capset(header, data);
}

HOOK int setuid(uid_t user)
{
	lifecycle_gate();
	return real()->setuid(user);
}

HOOK int seteuid(uid_t user)
{
	lifecycle_gate();
	return real()->seteuid(user);
}

HOOK int setreuid(uid_t user, uid_t effective)
{
	lifecycle_gate();
	return real()->setreuid(user, effective);
}

HOOK int setresuid(uid_t user, uid_t effective, uid_t saved)
{
	lifecycle_gate();
	return real()->setresuid(user, effective, saved);
}

HOOK int setgid(gid_t group)
{
	lifecycle_gate();
	return real()->setgid(group);
}

HOOK int setegid(gid_t group)
{
	lifecycle_gate();
	return real()->setegid(group);
}

HOOK int setregid(gid_t group, gid_t effective)
{
	lifecycle_gate();
	return real()->setregid(group, effective);
}

HOOK int setresgid(gid_t group, gid_t effective, gid_t saved)
{
	lifecycle_gate();
	return real()->setresgid(group, effective, saved);
}

HOOK int setgroups(size_t count, const gid_t *groups)
{
	lifecycle_gate();
	return real()->setgroups(count, groups);
}

HOOK int initgroups(const char *user, gid_t group)
{
	lifecycle_gate();
	return real()->initgroups(user, group);
}

/* ---- prctl and syscall: by their first argument ---- */

enum passage { PASSAGE_FREE, PASSAGE_GATE, PASSAGE_SEAL };

static enum passage prctl_passage(int option)
{
	switch (option) {
	case PR_SET_SECCOMP:
		return PASSAGE_SEAL;
	case PR_SET_KEEPCAPS:
	case PR_SET_SECUREBITS:
	case PR_CAP_AMBIENT:
	case PR_SET_NO_NEW_PRIVS:
		return PASSAGE_GATE;
	default:
		return PASSAGE_FREE;
	}
}

static enum passage syscall_passage(long number, long first)
{
	switch (number) {
	case SYS_seccomp:
		return PASSAGE_SEAL;
	case SYS_prctl:
		return prctl_passage((int)first);
	case SYS_unshare:
	case SYS_setns:
	case SYS_capset:
	case SYS_setuid:
	case SYS_setreuid:
	case SYS_setresuid:
	case SYS_setgid:
	case SYS_setregid:
	case SYS_setresgid:
	case SYS_setgroups:
		return PASSAGE_GATE;
	default:
		return PASSAGE_FREE;
	}
}

static void passage_before(enum passage passage)
{
	if (passage == PASSAGE_GATE)
		lifecycle_gate();
	else if (passage == PASSAGE_SEAL)
		lifecycle_seal();
}

/*
 * Both are variadic and take integers and pointers only, which all travel in the same slots:
 * reading as many as the kernel could want is what libc's own functions do.
 */
HOOK int prctl(int option, ...)
{
	enum passage passage = prctl_passage(option);
	unsigned long argument[4];
	va_list list;
	int result;

	va_start(list, option);
	for (int i = 0; i < 4; i++)
		argument[i] = va_arg(list, unsigned long);
	va_end(list);
	passage_before(passage);
	result = real()->prctl(option, argument[0], argument[1], argument[2], argument[3]);
	if (passage == PASSAGE_SEAL && result != 0)
		lifecycle_unseal();
	return result;
}

HOOK long syscall(long number, ...)
{
	enum passage passage;
	long argument[6];
	va_list list;
	long result;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		argument[i] = va_arg(list, long);
	va_end(list);
	passage = syscall_passage(number, argument[0]);
	passage_before(passage);
	result = real()->syscall(number, argument[0], argument[1], argument[2], argument[3],
				 argument[4], argument[5]);
	if (passage == PASSAGE_SEAL && result < 0)
		lifecycle_unseal();
	return result;
}
