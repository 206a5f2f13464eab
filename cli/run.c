/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor: session, child, consumer, ending, in this order and back. */
#include "cli/run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/real.h"
#include "cli/ending.h"
#include "cli/environment.h"
#include "cli/gzip.h"
#include "cli/mapping.h"
#include "cli/span_file.h"

#define COLLECTOR_PORT 4318
#define COLLECTOR_WAIT_MS 50
#define FOLLOW_MS 100
#define STALL_NS UINT64_C(250000000)

static void complain(const char *what, const char *why)
{
	fprintf(stderr, "otelshim: %s: %s\n", what, why);
}

/* ---- beginning ---- */

/*
 * A standard stream that is closed would give its number to the next file of ours, and what is said
 * on standard error would go there. The child finds them closed again.
 */
static void streams_fill(void)
{
	for (int descriptor = 0; descriptor <= 2; descriptor++)
		if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", O_RDWR | O_CLOEXEC) < 0)
			return;
}

static void settings_load(struct run *run)
{
	setlocale(LC_CTYPE, "");
	config_load();
	run->config = config();
	log_configure(run->options->verbose ? LOG_DEBUG :
					      (enum log_level)run->config->log_level,
		      run->config->log_file);
	config_warn();
}

/* One line that says what was asked for. */
static void complain_of_room(const struct run *run, int error)
{
	size_t size = session_area_size(run->config->buffer);

	fprintf(stderr,
		"otelshim: no room for the area of %zu bytes (OTELSHIM_BUFFER=%llu): %s; "
		"%s runs untraced\n",
		size, (unsigned long long)run->config->buffer, strerror(-error),
		program_base_name(run->options->command[0]));
}

static void session_make(struct run *run)
{
	char library[PROGRAM_PATH];
	int error;

	if (!program_library(library)) {
		complain(library, "not found, the command runs untraced");
		return;
	}
	error = session_begin(run->config->buffer, library, &run->session);
	if (error)
		complain_of_room(run, error);
	else if (run->session.on_disk)
		log_warn("no memory file system has room: the area is on a disk, in %s",
			 run->session.directory);
}

/* Below what the command would inherit without us, which -E may have changed. */
static bool begin_span(struct run *run, struct environment *environment)
{
	static struct propagation_text text;
	const unsigned propagators = run->config->propagators;
	const struct carrier carrier = { propagation_variable, environment->entry };
	struct propagated inherited;

	propagation_extract(propagators, &carrier, &text, &inherited);
	run_span_begin(run->config, &inherited, clock_now_ns(), &run->span);
	run->span_made = true;
	return environment_hand_on(environment, propagators, &run->span.on);
}

/* What the command inherits beside our own environment. False: no memory. */
static bool environment_make(struct run *run, struct environment *environment)
{
	bool made = environment_begin(environ, environment);

	for (size_t i = 0; made && i < run->options->variables; i++)
		made = environment_change(environment, run->options->variable[i]);
	if (made && run->session.area)
		made = environment_preload(environment, run->session.preload) &&
		       environment_set(environment, "OTELSHIM_SESSION", run->session.area_path);
	if (made && run->session.area && run->config->run_span)
		made = begin_span(run, environment);
	return made;
}

static bool begin_child(struct run *run, const struct child_signals *signals)
{
	struct environment environment = { 0 };
	int error = -ENOMEM;

	if (environment_make(run, &environment)) {
		const char *paths = environment_get(&environment, "PATH");

		program_find(run->options->command[0], paths, &run->program);
		run->start_ns = run->span.start_ns = clock_now_ns();
		error = child_start(run->options->command, environment.entry, signals, &run->child);
	}
	environment_end(&environment);
	if (error)
		complain(run->options->command[0], strerror(-error));
	run->child.exit_code = error == -ENOENT ? 127 : error ? 126 : 0;
	return error == 0;
}

/* ---- the consumer ---- */

static bool address_listens(int family, const struct sockaddr *address, socklen_t size)
{
	int error = 0, descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd wait = { .fd = descriptor, .events = POLLOUT };
	socklen_t error_size = sizeof(error);
	bool listens = false;

	if (descriptor < 0)
		return false;
	if (real()->connect(descriptor, address, size) == 0)
		listens = true;
	else if (errno == EINPROGRESS && poll(&wait, 1, COLLECTOR_WAIT_MS) == 1)
		listens = real()->getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error,
					     &error_size) == 0 &&
			  error == 0;
	close(descriptor);
	return listens;
}

/* Nobody configured a collector: is there one where it would be? */
static bool collector_listens(void)
{
	const struct sockaddr_in four = { .sin_family = AF_INET,
					  .sin_port = htons(COLLECTOR_PORT),
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6,
					  .sin6_port = htons(COLLECTOR_PORT),
					  .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	return address_listens(AF_INET, (const void *)&four, sizeof(four)) ||
	       address_listens(AF_INET6, (const void *)&six, sizeof(six));
}

static void choose_network(struct run *run)
{
	const struct config *settings = run->config;
	bool otlp = settings->exporter == CONFIG_OTLP;

	run->configured = settings->exporter == CONFIG_CONSOLE ||
			  (otlp && (settings->exporter_set || settings->endpoint_set ||
				    settings->traces_endpoint_set));
	run->network = otlp && (run->configured || collector_listens());
}

static void complain_of_file(const char *path, int error)
{
	fprintf(stderr, "otelshim: cannot write %s: %s; the spans are not kept\n", path,
		strerror(-error));
}

static void choose_file(struct run *run)
{
	const char *asked = run->options->output ? run->options->output : run->config->file;
	bool replace = run->options->output || !run->config->file_set;
	int error;

	run->file_asked = run->options->output || run->config->file_set;
	run->keep_undelivered = !run->file_asked && !run->options->no_file && run->configured;
	if (run->options->no_file || run->keep_undelivered)
		return;
	if (!run->file_asked)
		asked = RUN_FILE;
	error = span_file_name(asked, (long)run->child.pid, run->options->command[0], run->file);
	if (error == 0)
		error = span_file_prepare(run->file, replace);
	if (error == 0)
		return;
	complain_of_file(run->file[0] ? run->file : asked, error);
	run->file[0] = 0;
}

static bool prepare_undelivered(const char *path)
{
	int error = span_file_prepare(path, true);

	if (error)
		complain_of_file(path, error);
	return error == 0;
}

static void *consume(void *context)
{
	exporter_run(context);
	return NULL;
}

/* After the command started, so that one that does not exist leaves the last run's file alone. */
static void begin_consumer(struct run *run)
{
	choose_network(run);
	choose_file(run);
	run->exporter = exporter_begin(&(struct exporter_options){
		.config = run->config,
		.area = run->session.area,
		.session = true,
		.network = run->network,
		.quiet_network = !run->configured,
		.file = run->file[0] ? run->file : NULL,
		.undelivered = run->keep_undelivered ? RUN_FILE : NULL,
		.undelivered_prepare = prepare_undelivered,
		.compress = gzip_pack,
		.keep_summary = true,
	});
	if (run->exporter)
		return;
	area_close(run->session.area);
	complain("no memory for the spans", "nothing is reported");
}

/* ---- ending ---- */

/*
 * Also of those who made no call yet, or only have children. The one seen last is asked first: to
 * look at all processes takes its time.
 */
static bool area_is_held(struct run *run)
{
	if (!run->holder || !mapping_of(run->holder, run->session.area_path))
		run->holder = mapping_holder(run->session.area_path, (uint32_t)getpid());
	return run->holder != 0;
}

static void find_running(struct run *run, const struct child_signals *signals)
{
	do
		run->running_count = session_processes(&run->session, run->running, RUN_PROCESSES);
	while (run->options->follow && (run->running_count > 0 || area_is_held(run)) &&
	       !child_signal_came(signals, FOLLOW_MS));
}

static void add_run_span(const struct run *run)
{
	_Alignas(8) uint8_t memory[RUN_SPAN_ROOM];
	const char *name = program_base_name(run->options->command[0]);
	const char *executable = program_base_name(run->program.executable);
	const struct run_span_end end = { name, *executable ? executable : name, &run->child,
					  run->wall_ns };
	const struct span_record *record;

	if (!run->span_made)
		return;
	record = run_span_record(&run->span, &end, memory);
	if (record)
		exporter_add(run->exporter, record);
}

/* A wrapper may have executed something else: that is what ran. */
static void find_executable(struct run *run)
{
	struct slice path = exporter_executable(run->exporter, (uint32_t)run->child.pid,
						(uint32_t)getpid());

	if (path.size == 0 || path.size >= sizeof(run->program.executable))
		return;
	memcpy(run->program.executable, path.data, path.size);
	run->program.executable[path.size] = 0;
}

/*
 * The consumer thread has ended. Closed first: what came before is collected, what comes later is
 * dropped.
 */
static void collect(struct run *run)
{
	area_close(run->session.area);
	exporter_collect(run->exporter, run->running_count == 0);
	find_executable(run);
	add_run_span(run);
}

static void end_traced(struct run *run, const struct child_signals *signals)
{
	collect(run);
	session_remove(&run->session, run->running_count > 0);
	/* Nothing is left behind from here on: whoever is tired of waiting may interrupt. */
	child_signals_end(signals);
	ending_summary(run);
	exporter_flush(run->exporter, run->config->exit_timeout_ns, STALL_NS);
	exporter_give_up(run->exporter);
	ending_delivery(run);
	exporter_end(run->exporter);
}

static void wait_traced(struct run *run, const struct child_signals *signals)
{
	pthread_t consumer;
	bool consuming;

	begin_consumer(run);
	consuming = run->exporter && pthread_create(&consumer, NULL, consume, run->exporter) == 0;
	child_wait(signals, &run->child);
	run->wall_ns = clock_now_ns() - run->start_ns;
	find_running(run, signals);
	if (consuming) {
		exporter_stop(run->exporter);
		pthread_join(consumer, NULL);
	}
	if (run->exporter)
		end_traced(run, signals);
	else
		session_remove(&run->session, run->running_count > 0);
}

int run_command(const struct options *options)
{
	struct run run = { .options = options };
	struct child_signals signals;

	streams_fill();
	settings_load(&run);
	child_signals_begin(&signals);
	if (!run.config->disabled && !run.config->sdk_disabled)
		session_make(&run);
	if (!begin_child(&run, &signals)) {
		session_remove(&run.session, false);
		return run.child.exit_code;
	}
	if (run.session.area)
		wait_traced(&run, &signals);
	else
		child_wait(&signals, &run.child);
	child_end_like(&run.child);
}
