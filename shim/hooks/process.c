/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions by which a program ends or becomes another: what waits is delivered
 * first; and those that start a child. The arguments go on as they are, and so does the environment
 * unless a span is current (call/carrier.h).
 *
 * A child of vfork() comes here in its parent's memory: what is done for it writes to nothing but
 * its own frames.
 */
#include "base/real.h"

#include <spawn.h>
#include <stdarg.h>

#include "call/carrier.h"
#include "hooks/hook.h"
#include "lifecycle.h"

#ifndef environ
extern char **environ;
#endif

/* The environment of a child, for which @room was made by carrier_room(). */
#define HANDED_ON(environment, room) carrier_environment(environment, sizeof(room), room)

HOOK void _exit(int status)
{
	lifecycle_before_exit();
	real()->_exit(status);
	__builtin_unreachable();
}

HOOK void _Exit(int status)
{
	lifecycle_before_exit();
	real()->_Exit(status);
	__builtin_unreachable();
}

HOOK void pthread_exit(void *result)
{
	lifecycle_before_thread_exit();
	real()->pthread_exit(result);
	__builtin_unreachable();
}

static int path_execute(const char *path, char *const arguments[], char *const environment[])
{
	char *room[carrier_room(environment)];

	lifecycle_before_exec();
	return real()->execve(path, arguments, HANDED_ON(environment, room));
}

static int file_execute(const char *file, char *const arguments[])
{
	char *room[carrier_room(environ)];
	char *const *environment;

	lifecycle_before_exec();
	environment = HANDED_ON(environ, room);
	if (environment == environ)
		return real()->execvp(file, arguments);
	return real()->execvpe(file, arguments, environment);
}

HOOK int execve(const char *path, char *const arguments[], char *const environment[])
{
	return path_execute(path, arguments, environment);
}

HOOK int execv(const char *path, char *const arguments[])
{
	char *room[carrier_room(environ)];
	char *const *environment;

	lifecycle_before_exec();
	environment = HANDED_ON(environ, room);
	if (environment == environ)
		return real()->execv(path, arguments);
	return real()->execve(path, arguments, environment);
}

HOOK int execvp(const char *file, char *const arguments[])
{
	return file_execute(file, arguments);
}

HOOK int execvpe(const char *file, char *const arguments[], char *const environment[])
{
	char *room[carrier_room(environment)];

	lifecycle_before_exec();
	return real()->execvpe(file, arguments, HANDED_ON(environment, room));
}

HOOK int fexecve(int fd, char *const arguments[], char *const environment[])
{
	char *room[carrier_room(environment)];

	lifecycle_before_exec();
	return real()->fexecve(fd, arguments, HANDED_ON(environment, room));
}

HOOK int execveat(int directory, const char *path, char *const arguments[],
		  char *const environment[], int flags)
{
	char *room[carrier_room(environment)];

	lifecycle_before_exec();
	return real()->execveat(directory, path, arguments, HANDED_ON(environment, room), flags);
}

HOOK int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		     const posix_spawnattr_t *attributes, char *const arguments[],
		     char *const environment[])
{
	char *room[carrier_room(environment)];

	return real()->posix_spawn(pid, path, actions, attributes, arguments,
				   HANDED_ON(environment, room));
}

HOOK int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
		      const posix_spawnattr_t *attributes, char *const arguments[],
		      char *const environment[])
{
	char *room[carrier_room(environment)];

	return real()->posix_spawnp(pid, file, actions, attributes, arguments,
				    HANDED_ON(environment, room));
}

/*
 * The variadic ones cannot be forwarded as they are: like libc itself, they put the list on the
 * stack (no allocation is allowed after vfork) and go on as the vector form.
 */
static size_t list_count(const char *first, va_list list)
{
	/* libc promises that it is not null; a program may do it all the same. */
	const char *volatile given = first;
	size_t count = 1;

	if (!given)
		return 0;
	while (va_arg(list, const char *))
		count++;
	return count;
}

/* By pointer: execle() reads on behind it, and elsewhere than on x86-64 a list is a value. */
static void list_copy(va_list *list, size_t count, const char *first, const char **ret)
{
	ret[0] = first;
	for (size_t i = 1; i <= count; i++)
		ret[i] = va_arg(*list, const char *);
}

enum list_form { LIST_PATH, LIST_PATH_ENVIRONMENT, LIST_FILE };

static int list_execute(enum list_form form, const char *program, const char *first, va_list *list)
{
	va_list ahead;
	size_t count;

	va_copy(ahead, *list);
	count = list_count(first, ahead);
	va_end(ahead);

	const char *vector[count + 1];
	char *const *arguments = (char *const *)vector;

	list_copy(list, count, first, vector);
	switch (form) {
	case LIST_FILE:
		return file_execute(program, arguments);
	case LIST_PATH_ENVIRONMENT:
		return path_execute(program, arguments, va_arg(*list, char *const *));
	default:
		return path_execute(program, arguments, environ);
	}
}

HOOK int execl(const char *path, const char *argument, ...)
{
	va_list list;
	int ret;

	va_start(list, argument);
	ret = list_execute(LIST_PATH, path, argument, &list);
	va_end(list);
	return ret;
}

HOOK int execle(const char *path, const char *argument, ...)
{
	va_list list;
	int ret;

	va_start(list, argument);
	ret = list_execute(LIST_PATH_ENVIRONMENT, path, argument, &list);
	va_end(list);
	return ret;
}

HOOK int execlp(const char *file, const char *argument, ...)
{
	va_list list;
	int ret;

	va_start(list, argument);
	ret = list_execute(LIST_FILE, file, argument, &list);
	va_end(list);
	return ret;
}
