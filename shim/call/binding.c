/* SPDX-License-Identifier: Apache-2.0 */
/* Which trampoline is bound to which library; their code is in call/trampoline.S. */
#include "call/binding.h"

#include <stdatomic.h>
#include <string.h>

#include "base/cold.h"
#include "base/resolve.h"
#include "call/libcurl.h"
#include "call/libpq.h"
#include "trace/area.h"

/* Bytes of one trampoline, see call/trampoline.S. */
#define TRAMPOLINE_SIZE 16

/* The code of all trampolines, in the order of the names. */
extern const unsigned char binding_code[BINDING_NAMES * BINDING_EACH * TRAMPOLINE_SIZE]
	__attribute__((visibility("hidden")));

_Thread_local struct binding_call binding_call
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Read by the trampolines. Set before one of them is given away, never changed. */
extern const struct library *_Atomic binding_library[BINDING_NAMES][BINDING_EACH]
	__attribute__((visibility("hidden")));
extern void *_Atomic binding_hook[BINDING_NAMES] __attribute__((visibility("hidden")));

const struct library *_Atomic binding_library[BINDING_NAMES][BINDING_EACH] COLD_TABLE;
void *_Atomic binding_hook[BINDING_NAMES] COLD_TABLE;

static const char *const names[BINDING_NAMES] = {
#define REPLACED(family, index, name) #name,
#include "call/replaced.def"
#undef REPLACED
};

/* Of its length and its last two letters: few names have one key. */
#define KEY(length, before, last) \
	((uint8_t)((length) * 31 + (size_t)(uint8_t)(before) * 7 + (uint8_t)(last)))

static const uint8_t keys[BINDING_NAMES] = {
#define REPLACED(family, index, name) \
	KEY(sizeof(#name) - 1, #name[sizeof(#name) - 3], #name[sizeof(#name) - 2]),
#include "call/replaced.def"
#undef REPLACED
};

static const struct {
	const struct library_family *family;
	size_t index;
} places[BINDING_NAMES] = {
#define REPLACED(family, index, name) { &family##_family, index },
#include "call/replaced.def"
#undef REPLACED
};

/* All begin so; hosts ask for thousands of others. */
static bool begins_as_ours(const char *name)
{
	switch (name[0]) {
	case 'P':
		return name[1] == 'Q';
	case 'c':
		return strncmp(name, "curl_", 5) == 0;
	case 'l':
		return name[1] == 'o' && name[2] == '_';
	default:
		return false;
	}
}

enum binding_name binding_name_of(const char *name)
{
	const uint8_t *at = keys, *end = keys + BINDING_NAMES;
	size_t length;
	uint8_t key;

	if (!begins_as_ours(name))
		return BINDING_NAMES;
	length = strlen(name);
	key = KEY(length, name[length - 2], name[length - 1]);
	while ((at = memchr(at, key, (size_t)(end - at))) != NULL) {
		if (strcmp(names[at - keys], name) == 0)
			return (enum binding_name)(at - keys);
		at++;
	}
	return BINDING_NAMES;
}

const struct library_family *binding_family(enum binding_name name)
{
	return places[name].family;
}

size_t binding_index(enum binding_name name)
{
	return places[name].index;
}

/* Our own definition, whoever else has one in front of us. */
static bool has_hook(enum binding_name name)
{
	struct resolve_object self;
	void *hook = atomic_load_explicit(&binding_hook[name], memory_order_relaxed);

	if (hook)
		return true;
	if (!resolve_self(&self))
		return false;
	hook = resolve_in_object(self.load_address, self.dynamic, names[name]);
	atomic_store_explicit(&binding_hook[name], hook, memory_order_relaxed);
	return hook != NULL;
}

static void *trampoline(enum binding_name name, size_t number)
{
	const unsigned char *code =
		binding_code + ((size_t)name * BINDING_EACH + number) * TRAMPOLINE_SIZE;

	return (void *)(uintptr_t)code;
}

void *binding_take(enum binding_name name, const struct library *library)
{
	if (!has_hook(name))
		return NULL;
	for (size_t i = 0; i < BINDING_EACH; i++) {
		const struct library *bound = NULL;

		if (atomic_compare_exchange_strong(&binding_library[name][i], &bound, library) ||
		    bound == library)
			return trampoline(name, i);
	}
	area_count_passed();
	return NULL;
}
