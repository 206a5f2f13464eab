/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sixteen bytes of a statement at once: which of them are of a kind, as a mask whose bit 0 is the
 * first byte. Pure; any thread. The caller sees to it that all sixteen may be read.
 */
#ifndef PROTOCOL_SQL_BLOCK_H
#define PROTOCOL_SQL_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* For the few steps that each token takes: a call would cost as much as they do. */
#define SQL_INLINE static inline __attribute__((always_inline))

enum { SQL_BLOCK = 16 };

#ifdef __SSE2__

SQL_INLINE __m128i sql_block_load(const uint8_t *at)
{
	__m128i block;

	memcpy(&block, at, sizeof(block));
	return block;
}

/* The bytes from @first on, @count of them, compared as signed numbers that start at -128. */
SQL_INLINE __m128i sql_block_range(__m128i block, uint8_t first, uint8_t count)
{
	__m128i shifted = _mm_add_epi8(block, _mm_set1_epi8((char)(0x80 - first)));

	return _mm_cmplt_epi8(shifted, _mm_set1_epi8((char)(0x80 + count)));
}

/* Letters, digits, underscores and bytes above 0x7f: all of a word but `$`. */
SQL_INLINE unsigned int sql_block_words(const uint8_t *at)
{
	__m128i block = sql_block_load(at);
	__m128i letters = sql_block_range(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 26);
	__m128i digits = sql_block_range(block, '0', 10);
	__m128i underscores = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));

	/* Of each byte the highest bit is taken: of those above 0x7f it is set anyway. */
	return (unsigned int)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(letters, digits),
							    _mm_or_si128(underscores, block)));
}

/* The bytes equal to @byte. */
SQL_INLINE unsigned int sql_block_equal(const uint8_t *at, uint8_t byte)
{
	return (unsigned int)_mm_movemask_epi8(
		_mm_cmpeq_epi8(sql_block_load(at), _mm_set1_epi8((char)byte)));
}

/* The bytes above 0x7f. */
SQL_INLINE unsigned int sql_block_high(const uint8_t *at)
{
	return (unsigned int)_mm_movemask_epi8(sql_block_load(at));
}

#else

SQL_INLINE unsigned int sql_block_words(const uint8_t *at)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < SQL_BLOCK; i++) {
		uint8_t byte = at[i], lower = byte | 0x20;

		if ((lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') ||
		    byte == '_' || byte > 0x7f)
			mask |= 1u << i;
	}
	return mask;
}

SQL_INLINE unsigned int sql_block_equal(const uint8_t *at, uint8_t byte)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < SQL_BLOCK; i++)
		mask |= (unsigned int)(at[i] == byte) << i;
	return mask;
}

SQL_INLINE unsigned int sql_block_high(const uint8_t *at)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < SQL_BLOCK; i++)
		mask |= (unsigned int)(at[i] >> 7) << i;
	return mask;
}

#endif

#endif
