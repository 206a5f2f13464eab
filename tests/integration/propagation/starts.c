/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts children in every way that there is, while a transfer of libcurl is under way and after.
 *
 *	starts URL [COMMAND...]		in a callback of a transfer from URL, and after it
 *
 * The children are "starts --print LABEL", which prints a line for each variable of a context that
 * it has: LABEL NAME=VALUE; or, once each by two ways, COMMAND. Last it says whether its own
 * environment is what it was.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char own_path[4096];
static char *own_name;
static char **command;
static char label[64];
static char *print_arguments[] = { own_path, (char *)"--print", label, NULL };

/* What a careless program hands on: things twice, and names that only look alike. */
static char *given[] = {
	(char *)"A=1",
	(char *)"TRACEPARENT=00-11111111111111111111111111111111-2222222222222222-01",
	(char *)"TRACEPARENT2=mine",
	(char *)"TRACESTATE=old=1",
	(char *)"TRACEPARENT=00-33333333333333333333333333333333-4444444444444444-01",
	(char *)"traceparent=small",
	NULL,
	NULL,
	NULL,
};

static char **own_environment;
static char *own_copy;
static size_t own_count, own_size;

static void environment_keep(void)
{
	own_environment = environ;
	while (environ[own_count])
		own_size += strlen(environ[own_count++]) + 1;
	own_copy = malloc(own_size + (own_count + 1) * sizeof(*environ));
	memcpy(own_copy, environ, (own_count + 1) * sizeof(*environ));
	char *text = own_copy + (own_count + 1) * sizeof(*environ);
	for (size_t i = 0; i < own_count; i++)
		text = stpcpy(text, environ[i]) + 1;
}

static int environment_is_same(void)
{
	const char *text = own_copy + (own_count + 1) * sizeof(*environ);

	if (environ != own_environment ||
	    memcmp(own_copy, environ, (own_count + 1) * sizeof(*environ)) != 0)
		return 0;
	for (size_t i = 0; i < own_count; text += strlen(text) + 1, i++)
		if (memcmp(text, environ[i], strlen(text) + 1) != 0)
			return 0;
	return 1;
}

static int print(const char *prefix)
{
	for (char **entry = environ; *entry; entry++)
		if (!strncmp(*entry, "TRACE", 5) || !strncmp(*entry, "BAGGAGE", 7) ||
		    !strncmp(*entry, "B3", 2) || !strncmp(*entry, "trace", 5) ||
		    !strncmp(*entry, "A=", 2))
			printf("%s %s\n", prefix, *entry);
	printf("%s end\n", prefix);
	return 0;
}

/* ---- ways, in a child ---- */

static void way_execve(void) { execve(own_path, print_arguments, environ); }
static void way_execve_given(void) { execve(own_path, print_arguments, given); }
static void way_execve_null(void) { execve(own_path, print_arguments, NULL); }
static void way_execv(void) { execv(own_path, print_arguments); }
static void way_execvp(void) { execvp(own_name, print_arguments); }
static void way_execvpe(void) { execvpe(own_name, print_arguments, environ); }
static void way_execvpe_given(void) { execvpe(own_name, print_arguments, given); }
static void way_execl(void) { execl(own_path, "starts", "--print", label, NULL); }
static void way_execlp(void) { execlp(own_name, "starts", "--print", label, NULL); }
static void way_execle(void) { execle(own_path, "starts", "--print", label, NULL, environ); }
static void way_execle_given(void) { execle(own_path, "starts", "--print", label, NULL, given); }

static void way_fexecve(void)
{
	fexecve(open(own_path, O_RDONLY | O_CLOEXEC), print_arguments, environ);
}

static void way_execveat(void)
{
	execveat(AT_FDCWD, own_path, print_arguments, environ, 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "execve", way_execve }, { "execve_given", way_execve_given },
	{ "execve_null", way_execve_null },
	{ "execv", way_execv }, { "execvp", way_execvp }, { "execvpe", way_execvpe },
	{ "execvpe_given", way_execvpe_given },
	{ "execl", way_execl }, { "execlp", way_execlp }, { "execle", way_execle },
	{ "execle_given", way_execle_given },
	{ "fexecve", way_fexecve }, { "execveat", way_execveat },
};

static void wait_for(pid_t child)
{
	int status = 0;

	if (child <= 0 || waitpid(child, &status, 0) != child || status != 0)
		printf("%s failed: %d\n", label, status);
}

static void start_in_child(const char *prefix, size_t i, int by_vfork)
{
	pid_t child;

	snprintf(label, sizeof(label), "%s-%s-%s", prefix, by_vfork ? "vfork" : "fork",
		 ways[i].name);
	fflush(stdout);
	child = by_vfork ? vfork() : fork(); /* NOLINT */
	if (child == 0) {
		ways[i].run();
		_exit(99);
	}
	wait_for(child);
}

static void start_by_spawn(const char *prefix, const char *name, char **environment)
{
	const int by_file = name[strlen(name) - 1] == 'p';
	pid_t child = -1;

	snprintf(label, sizeof(label), "%s-spawn-%s_%s", prefix, name,
		 environment == given ? "given" : environment ? "own" : "null");
	fflush(stdout);
	if (by_file)
		posix_spawnp(&child, own_name, NULL, NULL, print_arguments, environment);
	else
		posix_spawn(&child, own_path, NULL, NULL, print_arguments, environment);
	wait_for(child);
}

/* What libc starts by itself. */
static void start_by_shell(const char *prefix)
{
	char line[4400], answer[512];
	FILE *pipe;

	fflush(stdout);
	snprintf(line, sizeof(line), "%s --print %s-shell-system", own_path, prefix);
	if (system(line) != 0)
		puts("system failed");
	snprintf(line, sizeof(line), "%s --print %s-shell-popen", own_path, prefix);
	pipe = popen(line, "r");
	while (pipe && fgets(answer, sizeof(answer), pipe))
		fputs(answer, stdout);
	if (!pipe || pclose(pipe) != 0)
		puts("popen failed");
}

static void start_command(void)
{
	pid_t child = -1;

	fflush(stdout);
	if (posix_spawnp(&child, command[0], NULL, NULL, command, environ) == 0)
		wait_for(child);
	child = fork();
	if (child == 0) {
		execvp(command[0], command);
		_exit(99);
	}
	wait_for(child);
}

static void start_all(const char *prefix)
{
	if (*command) {
		start_command();
		return;
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		start_in_child(prefix, i, 0);
		start_in_child(prefix, i, 1);
	}
	start_by_spawn(prefix, "posix_spawn", environ);
	start_by_spawn(prefix, "posix_spawn", given);
	start_by_spawn(prefix, "posix_spawn", NULL);
	start_by_spawn(prefix, "posix_spawnp", environ);
	start_by_spawn(prefix, "posix_spawnp", given);
	start_by_shell(prefix);
}

static size_t receive(char *bytes, size_t size, size_t count, void *seen)
{
	(void)bytes;
	if (!*(int *)seen)
		start_all("inside");
	*(int *)seen = 1;
	return size * count;
}

static void given_complete(void)
{
	size_t at = 6;

	/* What lets the children be traced as well. */
	for (char **entry = environ; *entry; entry++)
		if (!strncmp(*entry, "LD_PRELOAD=", 11) ||
		    !strncmp(*entry, "OTELSHIM_SESSION=", 17))
			given[at++] = *entry;
}

int main(int count, char **arguments)
{
	CURL *easy;
	int seen = 0;

	if (count == 3 && strcmp(arguments[1], "--print") == 0)
		return print(arguments[2]);
	if (count < 2 || readlink("/proc/self/exe", own_path, sizeof(own_path) - 1) <= 0)
		return 2;
	own_name = strrchr(own_path, '/') + 1;
	command = arguments + 2;
	given_complete();
	environment_keep();
	easy = curl_easy_init();
	curl_easy_setopt(easy, CURLOPT_URL, arguments[1]);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &seen);
	if (curl_easy_perform(easy) != CURLE_OK || !seen)
		return 3;
	curl_easy_cleanup(easy);
	if (!*command)
		start_all("after");
	printf("environment %s\n", environment_is_same() ? "same" : "changed");
	return 0;
}
