/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The area: where finished spans go from the threads that made them to the one consumer. One is
 * private to a process (plain preload, read by our thread), or shared by all processes of a run
 * (made by the supervisor on tmpfs, mapped by each). This header is the layout and the producers'
 * side; trace/reader.h is the consumer's.
 *
 *	header | lane heads | open calls | descriptions | lane data
 *
 * Lanes: a producer takes a free lane by one compare-and-swap, writes a whole record, publishes it
 * by one release store of the head, frees the lane. Busy or full lanes are passed over; when none
 * has room the record is dropped and counted. A half-written record is never visible, and its
 * writer, killed, stopped or gone away by longjmp, holds one lane only, until the consumer sees
 * that its owner is gone.
 *
 * Descriptions: processes, modules, prepared texts; written once, never dropped, never moved. When
 * there is no more room new ones are refused and counted; records then carry numbers, or the text
 * itself.
 *
 * Open calls: a call under way, with the start of its text. What a dead process leaves in them
 * becomes spans marked incomplete.
 *
 * Threads: every function may be called from any thread and from signal handlers; none blocks, none
 * allocates. System calls: none in the steady state; one to wake a consumer that sleeps.
 * After a fork: a shared area goes on as it is; a private one is wiped, area_current() is null
 * until made anew.
 */
#ifndef TRACE_AREA_H
#define TRACE_AREA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "trace/record.h"

#define AREA_MAGIC UINT64_C(0x6d6968736c65746f) /* "otelshim" */
#define AREA_VERSION ((uint32_t)(2 << 16 | RECORD_VERSION))
#define AREA_LINE 128

#define AREA_LANES 16u
#define AREA_LANE_SIZE_MIN ((size_t)32 << 10)
#define AREA_LANE_SIZE_MAX ((size_t)64 << 20)

#define AREA_CALLS 1024u
#define AREA_CALL_TEXT 352u
#define AREA_CALL_ABOUT 192u

#define AREA_DESCRIPTIONS_SIZE ((size_t)2 << 20)

/* ---- layout ---- */

/*
 * Owner words of lanes and open calls: 0 free, else pid and thread id, and a mark for a process in
 * another pid namespace, whose end the consumer cannot see.
 */
#define AREA_OWNER(pid, tid) ((uint64_t)(pid) << 32 | (uint32_t)(tid))
#define AREA_OWNER_FOREIGN (UINT64_C(1) << 63)

struct area_lane {
	_Alignas(AREA_LINE) _Atomic uint64_t owner;
	_Atomic uint64_t head;			/* bytes published since the beginning */
	_Alignas(AREA_LINE) _Atomic uint64_t tail;	/* bytes consumed since the beginning */
};

/*
 * TAKEN: the consumer told it as incomplete while its process still ran; its owner only frees it.
 */
enum area_call_state {
	AREA_CALL_FREE,
	AREA_CALL_FILLING,
	AREA_CALL_OPEN,
	AREA_CALL_CLOSING,
	AREA_CALL_TAKEN
};

/*
 * 704 bytes. Written by its owner, who alone changes it between FILLING and FREE (but for TAKEN).
 */
struct area_call {
	_Alignas(64) _Atomic uint64_t owner;
	_Atomic uint32_t state;			/* enum area_call_state */
	/*
	 * CLOSING: where its span goes, and the head of that lane once it is published: then it is
	 * no open call.
	 */
	_Atomic uint32_t closing_lane;
	_Atomic uint64_t closing_head;
	struct span_record span;		/* without attributes and duration */
	/* Bytes of @text: the name, then the sanitised text */
	uint16_t name_size, text_size;
	/* Attributes as a record has them; the size is stored last, 0 while there are none. */
	_Atomic uint16_t about_size;
	uint16_t about_count;
	uint8_t text[AREA_CALL_TEXT];
	uint8_t about[AREA_CALL_ABOUT];
	/* Whose @about this is, kept from call to call; 0: of one call only */
	uint64_t about_key;
};

#define AREA_DESCRIPTION_BUSY 1u	/* being written */
#define AREA_DESCRIPTIONS_BEGIN 8u	/* offset of the first */

enum area_description_kind { AREA_PROCESS = 1, AREA_MODULE, AREA_STATEMENT };

/*
 * A description; its number is its offset in the region divided by 8, never 0. They form a chain:
 * each begins where the one before ends, 0 in the place of a size is the end. Who describes claims
 * the end by a compare-and-swap of size and mark, so that a producer killed while it writes leaves
 * a gap of known size.
 */
struct area_description {
	/* All of it, a multiple of 8; and AREA_DESCRIPTION_BUSY */
	_Atomic uint32_t size;
	uint16_t kind;			/* enum area_description_kind */
	uint16_t foreign;		/* 1: from another pid namespace */
	uint64_t process_id;
	/* struct area_process, area_module or area_statement follows */
};

struct area_process {
	uint64_t start_ns;		/* of the process, wall clock; 0 unknown */
	uint32_t pid, parent_pid;
	uint16_t executable_size, service_size, resource_size, tracestate_size, command_size;
	uint16_t reserved[3];
	/*
	 * path of the executable, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, tracestate, argv[0]
	 */
};

struct area_module {
	uint64_t load_address, start, end;
	uint16_t path_size, build_id_size;	/* the build id as bytes */
	uint32_t reserved;
};

struct area_statement {
	uint64_t hash;
	uint32_t text_size;
	uint16_t summary_size;
	uint16_t reserved;
	/* sanitised text, summary */
};

/*
 * WOKEN: area_wake() was called; the next reader_sleep() returns at once. DOZING: with a limit; a
 * lane that passes half full wakes. ASLEEP: the next record wakes. RETIRED: the same, and no thread
 * is there.
 */
enum area_sleep { AREA_AWAKE, AREA_WOKEN, AREA_DOZING, AREA_ASLEEP, AREA_RETIRED };

struct area_header {
	uint64_t magic;
	uint32_t version;
	uint32_t lanes, lane_size;	/* lane_size is a power of two */
	uint32_t calls;
	uint64_t size;			/* of everything */
	uint64_t calls_offset, descriptions_offset, descriptions_size, data_offset;
	uint64_t pid_namespace;		/* inode of the consumer's, 0 unknown */
	_Alignas(AREA_LINE) _Atomic uint32_t closed;	/* nobody reads any more: drop */
	_Atomic uint32_t sleep;		/* enum area_sleep */
	/* An offset at or before the end of the chain */
	_Alignas(AREA_LINE) _Atomic uint64_t descriptions_used;
	_Alignas(AREA_LINE) _Atomic uint64_t lost_full;	/* records: no lane had room */
	/* Calls passed through untraced: no memory, or inside ourselves */
	_Atomic uint64_t lost_passed;
	_Atomic uint64_t refused_descriptions, refused_calls;
	struct area_lane lane[AREA_LANES];
};

_Static_assert(sizeof(struct area_call) == 704, "open calls are read by other processes");

/* Bytes of a whole area with lanes of @lane_size bytes each, rounded up to a power of two. */
size_t area_size(size_t lane_size);

/*
 * Lays an empty area out in @memory, zeroed, aligned to a page, of area_size(@lane_size) bytes. Its
 * consumer counts as retired: the first record calls the wake function of area_use().
 */
void area_format(void *memory, size_t lane_size, uint64_t pid_namespace);

/* Where the parts of an area lie: a private copy of what the header says. */
struct area_layout {
	uint32_t lanes, lane_size, calls;
	size_t calls_offset, descriptions_offset, descriptions_size, data_offset;
};

/* Whether @memory holds an area of this version with offsets that lie inside @size, in order. */
bool area_check(const void *memory, size_t size);

/* The same, with the places; false leaves @ret untouched. */
bool area_layout_read(const void *memory, size_t size, struct area_layout *ret);

/* ---- producers ---- */

/*
 * Makes @area the one of this process: shared (kept over fork) or private (wiped in the child,
 * where it must be set anew). @wake is called, at most once a sleep, on an application thread when
 * the consumer sleeps without limit or a lane passed half full; null: nobody. @area passed
 * area_check(). One thread at a time.
 */
void area_use(struct area_header *area, bool shared, bool foreign, void (*wake)(void));

/* The area of this process; null: there is none (yet). */
__attribute__((noinline)) struct area_header *area_current(void);

struct thread;

struct area_slot {
	struct area_header *area;
	uint32_t lane;
	uint64_t owner;
	uint64_t process_id;
	uint64_t head;		/* after a pad, where the record begins */
	uint8_t *memory;	/* room for the size asked for, in one piece, aligned to 8 */
};

/*
 * Takes a lane with room for @size bytes, at most RECORD_SIZE_MAX. False: none had room, the area
 * is closed or there is none; then lost_full was counted. Ends with area_commit().
 */
bool area_reserve(size_t size, struct area_slot *ret);

/* The same for the current @thread and a multiple of 8 that is not too much. */
bool area_reserve_for(struct thread *thread, size_t size, struct area_slot *ret);

/*
 * Publishes the record of @size bytes (0: nothing, counted as lost) and frees the lane; wakes if
 * needed. In a child that was forked since the reserve it does nothing: the record is its parent's.
 */
void area_commit(struct area_slot *slot, uint32_t size);

/* Counts a call that passed through untraced. */
void area_count_passed(void);

/*
 * Opens a call; null when all slots are taken (counted): the call goes on without. @span is copied.
 * @name and @text are cut, at a character, to what fits. Where the place still holds what
 * area_call_about() gave it under @about_key (0: never), that is known of this call too.
 */
struct area_call *area_call_open(const struct span_record *span, struct slice name,
				 struct slice text, uint64_t about_key);

/*
 * Opens the call that the current @thread opened last under the same @about_key (not 0), if its
 * place is free and was not used since: its about and its span are there, as they were. The caller
 * changes what is another one now, then area_call_opened(). Null: it must be opened as a new one.
 */
struct area_call *area_call_again(struct thread *thread, uint64_t about_key);
void area_call_opened(struct area_call *call);

/*
 * Marks @call as ending with the record that @slot holds, then area_commit(@slot, @size), then
 * frees it: a producer killed anywhere in between leaves either the open call or the span, never
 * both, never none. @call may be null. A call that the consumer took, or that belongs to the
 * process we were forked from, has its span elsewhere: nothing is published, and nothing is lost.
 */
void area_call_commit(struct area_call *call, struct area_slot *slot, uint32_t size);

/* Whether area_call_open() found it there. */
static inline bool area_call_has_about(const struct area_call *call, uint64_t about_key)
{
	return call->about_key == about_key;
}

/*
 * Publishes what is known of @call from the beginning: what @writer encoded into its about. Nothing
 * when it did not fit. @about_key: a random number that stands for these bytes; 0: they will not
 * come again.
 */
void area_call_about(struct area_call *call, const struct record_writer *writer,
		     uint64_t about_key);

/* Frees @call without a span (the record was lost, or nobody wants it); null is allowed. */
void area_call_drop(struct area_call *call);

/*
 * Writes a description once: @body is the structure of its kind, @texts follow it. Returns its
 * number, or 0 when there is no room (counted).
 */
uint32_t area_describe(enum area_description_kind kind, struct slice body,
		       const struct slice *texts, size_t count);

#endif
