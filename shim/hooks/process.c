/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced functions by which a program ends or becomes another: what waits is delivered
 * first. The environment and the arguments go on as they are.
 */
#include "base/real.h"

#include <stdarg.h>

#include "hooks/hook.h"
#include "lifecycle.h"

#ifndef environ
extern char **environ;
#endif

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

HOOK int execve(const char *path, char *const arguments[], char *const environment[])
{
	lifecycle_before_exec();
	return real()->execve(path, arguments, environment);
}

HOOK int execv(const char *path, char *const arguments[])
{
	lifecycle_before_exec();
	return real()->execv(path, arguments);
}

HOOK int execvp(const char *file, char *const arguments[])
{
	lifecycle_before_exec();
	return real()->execvp(file, arguments);
}

HOOK int execvpe(const char *file, char *const arguments[], char *const environment[])
{
	lifecycle_before_exec();
	return real()->execvpe(file, arguments, environment);
}

HOOK int fexecve(int fd, char *const arguments[], char *const environment[])
{
	lifecycle_before_exec();
	return real()->fexecve(fd, arguments, environment);
}

HOOK int execveat(int directory, const char *path, char *const arguments[],
		  char *const environment[], int flags)
{
	lifecycle_before_exec();
	return real()->execveat(directory, path, arguments, environment, flags);
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

HOOK int execl(const char *path, const char *argument, ...)
{
	va_list list;
	size_t count;

	va_start(list, argument);
	count = list_count(argument, list);
	va_end(list);

	const char *vector[count + 1];

	va_start(list, argument);
	list_copy(&list, count, argument, vector);
	va_end(list);
	lifecycle_before_exec();
	return real()->execve(path, (char *const *)vector, environ);
}

HOOK int execle(const char *path, const char *argument, ...)
{
	va_list list;
	size_t count;
	char *const *environment;

	va_start(list, argument);
	count = list_count(argument, list);
	va_end(list);

	const char *vector[count + 1];

	va_start(list, argument);
	list_copy(&list, count, argument, vector);
	environment = va_arg(list, char *const *);
	va_end(list);
	lifecycle_before_exec();
	return real()->execve(path, (char *const *)vector, environment);
}

HOOK int execlp(const char *file, const char *argument, ...)
{
	va_list list;
	size_t count;

	va_start(list, argument);
	count = list_count(argument, list);
	va_end(list);

	const char *vector[count + 1];

	va_start(list, argument);
	list_copy(&list, count, argument, vector);
	va_end(list);
	lifecycle_before_exec();
	return real()->execvp(file, (char *const *)vector);
}
