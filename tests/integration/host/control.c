/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The negative control: a preloaded library that does what otelshim must not do. It starts its
 * thread in the constructor, with descriptors in the program's table, with signals unmasked,
 * holding a lock of libc at times, and never ends it. The host tests have to see that.
 */
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int descriptors[2];

static void *work(void *unused)
{
	const struct timespec pause = { .tv_nsec = 200000 };
	struct addrinfo *found;

	prctl(PR_SET_NAME, "otelshim");
	for (;;) {
		if (getaddrinfo("localhost", "4318", NULL, &found) == 0)
			freeaddrinfo(found);
		nanosleep(&pause, NULL);
	}
	return unused;
}

__attribute__((constructor)) static void begin(void)
{
	pthread_t thread;

	descriptors[0] = socket(AF_INET, SOCK_STREAM, 0);
	descriptors[1] = eventfd(0, 0);
	if (pthread_create(&thread, NULL, work, NULL) != 0)
		exit(96);
}
