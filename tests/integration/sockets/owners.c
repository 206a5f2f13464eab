/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of the real libpq with the replaced functions of sockets inside it, so that it can ask
 * whose its descriptors are; nothing in the library asks yet. Prints a line for each answer.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/descriptor.h"
#include "call/libpq.h"

static PGcancel *armed;
static volatile sig_atomic_t cancelled;

static const char *owner(int fd)
{
	return descriptor_owner(fd) == DESCRIPTOR_PG ? "libpq" : "unknown";
}

static bool is_claimed(int fd)
{
	const struct descriptor *descriptor = descriptor_peek(fd);

	return descriptor && descriptor_is_tagged(descriptor);
}

static PGconn *opened(const char *options)
{
	PGconn *db = PQconnectdb(options);

	if (PQstatus(db) == CONNECTION_OK)
		return db;
	fputs(PQerrorMessage(db), stderr);
	exit(1);
}

/* The number that the next descriptor gets. */
static int next_number(void)
{
	int fd = open("/dev/null", O_RDONLY);

	close(fd);
	return fd;
}

static void ask(const char *what, const char *options)
{
	PGconn *db = opened(options);

	printf("%s: %s\n", what, owner(PQsocket(db)));
	PQfinish(db);
}

static void on_alarm(int signal)
{
	char error[256];

	(void)signal;
	cancelled += PQcancel(armed, error, sizeof(error));
}

static void cancel(void)
{
	PGconn *db = opened("");
	struct itimerval soon = { .it_value = { .tv_usec = 200000 } };
	int next = next_number();

	armed = PQgetCancel(db);
	signal(SIGALRM, on_alarm);
	printf("before a cancel: %d\n", is_claimed(next));
	setitimer(ITIMER_REAL, &soon, NULL);
	PQclear(PQexec(db, "select pg_sleep(20)"));
	printf("cancelled %d, its socket was tagged: %d", (int)cancelled, is_claimed(next));
	printf(", and is gone: %s\n", owner(next));
	printf("the connection: %s\n", owner(PQsocket(db)));
	PQfreeCancel(armed);
	PQfinish(db);
}

static void reset(void)
{
	PGconn *db = opened("");

	PQreset(db);
	printf("reset: %s\n", owner(PQsocket(db)));
	PQfinish(db);
}

static void close_plainly(int fd)
{
	close(fd);
}

static void close_range_of(int fd)
{
	syscall(SYS_close_range, fd, fd, 0);
}

static void close_stream(int fd)
{
	fclose(fdopen(fd, "r"));
}

static void put_file_over(int fd)
{
	int file = open("/dev/null", O_RDWR);

	dup2(file, fd);
	close(file);
}

/* Closed behind libpq's back; a file, then a socket of the program's own, under its number. */
static void steal(const char *what, void (*end)(int))
{
	PGconn *db = opened("");
	int fd = PQsocket(db), later;

	end(fd);
	later = open("/dev/null", O_RDWR);
	printf("%s: a file under the number: %s", what, owner(fd));
	close(later);
	PQfinish(db);
	db = opened("");
	fd = PQsocket(db);
	end(fd);
	later = socket(AF_INET, SOCK_STREAM, 0);
	if (later != fd)
		dup2(later, fd);
	printf(", a socket: %s\n", owner(fd));
	if (later != fd)
		close(later);
	PQfinish(db);
}

static void others(void)
{
	const char *host = getenv("PGHOST"), *port = getenv("PGPORT");
	struct sockaddr_in server = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (!host || !port)
		abort();
	server.sin_port = htons((uint16_t)strtol(port, NULL, 10));
	inet_aton(host, &server.sin_addr);
	printf("the program's own: %d %s\n",
	       connect(fd, (struct sockaddr *)&server, sizeof(server)), owner(fd));
	close(fd);
}

static void child(void)
{
	PGconn *db = opened("");

	fflush(stdout);
	if (fork() == 0) {
		printf("inherited: %s\n", owner(PQsocket(db)));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	printf("after a fork: %s\n", owner(PQsocket(db)));
	PQfinish(db);
}

int main(void)
{
	char hosts[128];

	/* What any first call of libpq does in the library. */
	libpq_of_caller(__builtin_extract_return_addr((void *)main));
	ask("connected", "");
	ask("in the clear", "sslmode=disable");
	ask("TLS", "sslmode=require");
	snprintf(hosts, sizeof(hosts), "host=%s,%s port=1,%s", getenv("PGHOST"), getenv("PGHOST"),
		 getenv("PGPORT"));
	ask("the second host", hosts);
	cancel();
	reset();
	steal("close", close_plainly);
	steal("close_range", close_range_of);
	steal("fclose", close_stream);
	steal("dup2", put_file_over);
	others();
	child();
	return 0;
}
