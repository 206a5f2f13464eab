/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and waiting; each case in a process of its own, since signals are the process's. */
#include "tests/support/test.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/child.h"

/* Runs @script by sh under a child_*() supervisor; the raw status of that. */
static int supervise(const char *script, void (*meanwhile)(pid_t supervisor))
{
	pid_t supervisor = fork();
	int status;

	if (supervisor == 0) {
		char *command[] = { (char[]){ "sh" }, (char[]){ "-c" }, strdup(script), NULL };
		struct child_signals signals;
		struct child child;

		child_signals_begin(&signals);
		if (child_start(command, environ, &signals, &child) != 0)
			_exit(99);
		child_wait(&signals, &child);
		child_end_like(&child);
	}
	if (meanwhile)
		meanwhile(supervisor);
	assert_int_equal(waitpid(supervisor, &status, 0), supervisor);
	return status;
}

static void we_end_as_the_child_ended(void **state)
{
	static const int deadly[] = { SIGTERM, SIGKILL, SIGSEGV, SIGINT, SIGPIPE, SIGHUP };
	char script[32];

	(void)state;
	for (int code = 0; code < 256; code += 51) {
		snprintf(script, sizeof(script), "exit %d", code);
		assert_int_equal(WEXITSTATUS(supervise(script, NULL)), code);
	}
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		int status;

		/* Whoever runs the tests may have it ignored (nohup). */
		signal(deadly[i], SIG_DFL);
		snprintf(script, sizeof(script), "kill -%d $$", deadly[i]);
		status = supervise(script, NULL);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), deadly[i]);
		assert_false(WCOREDUMP(status) && deadly[i] != SIGSEGV);
	}
}

static void send_term(pid_t supervisor)
{
	usleep(200000);
	kill(supervisor, SIGINT);
	kill(supervisor, SIGTERM);
}

static void what_is_sent_to_us_reaches_the_child(void **state)
{
	int status = supervise("trap 'exit 42' TERM; while :; do sleep 0.05; done", send_term);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

/* The line of our own status that begins with @name, without its end. */
static void status_line(const char *name, char ret[64])
{
	FILE *file = fopen("/proc/self/status", "r");

	assert_non_null(file);
	do
		assert_non_null(fgets(ret, 64, file));
	while (strncmp(ret, name, strlen(name)) != 0);
	fclose(file);
	ret[strcspn(ret, "\n")] = 0;
	/*
	 * Signals 32 and 33 are libc's own: it sets them anew in a child. Any digit is right there.
	 */
	ret[strlen(ret) - 8] = ret[strlen(ret) - 9] = '.';
}

static void the_child_has_the_dispositions_that_we_had(void **state)
{
	char blocked[64], ignored[64], script[256];

	(void)state;
	signal(SIGUSR1, SIG_IGN);
	status_line("SigBlk:", blocked);
	status_line("SigIgn:", ignored);
	snprintf(script, sizeof(script),
		 "grep -qx '%s' /proc/self/status && grep -qx '%s' /proc/self/status", blocked,
		 ignored);
	assert_int_equal(supervise(script, NULL), 0);
	signal(SIGUSR1, SIG_DFL);
	assert_int_not_equal(supervise(script, NULL), 0);
}

static void what_cannot_be_executed_is_an_error(void **state)
{
	static char missing[] = "./nonexistent", folder[] = "/";
	char *none[] = { missing, NULL }, *directory[] = { folder, NULL };
	char *path[] = { (char[]){ "PATH=/nonexistent" }, NULL };
	char *unfound[] = { (char[]){ "true" }, NULL };
	struct child_signals signals;
	struct child child = { .pid = 7 };

	(void)state;
	child_signals_begin(&signals);
	assert_int_equal(child_start(none, environ, &signals, &child), -ENOENT);
	assert_int_equal(child_start(directory, environ, &signals, &child), -EACCES);
	/* PATH is the one that the child gets. */
	assert_int_equal(child_start(unfound, path, &signals, &child), -ENOENT);
	assert_int_equal(child.pid, 7);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	child_signals_end(&signals);
}

static void signals_have_names(void **state)
{
	char name[32];

	(void)state;
	assert_string_equal(child_signal_name(SIGSEGV, name), "SIGSEGV");
	assert_string_equal(child_signal_name(SIGRTMIN + 3, name), "SIGRTMIN+3");
}

TESTS(cmocka_unit_test(we_end_as_the_child_ended),
      cmocka_unit_test(what_is_sent_to_us_reaches_the_child),
      cmocka_unit_test(the_child_has_the_dispositions_that_we_had),
      cmocka_unit_test(what_cannot_be_executed_is_an_error),
      cmocka_unit_test(signals_have_names))
