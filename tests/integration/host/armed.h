/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the actions of `armed` share: each is in a file of its kind, takes the rest of the command
 * line, prints what matters and returns the exit status.
 */
#ifndef ARMED_H
#define ARMED_H

#include <sys/types.h>

/* One query on the connection that armed keeps open; ends the program when it fails. */
void query(const char *sql);

/* Closes the connection and makes another. */
void close_connection(void);
void open_connection(void);

void sleep_ms(long ms);

/* For that long without any system call: the clock is the vDSO's. */
void busy_ms(long ms);

/* A result as a line: what the call returned, and errno when that was a failure. */
void told(const char *what, long result);
void told_status(const char *what, int status);

int wait_for(pid_t child);

int do_abort(char **arguments);
int do_chroot(char **arguments);
int do_close_loop(char **arguments);
int do_close_range(char **arguments);
int do_closefrom(char **arguments);
int do_daemon(char **arguments);
int do_descriptors(char **arguments);
int do_drop_user(char **arguments);
int do_environment(char **arguments);
int do_errno(char **arguments);
int do_exec(char **arguments);
int do_exit_in_thread(char **arguments);
int do_fault(char **arguments);
int do_fork_exec(char **arguments);
int do_fork_kinds(char **arguments);
int do_fork_locks(char **arguments);
int do_fork_system(char **arguments);
int do_kill(char **arguments);
int do_limit_files(char **arguments);
int do_loader(char **arguments);
int do_lowest(char **arguments);
int do_memory(char **arguments);
int do_popen(char **arguments);
int do_pthread_exit(char **arguments);
int do_quick_exit(char **arguments);
int do_raw_setuid(char **arguments);
int do_scheduling(char **arguments);
int do_seccomp_all(char **arguments);
int do_seccomp_filter(char **arguments);
int do_seccomp_strict(char **arguments);
int do_setns(char **arguments);
int do_setpriv(char **arguments);
int do_signals(char **arguments);
int do_sigpipe(char **arguments);
int do_sigwait(char **arguments);
int do_spawn(char **arguments);
int do_timer(char **arguments);
int do_underscore_exit(char **arguments);
int do_unshare(char **arguments);
int do_vfork(char **arguments);

#endif
