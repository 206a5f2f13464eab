/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of armed: descriptors are the program's own. */
#include "armed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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

int do_descriptors(char **unused)
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

int do_closefrom(char **unused)
{
	(void)unused;
	fflush(stdout);
	close_connection();
	closefrom(3);
	open_connection();
	return write_and_read_back();
}

int do_close_loop(char **unused)
{
	int number;

	(void)unused;
	close_connection();
	for (number = 3; number < 1024; number++)
		if (close(number) == 0)
			printf("closed %d\n", number);
	open_connection();
	return write_and_read_back();
}

int do_close_range(char **unused)
{
	(void)unused;
	close_connection();
	told("close_range", close_range(3, ~0u, 0));
	open_connection();
	return write_and_read_back();
}

int do_lowest(char **unused)
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

int do_limit_files(char **unused)
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

int do_daemon(char **unused)
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
