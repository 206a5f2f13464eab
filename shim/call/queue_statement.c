/* SPDX-License-Identifier: Apache-2.0 */
/* Names of prepared statements, and what each command makes of them. */
#include "call/queue_statement.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/cold.h"

/* The longest name that a DEALLOCATE is searched for; the server's own limit is 63. */
#define NAME_ROOM 256u

/* ---- the text of an execute ---- */

static COLD bool copy_text(struct command *command, struct slice text, struct slice summary)
{
	size_t size = text.size + summary.size;

	if (!size)
		return true;
	command->bytes = arena_take(size);
	if (!command->bytes)
		return false;
	memcpy(command->bytes, text.data, text.size);
	memcpy(command->bytes + text.size, summary.data, summary.size);
	command->bytes_size = (uint32_t)size;
	command->text_size = (uint32_t)text.size;
	command->summary_size = (uint16_t)summary.size;
	return true;
}

static COLD const struct command *find_in_flight(const struct connection *connection,
						 struct slice name)
{
	const struct command *command = connection->newest_prepare;

	while (command && !slice_equal(command_name(command), name))
		command = command->older;
	return command;
}

bool queue_find_statement(struct connection *connection, const char *name, struct command *command)
{
	const struct command *source = NULL;
	const struct statement *statement;

	if (connection->newest_prepare)
		source = find_in_flight(connection, slice_of_string(name));
	if (!source && (!name || !*name) && connection->unnamed.bytes)
		source = &connection->unnamed;
	if (source) {
		command->hash = source->hash;
		return copy_text(command, command_text(source), command_summary(source));
	}
	statement = statement_find_again(&connection->statements, name);
	if (!statement)
		return true;
	command->hash = statement->hash;
	command->span.statement = statement->description;
	return statement->description ||
	       copy_text(command, statement_text(statement), statement_summary(statement));
}

void queue_check_statement(struct command *command)
{
	if (command->kind != COMMAND_EXECUTE || strcmp(command->sqlstate, "26000") != 0)
		return;
	command_clear(command);
	command->span.statement = 0;
}

/* ---- what ends a statement ---- */

static COLD void forget_all(struct connection *connection)
{
	statement_clear(&connection->statements);
	command_clear(&connection->unnamed);
}

static void forget_unnamed(struct connection *connection)
{
	if (connection->statements.count)
		statement_remove(&connection->statements, SLICE(""));
	if (connection->unnamed.bytes)
		command_clear(&connection->unnamed);
}

void queue_forget_statement(struct connection *connection, const char *name)
{
	struct slice wanted = slice_of_string(name);

	if (wanted.size)
		statement_remove(&connection->statements, wanted);
	else
		forget_unnamed(connection);
}

static bool is_space(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static COLD struct slice without_space(struct slice text)
{
	while (text.size && is_space(text.data[0]))
		text = slice_of(text.data + 1, text.size - 1);
	return text;
}

/* What comes after @word, in any case, and white space; empty when @text does not begin so. */
static COLD struct slice after_word(struct slice text, struct slice word)
{
	if (text.size <= word.size || !is_space(text.data[word.size]) ||
	    strncasecmp((const char *)text.data, (const char *)word.data, word.size) != 0)
		return slice_of(text.data, 0);
	return without_space(slice_of(text.data + word.size, text.size - word.size));
}

/* An identifier as the server keeps it: quotes off, or in small letters. Returns its bytes read. */
static COLD size_t identifier(struct slice text, uint8_t *room, size_t *ret_size)
{
	bool quoted = text.size && text.data[0] == '"';
	size_t size = 0, i = quoted;

	for (; i < text.size && size < NAME_ROOM; i++) {
		uint8_t byte = text.data[i];

		if (quoted && byte == '"' && (++i == text.size || text.data[i] != '"'))
			break;
		if (!quoted && (is_space(byte) || byte == ';'))
			break;
		room[size++] = !quoted && byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 32) : byte;
	}
	*ret_size = size;
	return i;
}

/* DEALLOCATE [PREPARE] name and nothing else; of what is not understood, nothing is kept. */
static COLD void deallocated(struct connection *connection, struct slice text)
{
	struct slice rest = after_word(without_space(text), SLICE("deallocate"));
	struct slice named = after_word(rest, SLICE("prepare"));
	uint8_t name[NAME_ROOM];
	size_t size, used;

	if (named.size)
		rest = named;
	used = identifier(rest, name, &size);
	rest = without_space(slice_of(rest.data + used, rest.size - used));
	if (size && size < NAME_ROOM && (!rest.size || (rest.size == 1 && rest.data[0] == ';')))
		statement_remove(&connection->statements, slice_of(name, size));
	else
		forget_all(connection);
}

/* ---- what a command's end changes ---- */

/* PQexecParams parses into the unnamed statement; its block is kept, the one before goes. */
static void keep_unnamed(struct connection *connection, struct command *command)
{
	struct command *unnamed = &connection->unnamed;
	uint8_t *bytes = unnamed->bytes;
	uint32_t size = unnamed->bytes_size;

	unnamed->bytes = command->bytes;
	unnamed->bytes_size = command->bytes_size;
	unnamed->text_size = command->text_size;
	unnamed->summary_size = command->summary_size;
	unnamed->hash = command->hash;
	command->bytes = bytes;
	command->bytes_size = size;
}

/*
 * What was to be prepared is not: an execute behind the next sync, which has its text, means what
 * the server knows by that name from before.
 */
static COLD void not_prepared(const struct connection *connection, const struct command *prepare)
{
	bool synced = false;

	for (struct command *each = connection->head; each; each = each->next) {
		synced = synced || each->kind == COMMAND_SYNC;
		if (!synced || each->kind != COMMAND_EXECUTE || each->hash != prepare->hash)
			continue;
		command_clear(each);
		each->span.statement = 0;
	}
}

static COLD void remember_prepared(struct connection *connection, const struct command *command)
{
	const struct statement_facts facts = {
		.name = command_name(command),
		.text = command_text(command),
		.summary = command_summary(command),
		.hash = command->hash,
	};

	/* Even a syntax error ends the unnamed one. */
	if (!facts.name.size)
		forget_unnamed(connection);
	if (command_failed(command)) {
		not_prepared(connection, command);
		return;
	}
	if (command->end_ns)
		statement_enter(&connection->statements, &facts);
	else
		statement_remove(&connection->statements, facts.name);
}

/* The tag is of the last one of several: what they say together may have ended any. */
static COLD void several_ended(struct connection *connection, struct slice text)
{
	if (slice_contains(text, SLICE("deallocate")) || slice_contains(text, SLICE("discard")))
		forget_all(connection);
}

static bool is_several(struct slice text)
{
	return text.size && memchr(text.data, ';', text.size - 1);
}

/* Tags of what ends statements; the others begin otherwise. */
static COLD void statements_ended(struct connection *connection, const struct command *command)
{
	if (!strcmp(command->tag, "DEALLOCATE"))
		deallocated(connection, command_text(command));
	else if (!strcmp(command->tag, "DEALLOCATE ALL") || !strcmp(command->tag, "DISCARD ALL"))
		forget_all(connection);
}

void queue_remember_statement(struct connection *connection, struct command *command)
{
	if (command->kind == COMMAND_EXECUTE || command->kind >= COMMAND_DESCRIBE)
		return;
	if (command->skipped) {
		if (command->kind == COMMAND_PREPARE)
			not_prepared(connection, command);
		return;
	}
	if (command->kind == COMMAND_PREPARE) {
		remember_prepared(connection, command);
		return;
	}
	if (command->tag[0] == 'D')
		statements_ended(connection, command);
	if (connection->statements.count && is_several(command_text(command)))
		several_ended(connection, command_text(command));
	forget_unnamed(connection);
	if (command->kind == COMMAND_PARAMS && command->end_ns && !command_failed(command))
		keep_unnamed(connection, command);
}
