/* SPDX-License-Identifier: Apache-2.0 */
/* Backing off. */
#include "exporter/retry.h"

#include "exporter/small_file.h"

#define SECOND UINT64_C(1000000000)

bool retry_wanted(int status)
{
	return status == 429 || (status >= 502 && status <= 504);
}

uint64_t retry_delay_ns(unsigned attempt, uint64_t random)
{
	uint64_t delay = RETRY_FIRST_NS;

	while (attempt-- > 1 && delay < RETRY_MOST_NS)
		delay += delay / 2;
	if (delay > RETRY_MOST_NS)
		delay = RETRY_MOST_NS;
	return delay - delay / 5 + random % (2 * (delay / 5) + 1);
}

/* Of a date, or of seconds: more digits would overflow as nanoseconds. */
static bool number_read(struct slice text, uint64_t *ret)
{
	return slice_decimal(text, 9, ret);
}

static bool month_read(struct slice word, uint64_t *ret)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (uint64_t i = 0; word.size == 3 && i < 12; i++) {
		if (memcmp(word.data, names + 3 * i, 3) != 0)
			continue;
		*ret = i + 1;
		return true;
	}
	return false;
}

struct date {
	uint64_t year, month, day, seconds;
};

/* "08:49:37" */
static bool time_read(struct slice word, struct date *ret)
{
	uint64_t hour, minute, second;

	if (word.size != 8 || word.data[2] != ':' || word.data[5] != ':' ||
	    !number_read(slice_of(word.data, 2), &hour) ||
	    !number_read(slice_of(word.data + 3, 2), &minute) ||
	    !number_read(slice_of(word.data + 6, 2), &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	ret->seconds = hour * 3600 + minute * 60 + second;
	return true;
}

/* "06-Nov-94" of RFC 850: two digits of a year mean the one nearest to ours. */
static bool dashed_read(struct slice word, struct date *ret)
{
	if (word.size != 9 || word.data[2] != '-' || word.data[6] != '-' ||
	    !number_read(slice_of(word.data, 2), &ret->day) ||
	    !month_read(slice_of(word.data + 3, 3), &ret->month) ||
	    !number_read(slice_of(word.data + 7, 2), &ret->year))
		return false;
	ret->year += ret->year < 70 ? 2000 : 1900;
	return true;
}

/* The weekday has been taken off; @comma: it ended with one. */
static bool date_read(struct slice text, bool comma, struct date *ret)
{
	struct slice word = word_next(&text);

	if (comma && word.size == 9)
		return dashed_read(word, ret) && time_read(word_next(&text), ret);
	if (comma)
		return number_read(word, &ret->day) && month_read(word_next(&text), &ret->month) &&
		       number_read(word_next(&text), &ret->year) &&
		       time_read(word_next(&text), ret);
	return month_read(word, &ret->month) && number_read(word_next(&text), &ret->day) &&
	       time_read(word_next(&text), ret) && number_read(word_next(&text), &ret->year);
}

/* Seconds since 1970; the year counted from March, so that the leap day is its last. */
static uint64_t date_seconds(const struct date *date)
{
	uint64_t year = date->year - (date->month <= 2);
	uint64_t month = date->month > 2 ? date->month - 3 : date->month + 9;
	uint64_t days = year * 365 + year / 4 - year / 100 + year / 400 +
			(153 * month + 2) / 5 + date->day - 1;

	return (days - 719468) * 86400 + date->seconds;
}

bool retry_after_read(struct slice text, uint64_t wall_ns, uint64_t *ret_delay_ns)
{
	struct date date = { 0 };
	struct slice weekday;
	uint64_t seconds;

	text = text_trim(text);
	if (number_read(text, &seconds)) {
		*ret_delay_ns = seconds * SECOND;
		return true;
	}
	weekday = word_next(&text);
	if (weekday.size < 3 ||
	    !date_read(text, weekday.data[weekday.size - 1] == ',', &date) ||
	    date.year < 1970 || date.year > 9999 || date.day < 1 || date.day > 31)
		return false;
	seconds = date_seconds(&date);
	*ret_delay_ns = seconds > wall_ns / SECOND ? (seconds - wall_ns / SECOND) * SECOND : 0;
	return true;
}
