/* SPDX-License-Identifier: Apache-2.0 */
/* Making and removing the directory and the area of a run. */
#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cli/mapping.h"
#include "cli/sweep.h"
#include "trace/context.h"

#define NAME_BYTES 16

size_t session_area_size(uint64_t buffer)
{
	return area_size((size_t)(buffer / AREA_LANES));
}

static bool in_memory(const char *path)
{
	struct statfs status;

	return statfs(path, &status) == 0 &&
	       (status.f_type == TMPFS_MAGIC || status.f_type == (__fsword_t)RAMFS_MAGIC);
}

static uint64_t pid_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

/* ---- the directory ---- */

static int directory_make(const char *parent, struct session *session)
{
	uint8_t random[NAME_BYTES];
	char hex[2 * NAME_BYTES + 1] = { 0 };
	int used;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EAGAIN;
	hex_format(random, sizeof(random), hex);
	used = snprintf(session->directory, sizeof(session->directory), "%s/otelshim-%s", parent,
			hex);
	/* Room for the names inside it. */
	if (used < 0 || (size_t)used > sizeof(session->directory) - 32)
		return -ENAMETOOLONG;
	if (mkdir(session->directory, 0700) != 0)
		return -errno;
	if (geteuid() == 0 && chmod(session->directory, 0711) != 0)
		return -errno;
	snprintf(session->area_path, sizeof(session->area_path), "%.220s/area",
		 session->directory);
	return 0;
}

/* Blanks and colons separate the entries of LD_PRELOAD, and "$" begins a token of the loader. */
static bool preload_takes(const char *path)
{
	return path[0] == '/' && !strpbrk(path, " :$\t\n\r\v\f;") &&
	       strlen(path) < sizeof(((struct session *)0)->preload);
}

/*
 * Where it can, LD_PRELOAD names the library itself: a process that outlives the session and
 * executes a program then still finds it, and the loader has nothing to say.
 */
static int library_link(const char *library, struct session *session)
{
	if (preload_takes(library)) {
		memcpy(session->preload, library, strlen(library) + 1);
		return 0;
	}
	snprintf(session->preload, sizeof(session->preload), "%s/libotelshim.so",
		 session->directory);
	if (!preload_takes(session->preload))
		return -EINVAL;
	if (symlink(library, session->preload) != 0)
		return -errno;
	session->linked = true;
	return 0;
}

/* ---- the area ---- */

static int area_allocate(int descriptor, size_t size)
{
	/* Its own umask must not decide who of the traced processes can write. */
	if (geteuid() == 0 && fchmod(descriptor, 0666) != 0)
		return -errno;
	/* A hole would end in SIGBUS, in the program, on the day the file system is full. */
	return -posix_fallocate(descriptor, 0, (off_t)size);
}

static int area_map(int descriptor, uint64_t buffer, struct session *session)
{
	size_t size = session_area_size(buffer);
	void *memory;
	int error = area_allocate(descriptor, size);

	if (error)
		return error;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	if (memory == MAP_FAILED)
		return -errno;
	madvise(memory, size, MADV_DONTDUMP);
	area_format(memory, (size_t)(buffer / AREA_LANES), pid_namespace());
	session->area = memory;
	session->size = size;
	session->descriptions = (size_t)session->area->descriptions_offset;
	return 0;
}

static int area_make(uint64_t buffer, struct session *session)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	int descriptor = open(session->area_path, flags, 0600);
	int error;

	if (descriptor < 0)
		return -errno;
	/* Held as long as we live: the sign by which a later run sees that somebody reads. */
	flock(descriptor, LOCK_EX | LOCK_NB);
	error = area_map(descriptor, buffer, session);
	if (error)
		close(descriptor);
	return error;
}

/* ---- all of it ---- */

static int begin_below(const char *parent, uint64_t buffer, const char *library,
		       struct session *ret)
{
	struct session session = { 0 };
	int error;

	sweep_sessions(parent);
	error = directory_make(parent, &session);

	if (error)
		return error;
	error = library_link(library, &session);
	if (!error)
		error = area_make(buffer, &session);
	if (error) {
		session_remove(&session, false);
		return error;
	}
	session.on_disk = !in_memory(parent);
	*ret = session;
	return 0;
}

int session_begin(uint64_t buffer, const char *library, struct session *ret)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *temporary = getenv("TMPDIR");
	int error = -ENOENT, first = 0;
	const char *parent[] = {
		in_memory("/dev/shm") ? "/dev/shm" : NULL,
		runtime && runtime[0] == '/' && in_memory(runtime) ? runtime : NULL,
		temporary && temporary[0] == '/' ? temporary : "/tmp",
	};

	for (size_t i = 0; i < sizeof(parent) / sizeof(parent[0]); i++) {
		if (!parent[i])
			continue;
		error = begin_below(parent[i], buffer, library, ret);
		if (error == 0)
			return 0;
		/* What the best place said is what the user can mend. */
		first = first ? first : error;
	}
	return first ? first : error;
}

void session_remove(struct session *session, bool running)
{
	if (!session->directory[0])
		return;
	unlink(session->area_path);
	if (session->linked && running)
		return;
	if (session->linked)
		unlink(session->preload);
	rmdir(session->directory);
	session->directory[0] = 0;
}

/* ---- who still lives ---- */

static void process_name(uint32_t pid, struct session_process *ret)
{
	char path[64];
	int descriptor;
	ssize_t size = 0;

	ret->pid = pid;
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor >= 0) {
		size = read(descriptor, ret->command, sizeof(ret->command) - 1);
		close(descriptor);
	}
	ret->command[size > 0 ? size : 0] = 0;
	ret->command[strcspn(ret->command, "\n")] = 0;
}

/* The description at @offset; its size, or 0 at the end of the chain or where it makes no sense. */
static uint32_t description_at(const struct session *session, size_t offset,
			       const struct area_description **ret)
{
	const struct area_description *place;
	uint32_t size;

	if (offset > AREA_DESCRIPTIONS_SIZE - sizeof(*place))
		return 0;
	place = (const void *)((const uint8_t *)session->area + session->descriptions + offset);
	size = atomic_load_explicit(&place->size, memory_order_acquire) & ~7u;
	if (size < sizeof(*place) || size > AREA_DESCRIPTIONS_SIZE - offset)
		return 0;
	*ret = place;
	return size;
}

static bool listed(const struct session_process *list, size_t count, uint32_t pid)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].pid == pid)
			return true;
	return false;
}

size_t session_processes(const struct session *session, struct session_process *ret, size_t count)
{
	const struct area_description *place;
	size_t found = 0, offset = AREA_DESCRIPTIONS_BEGIN;
	uint32_t size;

	for (; found < count && (size = description_at(session, offset, &place)); offset += size) {
		struct area_process process;

		if (place->kind != AREA_PROCESS || place->foreign ||
		    size < sizeof(*place) + sizeof(process))
			continue;
		memcpy(&process, place + 1, sizeof(process));
		/* Its pid may be another process's by now; that one has not our area mapped. */
		if (!listed(ret, found, process.pid) && mapping_of(process.pid, session->area_path))
			process_name(process.pid, &ret[found++]);
	}
	return found;
}
