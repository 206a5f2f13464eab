/* SPDX-License-Identifier: Apache-2.0 */
/* The table of connections, and what libpq's accessors tell of one. */
#include "call/connection.h"

#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/config_parse.h"
#include "base/random.h"
#include "call/option.h"
#include "call/schema.h"
#include "trace/record.h"

#define HANDLE_FREE ((uintptr_t)0)
#define HANDLE_USED ((uintptr_t)1)

struct connection_table {
	struct connection_slot slot[CONNECTIONS_MAX];
};

static size_t table_first(uintptr_t handle)
{
	return (size_t)((handle >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) % CONNECTIONS_MAX;
}

/* Further than the first place; null: unknown. */
static COLD struct connection *find_displaced(struct connection_table *table, uintptr_t handle)
{
	size_t first = table_first(handle);

	for (size_t i = 0; i < CONNECTION_TRIES; i++) {
		struct connection_slot *slot = &table->slot[(first + i) % CONNECTIONS_MAX];
		uintptr_t found = atomic_load_explicit(&slot->handle, memory_order_acquire);

		if (found == handle)
			return slot->connection;
		if (found == HANDLE_FREE)
			return NULL;
	}
	return NULL;
}

struct connection *connection_find(const struct pg_conn *handle)
{
	struct connection_table *table = arena_root_peek(ARENA_ROOT_CONNECTIONS);
	struct connection_slot *slot;

	if (!table || !handle)
		return NULL;
	slot = &table->slot[table_first((uintptr_t)handle)];
	if (__builtin_expect(atomic_load_explicit(&slot->handle, memory_order_acquire) ==
				     (uintptr_t)handle,
			     1))
		return slot->connection;
	return find_displaced(table, (uintptr_t)handle);
}

/*
 * The slot is taken by its handle before the connection hangs on it: only this thread uses the
 * handle, so nobody looks at the pointer in between.
 */
static struct connection_slot *slot_take(uintptr_t handle)
{
	struct connection_table *table = arena_root(ARENA_ROOT_CONNECTIONS, sizeof(*table));
	size_t first = table_first(handle);

	if (!table)
		return NULL;
	for (size_t i = 0; i < CONNECTION_TRIES; i++) {
		struct connection_slot *slot = &table->slot[(first + i) % CONNECTIONS_MAX];
		uintptr_t found = atomic_load_explicit(&slot->handle, memory_order_relaxed);

		if (found == HANDLE_FREE || found == HANDLE_USED)
			if (atomic_compare_exchange_strong(&slot->handle, &found, handle))
				return slot;
	}
	return NULL;
}

struct connection *connection_of(struct pg_conn *handle, const struct libpq *libpq)
{
	struct connection *connection = connection_find(handle);

	if (connection || !handle || !libpq->library.whole)
		return connection;
	connection = arena_take(sizeof(*connection));
	if (!connection)
		return NULL;
	connection->slot = slot_take((uintptr_t)handle);
	if (!connection->slot) {
		arena_give(connection, sizeof(*connection));
		return NULL;
	}
	connection->handle = handle;
	connection->libpq = libpq;
	connection->fd = -1;
	/* Made out of our sight, perhaps by our parent: then it may be in pipeline mode. */
	connection->pipeline = libpq->PQpipelineStatus &&
			       libpq->PQpipelineStatus(handle) != PG_PIPELINE_OFF;
	connection->slot->traffic = (struct traffic){ .fd = -1 };
	connection->slot->connection = connection;
	return connection;
}

void connection_forget(struct connection *connection)
{
	struct connection_slot *slot = connection->slot;
	struct command *command;

	traffic_end(&slot->traffic);
	traffic_remove(connection->fd, &slot->traffic);
	while ((command = connection_pop(connection)))
		connection_release(connection, command);
	if (connection->connect)
		connection_release(connection, connection->connect);
	statement_clear(&connection->statements);
	shape_clear(&connection->shapes);
	command_clear(&connection->unnamed);
	atomic_store_explicit(&slot->handle, HANDLE_USED, memory_order_release);
	arena_give(connection, sizeof(*connection));
}

void connection_changed(struct connection *connection)
{
	connection_own_changed(connection);
	traffic_end(&connection->slot->traffic);
	traffic_remove(connection->fd, &connection->slot->traffic);
	connection->fd = -1;
	connection->learned = false;
	connection->pipeline = false;
	connection->blind = false;
	connection->path_reported = false;
	connection->schema_lost = false;
	connection->transaction_told = false;
	connection->transaction = (struct transaction){ .state = TRANSACTION_UNKNOWN };
	statement_clear(&connection->statements);
	command_clear(&connection->unnamed);
}

bool connection_standard_strings(const struct connection *connection, const char *query)
{
	const struct libpq *libpq = connection->libpq;
	const char *setting;

	if (!query || !strchr(query, '\\') || !libpq->PQparameterStatus)
		return true;
	setting = libpq->PQparameterStatus(connection->handle, "standard_conforming_strings");
	return !setting || strcmp(setting, "off") != 0;
}

struct command *connection_command(struct connection *connection)
{
	if (connection->own_state == OWN_TAKEN)
		return arena_take(sizeof(struct command));
	connection->own_state = OWN_TAKEN;
	command_begin(&connection->own);
	return &connection->own;
}

void connection_release(struct connection *connection, struct command *command)
{
	command_clear(command);
	if (command == &connection->own)
		connection->own_state = OWN_FREE;
	else
		arena_give(command, sizeof(*command));
}

void connection_own_ready(struct connection *connection)
{
	struct command *own = &connection->own;

	own->open = NULL;
	own->results = 0;
	own->end_ns = own->ready_ns = 0;
	own->rows = 0;
	own->known = (struct command_known){ .rows = false };
	own->span.start_ns = 0;
	connection->own_state = OWN_READY;
}

void connection_append(struct connection *connection, struct command *command)
{
	command->next = NULL;
	if (command->kind == COMMAND_PREPARE) {
		command->older = connection->newest_prepare;
		if (command->older)
			command->older->newer = command;
		connection->newest_prepare = command;
	}
	if (connection->tail)
		connection->tail->next = command;
	else
		connection->head = command;
	connection->tail = command;
}

struct command *connection_pop(struct connection *connection)
{
	struct command *command = connection->head;

	if (!command)
		return NULL;
	connection->head = command->next;
	if (!connection->head)
		connection->tail = NULL;
	/* The oldest of its kind, since it is the head. */
	if (command->newer)
		command->newer->older = NULL;
	else if (connection->newest_prepare == command)
		connection->newest_prepare = NULL;
	return command;
}

/* ---- what libpq's accessors tell ---- */

static struct slice accessor(char *(*function)(const struct pg_conn *),
			     const struct pg_conn *handle)
{
	return slice_of_string(function ? function(handle) : NULL);
}

/* 0: none, or not a number of a port. */
static int64_t port_number(struct slice port)
{
	int64_t number = 0;

	for (size_t i = 0; i < port.size; i++) {
		if (port.data[i] < '0' || port.data[i] > '9')
			return 0;
		number = number * 10 + (port.data[i] - '0');
		if (number > UINT16_MAX)
			return 0;
	}
	return number;
}

/* A Unix socket is named as the file that it is; its number is not a port (hooks.md A.4). */
static void learn_server(struct connection *connection, struct record_writer *writer)
{
	const struct libpq *libpq = connection->libpq;
	struct slice host = accessor(libpq->PQhost, connection->handle);
	struct slice port = accessor(libpq->PQport, connection->handle);
	uint8_t path[256];
	int64_t number;

	if (!host.size)
		return;
	if (host.data[0] == '/' || host.data[0] == '@') {
		size_t size = slice_first(host, 200).size;

		if (port.size > 16)
			return;
		memcpy(path, host.data, size);
		memcpy(path + size, "/.s.PGSQL.", 10);
		if (port.size)
			memcpy(path + size + 10, port.data, port.size);
		record_put_string(writer, ATTRIBUTE_SERVER_ADDRESS,
				  slice_of(path, size + 10 + port.size));
		return;
	}
	record_put_string(writer, ATTRIBUTE_SERVER_ADDRESS, slice_first(host, 255));
	number = port_number(port);
	if (number && number != 5432)
		record_put_integer(writer, ATTRIBUTE_SERVER_PORT, number);
}

static bool is_cockroach(const struct connection *connection)
{
	const struct libpq *libpq = connection->libpq;

	return libpq->PQparameterStatus &&
	       libpq->PQparameterStatus(connection->handle, "crdb_version");
}

static struct slice reported_path(const struct connection *connection)
{
	const struct libpq *libpq = connection->libpq;
	const char *path = libpq->PQparameterStatus ?
				   libpq->PQparameterStatus(connection->handle, "search_path") :
				   NULL;

	return slice_of(path, path ? strnlen(path, sizeof(connection->path)) : 0);
}

/* Whether the server reports the path, and it is still the one that was learned. */
static bool path_is_same(const struct connection *connection)
{
	return slice_equal(slice_of(connection->path, connection->path_size),
			   reported_path(connection));
}

static struct schema learn_schema(struct connection *connection)
{
	struct slice path = reported_path(connection);
	struct schema schema = { .size = 0 };

	connection->path_reported = path.data != NULL;
	connection->schema_optional = false;
	if (connection->path_reported) {
		connection->path_size = (uint8_t)path.size;
		memcpy(connection->path, path.data, path.size);
		return schema_of_path(path);
	}
	if (!connection->schema_lost)
		schema = schema_of_options(accessor(connection->libpq->PQoptions,
						    connection->handle));
	connection->schema_optional = schema.size != 0;
	return schema;
}

/* The database, and the schema where it is known: "shop|public". */
static void learn_namespace(struct connection *connection, struct record_writer *writer)
{
	struct slice database = slice_first(accessor(connection->libpq->PQdb, connection->handle),
					    sizeof(connection->namespace));
	struct schema schema = learn_schema(connection);
	uint8_t *namespace = connection->namespace;
	size_t size = database.size;

	connection->namespace_size = (uint16_t)size;
	if (!size)
		return;
	memcpy(namespace, database.data, size);
	if (schema.size && schema.size < sizeof(connection->namespace) - size) {
		namespace[size] = '|';
		memcpy(namespace + size + 1, schema.name, schema.size);
		size += 1 + (size_t)schema.size;
		connection->namespace_size = (uint16_t)size;
	}
	record_put_string(writer, ATTRIBUTE_DB_NAMESPACE, slice_of(namespace, size));
}

/* Only "database" and truth values are accepted; what means false is no replication. */
static bool means_true(const char *value)
{
	struct slice text = slice_of_string(value);

	return text.size && !config_equal(text, SLICE("0")) && !config_equal(text, SLICE("off")) &&
	       !config_equal(text, SLICE("no")) && !config_equal(text, SLICE("false"));
}

/* Asked only where comments are on: libpq allocates the answer. */
static bool is_replication(const struct connection *connection)
{
	const struct libpq *libpq = connection->libpq;
	struct pg_conninfo_option *options;
	bool replicates = false;

	if (!call_options.comments || !libpq->PQconninfo || !libpq->PQconninfoFree)
		return false;
	options = libpq->PQconninfo(connection->handle);
	for (const struct pg_conninfo_option *option = options; option && option->keyword; option++)
		if (!strcmp(option->keyword, "replication"))
			replicates = means_true(option->value);
	libpq->PQconninfoFree(options);
	return replicates;
}

/* Between two commands; else whether a transaction is open is not known. */
static void learn_transaction(struct connection *connection)
{
	const struct libpq *libpq = connection->libpq;

	if (connection->transaction.state == TRANSACTION_UNKNOWN && libpq->PQtransactionStatus &&
	    libpq->PQtransactionStatus(connection->handle) == PG_IDLE)
		connection->transaction.state = TRANSACTION_NONE;
}

void connection_schema_lost(struct connection *connection)
{
	connection->schema_lost = true;
	connection->learned = false;
}

void connection_learn_now(struct connection *connection)
{
	const struct libpq *libpq = connection->libpq;
	bool connected = libpq->PQstatus(connection->handle) == PG_CONNECTION_OK;
	struct record_writer writer;

	if (connection->path_reported && connected && path_is_same(connection))
		return;
	connection_own_changed(connection);
	record_writer_begin(&writer, connection->shared, sizeof(connection->shared));
	record_put_string(&writer, ATTRIBUTE_DB_SYSTEM_NAME,
			  is_cockroach(connection) ? SLICE("cockroachdb") : SLICE("postgresql"));
	learn_namespace(connection, &writer);
	learn_server(connection, &writer);
	if (connected && libpq->PQbackendPID)
		record_put_integer(&writer, ATTRIBUTE_DB_BACKEND_PID,
				   libpq->PQbackendPID(connection->handle));
	connection->shared_count = writer.attributes;
	connection->shared_size = (uint16_t)(writer.position - writer.start);
	connection->about_key = random_next() & ~(uint64_t)(COMMAND_KINDS - 1);
	connection->learned = connected && !connection->path_reported;
	if (!connected || !libpq->PQsocket)
		return;
	connection->replication = is_replication(connection);
	learn_transaction(connection);
	connection->fd = libpq->PQsocket(connection->handle);
	traffic_enter(connection->fd, &connection->slot->traffic);
}
