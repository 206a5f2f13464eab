/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions: found by their numbers, checked, never hidden by an unfinished one. */
#include "tests/support/test.h"

#include "tests/support/area.h"

static void descriptions_come_before_the_spans_that_need_them(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_process process = { .pid = 1, .executable_size = 8, .command_size = 3 };
	struct area_module module = {
		.start = 0x1000, .end = 0x2000, .path_size = 6, .build_id_size = 2
	};
	const struct slice process_texts[] = { SLICE("/bin/sql"), SLICE("sql") };
	const struct slice module_texts[] = { SLICE("/lib/x"), SLICE("\x12\x34") };
	struct reader_statement statement;
	struct reader_module found;
	uint32_t number;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	assert_true(area_describe(AREA_PROCESS, slice_of(&process, sizeof(process)), process_texts,
				  2) > 0);
	number = area_describe(AREA_MODULE, slice_of(&module, sizeof(module)), module_texts, 2);
	assert_true(number > 0);
	assert_false(reader_module(stage.reader, number, &found));
	reader_drain(stage.reader);
	assert_int_equal(stage.processes, 1);
	assert_true(stage.last_process == arena_process_id());
	assert_true(reader_module(stage.reader, number, &found));
	assert_slice_equal(found.path, SLICE("/lib/x"));
	assert_slice_equal(found.build_id, SLICE("\x12\x34"));
	assert_true(found.start == 0x1000 && found.end == 0x2000);
	assert_true(found.process_id == arena_process_id());
	assert_false(reader_statement(stage.reader, number, &statement));
	assert_false(reader_module(stage.reader, 0, &found));
	assert_false(reader_module(stage.reader, number + 1, &found));
	assert_false(reader_module(stage.reader, UINT32_MAX, &found));
	/* What was copied stays, whatever becomes of the area. */
	memset((uint8_t *)stage.area + stage.area->descriptions_offset, 0xff, 4096);
	assert_true(reader_module(stage.reader, number, &found));
	assert_slice_equal(found.path, SLICE("/lib/x"));
	reader_drain(stage.reader);
	assert_int_equal(stage.processes, 1);
	stage_end(&stage);
}

static void a_description_never_finished_hides_no_later_one(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_module module = { .path_size = 1 };
	const struct slice body = { (const uint8_t *)&module, sizeof(module) };
	const struct slice text = SLICE("m");
	struct reader_module found;
	uint32_t first, second;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	first = area_describe(AREA_MODULE, body, &text, 1);
	atomic_fetch_or(&stage_described(&stage, first)->size, AREA_DESCRIPTION_BUSY);
	/* As its writer left it when it was killed before it told where the end is. */
	atomic_store(&stage.area->descriptions_used, AREA_DESCRIPTIONS_BEGIN);
	second = area_describe(AREA_MODULE, body, &text, 1);
	assert_true(second > first);
	reader_drain(stage.reader);
	assert_false(reader_module(stage.reader, first, &found));
	assert_true(reader_module(stage.reader, second, &found));
	/* It was only slow. */
	atomic_fetch_and(&stage_described(&stage, first)->size, ~AREA_DESCRIPTION_BUSY);
	reader_drain(stage.reader);
	assert_true(reader_module(stage.reader, first, &found));
	assert_int_equal(reader_losses(stage.reader).malformed, 0);
	stage_end(&stage);
}

static void many_unfinished_descriptions_are_given_up_one_by_one(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_module module = { .path_size = 0 };
	uint32_t last = 0;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	for (int i = 0; i < 100; i++) {
		last = area_describe(AREA_MODULE, slice_of(&module, sizeof(module)), NULL, 0);
		if (i != 99)
			atomic_fetch_or(&stage_described(&stage, last)->size,
					AREA_DESCRIPTION_BUSY);
	}
	reader_drain(stage.reader);
	assert_true(reader_module(stage.reader, last, &(struct reader_module){ 0 }));
	assert_true(reader_losses(stage.reader).malformed > 0);
	stage_end(&stage);
}

static void descriptions_that_lie_are_refused(void **state)
{
	static const uint32_t sizes[] = { 8, UINT32_MAX & ~7u, AREA_DESCRIPTIONS_SIZE, 1, 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);

		stage_read(&stage);
		atomic_store(&stage_described(&stage, 1)->size, sizes[i]);
		reader_drain(stage.reader);
		reader_drain(stage.reader);
		assert_int_equal(reader_losses(stage.reader).malformed, 1);
		stage_end(&stage);
	}
}

static void texts_longer_than_their_description_are_refused(void **state)
{
	struct stage stage = stage_begin(AREA_LANE_SIZE_MIN);
	struct area_statement body = { .text_size = UINT32_MAX, .summary_size = UINT16_MAX };
	uint32_t number;

	(void)state;
	area_use(stage.area, true, false, NULL);
	stage_read(&stage);
	number = area_describe(AREA_STATEMENT, slice_of(&body, sizeof(body)), NULL, 0);
	reader_drain(stage.reader);
	assert_false(reader_statement(stage.reader, number, &(struct reader_statement){ 0 }));
	assert_int_equal(reader_losses(stage.reader).malformed, 1);
	stage_end(&stage);
}

TESTS(cmocka_unit_test(descriptions_come_before_the_spans_that_need_them),
      cmocka_unit_test(a_description_never_finished_hides_no_later_one),
      cmocka_unit_test(many_unfinished_descriptions_are_given_up_one_by_one),
      cmocka_unit_test(descriptions_that_lie_are_refused),
      cmocka_unit_test(texts_longer_than_their_description_are_refused))
