/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks, roots and the process's number, among threads and across every kind of fork. */
#include "tests/support/test.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/arena.h"
#include "base/guard.h"
#include "base/random.h"
#include "base/thread.h"
#include "tests/support/child.h"

#define THREADS 8
#define ROUNDS 20000
#define HELD 16
#define SWAPS 300000

static bool all_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static void a_block_is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 63, 64, 65, 128, 129, 4096, 4097, ARENA_BLOCK_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *block = arena_take(sizes[i]);

		assert_non_null(block);
		assert_int_equal((uintptr_t)block % 64, 0);
		assert_true(all_zero(block, sizes[i]));
		arena_give(block, sizes[i]);
	}
}

static void a_block_given_back_is_taken_again_zeroed(void **state)
{
	uint8_t *first = arena_take(1000);
	uint8_t *second;

	(void)state;
	memset(first, 0xee, 1000);
	arena_give(first, 1000);
	second = arena_take(1024);
	assert_ptr_equal(first, second);
	assert_true(all_zero(second, 1000));
	arena_give(second, 1024);
}

static void blocks_of_one_size_do_not_overlap(void **state)
{
	uint8_t *blocks[HELD];

	(void)state;
	for (size_t i = 0; i < HELD; i++) {
		blocks[i] = arena_take(200);
		memset(blocks[i], (int)i + 1, 200);
	}
	for (size_t i = 0; i < HELD; i++) {
		for (size_t j = 0; j < 200; j++)
			assert_int_equal(blocks[i][j], i + 1);
		arena_give(blocks[i], 200);
	}
}

static void what_is_too_big_is_refused_and_counted(void **state)
{
	uint64_t before = arena_refused();

	(void)state;
	assert_null(arena_take(ARENA_BLOCK_MAX + 1));
	assert_null(arena_take(SIZE_MAX));
	assert_int_equal(arena_refused(), before + 2);
}

static void giving_nothing_or_what_is_not_ours_is_ignored(void **state)
{
	static uint8_t stranger[64];

	(void)state;
	arena_give(NULL, 64);
	arena_give(stranger, sizeof(stranger));
	assert_ptr_not_equal(arena_take(64), stranger);
}

static void fill_the_arena(void)
{
	static uint8_t *blocks[1024];
	size_t count = 0;

	while ((blocks[count] = arena_take(ARENA_BLOCK_MAX)) != NULL)
		CHILD_EXPECT(++count < 1024);
	CHILD_EXPECT(count == ARENA_CEILING / ARENA_BLOCK_MAX - 1);
	CHILD_EXPECT(arena_refused() == 1);
	/* What is left over still serves small blocks, and what is given back is there again. */
	CHILD_EXPECT(arena_take(64) != NULL);
	arena_give(blocks[7], ARENA_BLOCK_MAX);
	CHILD_EXPECT(arena_take(ARENA_BLOCK_MAX) == blocks[7]);
	CHILD_EXPECT(arena_take(ARENA_BLOCK_MAX) == NULL);
	CHILD_EXPECT(arena_refused() == 2);
}

static void at_the_ceiling_blocks_are_refused(void **state)
{
	(void)state;
	assert_int_equal(child_run(fill_the_arena), 0);
}

static void a_root_is_made_once(void **state)
{
	void *root;

	(void)state;
	assert_null(arena_root_peek(ARENA_ROOT_STATEMENTS));
	root = arena_root(ARENA_ROOT_STATEMENTS, 5000);
	assert_non_null(root);
	assert_ptr_equal(arena_root(ARENA_ROOT_STATEMENTS, 5000), root);
	assert_ptr_equal(arena_root_peek(ARENA_ROOT_STATEMENTS), root);
	assert_null(arena_root_peek(ARENA_ROOT_MODULES));
	assert_null(arena_root(ARENA_ROOT_MODULES, ARENA_BLOCK_MAX + 1));
	assert_null(arena_root_peek(ARENA_ROOT_MODULES));
}

/* A thread's blocks, each full of the thread's own byte: a block with two owners shows. */
struct worker {
	pthread_t thread;
	uint8_t byte;
	void *root;
	const char *failed;
};

static _Atomic int workers_ready;

static size_t worker_size(uint64_t random)
{
	return 1 + (random >> 8) % ((size_t)64 << (random % 6));
}

static bool worker_check(const uint8_t *block, size_t size, uint8_t byte)
{
	for (size_t i = 0; i < size; i++)
		if (block[i] != byte)
			return false;
	return true;
}

static const char *worker_round(struct worker *worker, uint8_t **block, size_t *size)
{
	if (*block) {
		if (!worker_check(*block, *size, worker->byte))
			return "another thread wrote into a block";
		arena_give(*block, *size);
	}
	*size = worker_size(random_next());
	*block = arena_take(*size);
	if (!*block)
		return "a block was refused";
	if (!all_zero(*block, *size))
		return "a block was not zeroed";
	memset(*block, worker->byte, *size);
	return NULL;
}

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	uint8_t *blocks[HELD] = { NULL };
	size_t sizes[HELD] = { 0 };

	atomic_fetch_add(&workers_ready, 1);
	while (atomic_load(&workers_ready) < THREADS)
		sched_yield();
	worker->root = arena_root(ARENA_ROOT_SOCKETS, 8192);
	for (size_t i = 0; i < ROUNDS && !worker->failed; i++)
		worker->failed = worker_round(worker, &blocks[i % HELD], &sizes[i % HELD]);
	return NULL;
}

static uint64_t parent_id;

static void be_fresh(void)
{
	uint8_t *block;

	CHILD_EXPECT(arena_process_id() != 0);
	CHILD_EXPECT(arena_process_id() != parent_id);
	CHILD_EXPECT(arena_process_pid() == (uint32_t)syscall(SYS_getpid));
	CHILD_EXPECT(arena_refused() == 0);
	CHILD_EXPECT(guard_refused() == 0);
	for (int root = 0; root < ARENA_ROOT_COUNT; root++)
		CHILD_EXPECT(arena_root_peek((enum arena_root)root) == NULL);
	block = arena_take(3000);
	CHILD_EXPECT(block && all_zero(block, 3000));
	memset(block, 1, 3000);
	arena_give(block, 3000);
	block = arena_take(3000);
	CHILD_EXPECT(block && all_zero(block, 3000));
}

static void eight_threads_and_forked_children_share_no_block(void **state)
{
	struct worker workers[THREADS] = { 0 };

	(void)state;
	parent_id = arena_process_id();
	atomic_store(&workers_ready, 0);
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].byte = (uint8_t)(i + 1);
		assert_int_equal(pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]),
				 0);
	}
	for (int i = 0; i < 20; i++)
		assert_int_equal(child_run(be_fresh), 0);
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].failed)
			fail_msg("%s", workers[i].failed);
		assert_ptr_equal(workers[i].root, workers[0].root);
	}
	assert_non_null(workers[0].root);
}

/*
 * Two blocks of one size taken and given back in turn: the pattern in which a head without a count
 * of changes comes back with another successor.
 */
static void *worker_swap(void *argument)
{
	struct worker *worker = argument;

	atomic_fetch_add(&workers_ready, 1);
	while (atomic_load(&workers_ready) < THREADS)
		sched_yield();
	for (size_t i = 0; i < SWAPS && !worker->failed; i++) {
		_Atomic uint8_t *first = arena_take(64);
		_Atomic uint8_t *second = arena_take(64);

		atomic_store_explicit(&first[63], worker->byte, memory_order_relaxed);
		atomic_store_explicit(&second[63], worker->byte, memory_order_relaxed);
		if (first == second ||
		    atomic_load_explicit(&first[63], memory_order_relaxed) != worker->byte ||
		    atomic_load_explicit(&second[63], memory_order_relaxed) != worker->byte)
			worker->failed = "a block had two owners";
		arena_give((void *)first, 64);
		arena_give((void *)second, 64);
	}
	return NULL;
}

static void a_list_survives_that_its_head_comes_back(void **state)
{
	struct worker workers[THREADS] = { 0 };

	(void)state;
	atomic_store(&workers_ready, 0);
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].byte = (uint8_t)(i + 1);
		assert_int_equal(
			pthread_create(&workers[i].thread, NULL, worker_swap, &workers[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].failed)
			fail_msg("%s", workers[i].failed);
	}
}

static void a_child_without_fork_handlers_is_fresh(void **state)
{
	pid_t child;

	(void)state;
	parent_id = arena_process_id();
	child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (child == 0) {
		be_fresh();
		_exit(0);
	}
	assert_int_equal(child_wait(child), 0);
	child = _Fork();
	if (child == 0) {
		be_fresh();
		_exit(0);
	}
	assert_int_equal(child_wait(child), 0);
}

static void a_child_gives_back_nothing_of_its_parent(void)
{
	uint8_t *mine = arena_take(4096);

	CHILD_EXPECT(mine != NULL);
	/* Far behind what this process cut so far. */
	arena_give(mine + (1 << 20), 4096);
	CHILD_EXPECT(arena_take(4096) != mine + (1 << 20));
}

static void a_block_of_the_parent_is_not_taken_into_a_child(void **state)
{
	(void)state;
	assert_int_equal(child_run(a_child_gives_back_nothing_of_its_parent), 0);
}

static volatile uint64_t vfork_id;

static void a_vfork_child_is_its_parent(void **state)
{
	pid_t child;

	(void)state;
#ifdef __SANITIZE_THREAD__
	/* There vfork() is fork(). */
	skip();
#endif
	parent_id = arena_process_id();
	child = vfork();
	if (child == 0) {
		vfork_id = arena_process_id();
		_exit(0);
	}
	child_wait(child);
	assert_int_equal(vfork_id, parent_id);
	assert_int_equal(arena_process_id(), parent_id);
	assert_int_equal(arena_process_pid(), (uint32_t)getpid());
}

/* The line of flags of the mapping that holds @address. */
static void read_flags(uintptr_t address, char *ret, size_t size)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	unsigned long start, end;
	bool inside = false;
	char *rest;

	assert_non_null(maps);
	while (fgets(ret, (int)size, maps)) {
		start = strtoul(ret, &rest, 16);
		end = *rest == '-' ? strtoul(rest + 1, &rest, 16) : 0;
		if (*rest == ' ')
			inside = address >= start && address < end;
		if (inside && strncmp(ret, "VmFlags:", 8) == 0)
			break;
	}
	fclose(maps);
}

static void the_mapping_is_wiped_on_fork_and_not_dumped(void **state)
{
	void *block = arena_take(64);
	char flags[512] = "";

	(void)state;
	read_flags((uintptr_t)block, flags, sizeof(flags));
	assert_non_null(strstr(flags, " wf"));
	assert_non_null(strstr(flags, " dd"));
	arena_give(block, 64);
}

/* Without an arena nothing works, and nothing breaks. */
static int expect_no_arena(void)
{
	struct guard guard = { 0 };

	CHILD_EXPECT(arena_take(64) == NULL);
	CHILD_EXPECT(arena_take(64) == NULL);
	CHILD_EXPECT(arena_refused() == 2);
	CHILD_EXPECT(arena_root(ARENA_ROOT_AREA, 64) == NULL);
	CHILD_EXPECT(arena_root_peek(ARENA_ROOT_AREA) == NULL);
	CHILD_EXPECT(arena_process_id() == 0);
	CHILD_EXPECT(arena_process_pid() == 0);
	CHILD_EXPECT(thread_current() == NULL);
	CHILD_EXPECT(random_next() != random_next());
	CHILD_EXPECT(guard_enter(&guard));
	CHILD_EXPECT(!guard_enter(&guard));
	CHILD_EXPECT(guard_refused() == 0);
	guard_leave(&guard);
	arena_give(&guard, sizeof(guard));
	return 0;
}

/* In a process of its own: the kernel says no to one advice. */
static int run_without_advice(unsigned int advice)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, advice, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 22),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	CHILD_EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHILD_EXPECT(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
	return expect_no_arena();
}

static int run_without_memory(void)
{
	struct rlimit none = { 1, 1 };

	CHILD_EXPECT(setrlimit(RLIMIT_AS, &none) == 0);
	return expect_no_arena();
}

static void there_is_no_arena_that_a_child_would_inherit(void **state)
{
	(void)state;
	assert_int_equal(child_run_again("wipe"), 0);
}

static void there_is_no_arena_that_would_be_dumped(void **state)
{
	(void)state;
	assert_int_equal(child_run_again("dump"), 0);
}

static void without_memory_there_is_no_arena(void **state)
{
	(void)state;
#ifdef SANITIZED
	/* A sanitiser ends the program that has no memory. */
	skip();
#endif
	assert_int_equal(child_run_again("memory"), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(a_block_is_zeroed_and_aligned),
		cmocka_unit_test(a_block_given_back_is_taken_again_zeroed),
		cmocka_unit_test(blocks_of_one_size_do_not_overlap),
		cmocka_unit_test(what_is_too_big_is_refused_and_counted),
		cmocka_unit_test(giving_nothing_or_what_is_not_ours_is_ignored),
		cmocka_unit_test(at_the_ceiling_blocks_are_refused),
		cmocka_unit_test(a_root_is_made_once),
		cmocka_unit_test(eight_threads_and_forked_children_share_no_block),
		cmocka_unit_test(a_list_survives_that_its_head_comes_back),
		cmocka_unit_test(a_child_without_fork_handlers_is_fresh),
		cmocka_unit_test(a_block_of_the_parent_is_not_taken_into_a_child),
		cmocka_unit_test(a_vfork_child_is_its_parent),
		cmocka_unit_test(the_mapping_is_wiped_on_fork_and_not_dumped),
		cmocka_unit_test(there_is_no_arena_that_a_child_would_inherit),
		cmocka_unit_test(there_is_no_arena_that_would_be_dumped),
		cmocka_unit_test(without_memory_there_is_no_arena),
	};

	if (argc > 1 && strcmp(argv[1], "wipe") == 0)
		return run_without_advice(MADV_WIPEONFORK);
	if (argc > 1 && strcmp(argv[1], "dump") == 0)
		return run_without_advice(MADV_DONTDUMP);
	if (argc > 1)
		return run_without_memory();
	return cmocka_run_group_tests(cases, NULL, NULL);
}
