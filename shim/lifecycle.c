/* SPDX-License-Identifier: Apache-2.0 */
/* Load, fork, exec, exit: what makes us active in a process, and what ends it. */
#include "lifecycle.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cold.h"
#include "base/config.h"
#include "base/environment.h"
#include "base/log.h"
#include "base/raw.h"
#include "base/resolve.h"
#include "call/carrier.h"
#include "call/deepbind.h"
#include "call/descriptor.h"
#include "call/endpoint.h"
#include "call/http.h"
#include "call/http_headers.h"
#include "call/injection.h"
#include "call/option.h"
#include "call/parent.h"
#include "call/perform.h"
#include "call/submit.h"
#include "call/transfer.h"
#include "lifecycle_summary.h"
#include "lifecycle_thread.h"
#include "trace/area.h"

extern struct r_debug _r_debug __attribute__((weak));

/*
 * The first copy of ourselves in global search order is the one that works: its symbol is what all
 * copies see, each copy's own is what it sees by the hidden name (hazards.md A21).
 */
__attribute__((visibility("default"))) char otelshim_instance;
extern char own_instance __attribute__((alias("otelshim_instance"), visibility("hidden")));

static struct area_header *session_area;	/* the supervisor's; set once, at load */

/*
 * atexit() names by it the object whose handlers these are; otherwise the compiler's start files,
 * of which nothing else is needed, bring it.
 */
__attribute__((visibility("hidden"), used)) char own_handle asm("__dso_handle");

/* The process that calls can be recorded for: area and description are there. */
static _Atomic uint64_t ready_process;
static _Atomic bool sealed;

/* ---- load ---- */

/*
 * Go and other programs without libc: libc was mapped for us alone and is half alive (hazards.md
 * G7).
 */
static bool main_has_libraries(void)
{
	/* Weak: a strong reference would make the loader a library that we need. */
	const struct link_map *map = &_r_debug ? _r_debug.r_map : NULL;

	if (!map)
		return true;
	for (const ElfW(Dyn) *entry = map->l_ld; entry && entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_NEEDED)
			return true;
	return false;
}

static bool stays_inert(void)
{
	char *volatile first = &otelshim_instance;

	return getauxval(AT_SECURE) || config()->disabled || first != &own_instance ||
	       !main_has_libraries();
}

/* Opens, maps and closes the supervisor's area: the one thing that we may open at load. */
static struct area_header *session_map(const char *path)
{
	struct area_header *area = NULL;
	struct stat status;
	void *memory;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && status.st_size > 0) {
		memory = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			      0);
		if (memory != MAP_FAILED && area_check(memory, (size_t)status.st_size))
			area = memory;
		else if (memory != MAP_FAILED)
			munmap(memory, (size_t)status.st_size);
	}
	close(fd);
	if (area)
		madvise(area, (size_t)status.st_size, MADV_DONTDUMP);
	return area;
}

static bool use_session(void)
{
	struct area_header *area = session_map(config()->session);

	if (!area)
		return false;
	session_area = area;
	return true;
}

/*
 * Whether calls can be recorded now in this process; makes the area and describes the process at
 * the first question. Two loads afterwards.
 */
static bool is_ready(void);

/* Also where no spans are made: what came in goes on. */
static void inherit_context(const struct config *settings)
{
	if (settings->propagators_set || environment_has("TRACEPARENT") ||
	    environment_has("BAGGAGE"))
		parent_inherit(settings->propagators, environ);
}

static void configure_calls(const struct config *settings)
{
	call_options = (struct call_options){
		.parameters = settings->params,
		.returned_rows = settings->pg_rows,
		.describes = settings->pg_describe,
		.large_objects = settings->pg_large_objects,
		.extra = settings->params || settings->pg_sqlcommenter == CONFIG_ON,
		.comments = settings->pg_sqlcommenter == CONFIG_ON,
	};
	carrier_configure(settings->propagators);
	http_options.known_methods = slice_of_string(settings->http_known_methods);
	http_header_options = (struct http_header_options){
		.request = slice_of_string(settings->http_request_headers),
		.response = slice_of_string(settings->http_response_headers),
		.sanitized = slice_of_string(settings->http_sanitized_headers),
	};
}

static void configure_transfers(const struct config *settings)
{
	transfer_options = (struct transfer_options){
		.propagators = settings->propagators,
		.non_http = settings->curl_non_http,
		.sizes = settings->http_sizes,
		.into_signed = settings->curl_signed,
	};
	endpoint_add(ENDPOINT_BASE, slice_of_string(settings->endpoint));
	endpoint_add(ENDPOINT_WHOLE, slice_of_string(settings->traces_endpoint));
	endpoint_add(ENDPOINT_WHOLE, slice_of_string(settings->metrics_endpoint));
	endpoint_add(ENDPOINT_WHOLE, slice_of_string(settings->logs_endpoint));
	injection_share("tracestate", parent_inherited()->tracestate);
	injection_share("baggage", parent_inherited()->baggage);
}

static void enable_calls(const struct config *settings)
{
	const struct sampler sampler = sampler_of_config(settings);

	parent_configure(NULL, &sampler);
	if (!session_area)
		summary_note_load();
	if (!settings->keep_deepbind)
		deepbind_enable();
	configure_calls(settings);
	configure_transfers(settings);
	perform_enable(is_ready);
	submit_enable(is_ready, (enum submit_connect)settings->pg_connect);
}

/*
 * Before other constructors where the loader allows it. A session that cannot be mapped leaves us
 * inert: nobody would read, and a thread of our own was not asked for.
 */
__attribute__((constructor)) static void lifecycle_load(void)
{
	const struct config *settings;
	int saved = errno;

	resolve_begin();
	config_load();
	settings = config();
	log_configure((enum log_level)settings->log_level,
		      settings->log_file_set ? settings->log_file : NULL);
	if (!stays_inert()) {
		inherit_context(settings);
		if (!settings->sdk_disabled && (!settings->session_set || use_session()))
			enable_calls(settings);
	}
	errno = saved;
}

/* ---- the first call of a process ---- */

static void describe_process(void)
{
	const struct config *settings = config();
	const size_t room = 4096;
	char *path = arena_take(room);
	ssize_t size = path ? readlink("/proc/self/exe", path, room) : 0;
	struct slice texts[] = {
		slice_of(path, size > 0 ? (size_t)size : 0),
		slice_first(slice_of_string(settings->service_name), UINT16_MAX),
		slice_first(slice_of_string(settings->resource_attributes), UINT16_MAX),
		parent_inherited()->tracestate,
		slice_first(slice_of_string(program_invocation_name), 4096),
	};
	const struct area_process body = {
		.pid = arena_process_pid(),
		.parent_pid = (uint32_t)getppid(),
		.executable_size = (uint16_t)texts[0].size,
		.service_size = (uint16_t)texts[1].size,
		.resource_size = (uint16_t)texts[2].size,
		.tracestate_size = (uint16_t)texts[3].size,
		.command_size = (uint16_t)texts[4].size,
	};

	area_describe(AREA_PROCESS, slice_of(&body, sizeof(body)), texts, 5);
	arena_give(path, room);
}

/* In another pid namespace than the supervisor, perhaps since a fork: it cannot see our end. */
static bool is_foreign(const struct area_header *area)
{
	struct stat status;

	return session_area && (!area->pid_namespace || stat("/proc/self/ns/pid", &status) != 0 ||
				area->pid_namespace != (uint64_t)status.st_ino);
}

static struct area_header *private_area(void)
{
	size_t lane = (size_t)config()->buffer / AREA_LANES;
	size_t size = area_size(lane);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	if (madvise(memory, size, MADV_WIPEONFORK) != 0) {
		munmap(memory, size);
		return NULL;
	}
	madvise(memory, size, MADV_DONTDUMP);
	area_format(memory, lane, 0);
	return memory;
}

static void spin_pause(void)
{
#if defined(__x86_64__)
	asm volatile("pause");
#elif defined(__aarch64__)
	asm volatile("yield");
#endif
}

enum { PREPARE_BEGUN = 1, PREPARE_FAILED };

/* Once a process, some ten microseconds; bounded, were the one who prepares stopped meanwhile. */
static bool wait_for_ready(uint64_t process_id, _Atomic uint32_t *begun)
{
	for (int turns = 0; turns < 1000000 && atomic_load(&ready_process) != process_id; turns++) {
		if (atomic_load(begun) == PREPARE_FAILED)
			return false;
		spin_pause();
	}
	return atomic_load(&ready_process) == process_id;
}

/* One thread of the process prepares, the others wait for it; where it failed, nobody ever does. */
static COLD bool prepare(uint64_t process_id)
{
	_Atomic uint32_t *begun = arena_root(ARENA_ROOT_LIFECYCLE, thread_state_size());
	struct area_header *area;
	uint32_t nobody = 0;

	if (!begun)
		return false;
	if (!atomic_compare_exchange_strong(begun, &nobody, PREPARE_BEGUN))
		return wait_for_ready(process_id, begun);
	area = session_area ? session_area : private_area();
	if (!area) {
		atomic_store(begun, PREPARE_FAILED);
		return false;
	}
	area_use(area, session_area != NULL, is_foreign(area), thread_wake);
	describe_process();
	atomic_store_explicit(&ready_process, process_id, memory_order_release);
	return true;
}

static bool is_ready(void)
{
	uint64_t process_id;

	if (atomic_load_explicit(&sealed, memory_order_relaxed))
		return false;
	process_id = arena_process_id();
	if (!process_id)
		return false;
	if (atomic_load_explicit(&ready_process, memory_order_acquire) != process_id &&
	    !prepare(process_id))
		return false;
	/* Sealed by another thread meanwhile: one of the two sees what the other wrote. */
	atomic_store(&submit_ready_process, process_id);
	if (!atomic_load(&sealed))
		return true;
	atomic_store(&submit_ready_process, 0);
	return false;
}

/* ---- what the thread must not outlive ---- */

void lifecycle_before_exec(void)
{
	if (!session_area && !atomic_load(&sealed))
		thread_flush(false);
}

void lifecycle_before_exit(void)
{
	if (!session_area && !atomic_load(&sealed))
		thread_flush(true);
}

void lifecycle_before_thread_exit(void)
{
	if (!session_area && !atomic_load(&sealed))
		thread_main_ends();
}

void lifecycle_gate(void)
{
	if (!session_area)
		thread_leave();
}

/* A vfork child has its parent's: what it does to itself must not end the parent's tracing. */
static bool in_own_memory(void)
{
	return (uint32_t)raw_call3(SYS_getpid, 0, 0, 0) == arena_process_pid();
}

void lifecycle_seal(void)
{
	if (!session_area)
		thread_flush(false);
	lifecycle_gate();
	if (!in_own_memory())
		return;
	deepbind_allow(false);
	descriptor_allow(false);
	atomic_store(&sealed, true);
	atomic_store(&submit_ready_process, 0);
}

void lifecycle_unseal(void)
{
	if (!in_own_memory())
		return;
	deepbind_allow(true);
	descriptor_allow(true);
	atomic_store(&sealed, false);
}
