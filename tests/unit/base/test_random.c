/* SPDX-License-Identifier: Apache-2.0 */
/* The generator against the published sequences, and who shares none with whom. */
#include "tests/support/test.h"

#include <pthread.h>
#include <sys/mman.h>

#include "base/random.h"
#include "tests/support/child.h"

#define NUMBERS 1000

/* Of the authors' C programs xoshiro256starstar.c from the state 1, 2, 3, 4. */
static void steps_are_those_of_xoshiro256starstar(void **state)
{
	static const uint64_t expected[] = {
		11520, 0, 1509978240, 1215971899390074240, 1216172134540287360,
		607988272756665600, 16172922978634559625u, 8476171486693032832,
		10595114339597558777u, 2904607092377533576,
	};
	uint64_t words[4] = { 1, 2, 3, 4 };

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(random_step(words), expected[i]);
}

/* Of splitmix64.c from the state 1234567. */
static void seeds_are_those_of_splitmix64(void **state)
{
	static const uint64_t expected[4] = {
		6457827717110365317, 3203168211198807973, 9817491932198370423u, 4593380528125082431,
	};
	uint64_t words[4];

	(void)state;
	random_seed(words, 1234567);
	assert_memory_equal(words, expected, sizeof(expected));
	random_seed(words, 0);
	assert_true(words[0] | words[1] | words[2] | words[3]);
}

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void expect_all_different(uint64_t *numbers, size_t count)
{
	qsort(numbers, count, sizeof(*numbers), compare);
	assert_int_not_equal(numbers[0], 0);
	for (size_t i = 1; i < count; i++)
		assert_int_not_equal(numbers[i - 1], numbers[i]);
}

static void *draw(void *argument)
{
	uint64_t *numbers = argument;

	for (size_t i = 0; i < NUMBERS; i++)
		numbers[i] = random_next();
	return NULL;
}

static void threads_share_no_numbers(void **state)
{
	static uint64_t numbers[(size_t)4 * NUMBERS];
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, draw, numbers + i * NUMBERS), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	expect_all_different(numbers, (size_t)4 * NUMBERS);
}

static uint64_t *shared;

static void draw_in_a_child(void)
{
	draw(shared + NUMBERS);
}

static void a_child_shares_no_numbers_with_its_parent(void **state)
{
	(void)state;
	shared = mmap(NULL, (size_t)2 * NUMBERS * sizeof(uint64_t), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	random_next();
	assert_int_equal(child_run(draw_in_a_child), 0);
	draw(shared);
	expect_all_different(shared, (size_t)2 * NUMBERS);
	munmap(shared, (size_t)2 * NUMBERS * sizeof(uint64_t));
}

static void each_bit_is_as_often_one_as_zero(void **state)
{
	unsigned int ones[64] = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t value = random_next();

		for (int bit = 0; bit < 64; bit++)
			ones[bit] += value >> bit & 1;
	}
	/* Ten standard deviations. */
	for (int bit = 0; bit < 64; bit++)
		assert_in_range(ones[bit], 4500, 5500);
}

static void filling_writes_all_words_and_no_more(void **state)
{
	uint8_t bytes[40];
	static const uint8_t none[8];

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	random_fill(bytes + 8, 16);
	assert_memory_equal(bytes, none, 8);
	assert_memory_not_equal(bytes + 8, none, 8);
	assert_memory_not_equal(bytes + 16, none, 8);
	assert_memory_equal(bytes + 24, none, 8);
}

TESTS(cmocka_unit_test(steps_are_those_of_xoshiro256starstar),
      cmocka_unit_test(seeds_are_those_of_splitmix64),
      cmocka_unit_test(threads_share_no_numbers),
      cmocka_unit_test(a_child_shares_no_numbers_with_its_parent),
      cmocka_unit_test(each_bit_is_as_often_one_as_zero),
      cmocka_unit_test(filling_writes_all_words_and_no_more))
