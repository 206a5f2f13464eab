/* SPDX-License-Identifier: Apache-2.0 */
/* The modules that calls come from, as the area describes them. */
#include "tests/support/test.h"

#include <pthread.h>

#include "base/resolve.h"
#include "call/module.h"
#include "tests/support/program.h"
#include "tests/support/traced.h"

static const struct area_module *described(uint32_t number)
{
	const struct area_header *area = traced_area();
	const struct area_description *place =
		(const void *)((const uint8_t *)area + area->descriptions_offset +
			       (size_t)number * 8);

	assert_int_not_equal(number, 0);
	assert_int_equal(place->kind, AREA_MODULE);
	return (const void *)(place + 1);
}

static void a_module_is_described_with_path_place_and_build_id(void **state)
{
	struct module_memory memory = { .description = 0 };
	const struct area_module *module = described(module_of(&memory, libpq_address()));
	struct slice path = slice_of(module + 1, module->path_size);
	struct resolve_object object;

	(void)state;
	assert_true(resolve_owner(libpq_address(), &object));
	assert_int_equal(module->start, object.start);
	assert_int_equal(module->end, object.end);
	assert_int_equal(module->load_address, object.load_address);
	assert_true(path.size > 14);
	assert_slice_equal(slice_after(path, path.size - 14), SLICE("libscripted.so"));
	/* The linker of Debian gives a SHA-1; one that gives none is no failure. */
	assert_true(module->build_id_size == 0 || module->build_id_size >= 8);
}

static void each_module_is_described_once(void **state)
{
	struct module_memory one = { .description = 0 }, other = { .description = 0 };
	uint32_t libpq = module_of(&one, libpq_address());
	uint32_t program = module_of(&other, program_address());

	(void)state;
	assert_int_not_equal(libpq, program);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(module_of(&one, program_address()), program);
		assert_int_equal(module_of(&one, libpq_address()), libpq);
		assert_int_equal(module_of(&one, libpq_address()), libpq);
	}
}

static void an_address_of_no_module_has_none(void **state)
{
	struct module_memory memory = { .description = 0 };

	(void)state;
	assert_int_equal(module_of(&memory, NULL), 0);
	assert_int_equal(module_of(&memory, &memory), 0);
	assert_int_not_equal(module_of(&memory, program_address()), 0);
	assert_int_equal(module_of(&memory, &memory), 0);
}

static void *look_up(void *argument)
{
	for (int i = 0; i < 1000; i++) {
		struct module_memory memory = { .description = 0 };

		if (!module_of(&memory, i & 1 ? program_address() : libpq_address()))
			return argument;
	}
	return NULL;
}

static void threads_look_up_at_once(void **state)
{
	pthread_t threads[4];

	(void)state;
	traced_area();
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_up, threads), 0);
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

TESTS(cmocka_unit_test(threads_look_up_at_once),
      cmocka_unit_test(a_module_is_described_with_path_place_and_build_id),
      cmocka_unit_test(each_module_is_described_once),
      cmocka_unit_test(an_address_of_no_module_has_none))
