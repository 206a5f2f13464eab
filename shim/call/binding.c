/* SPDX-License-Identifier: Apache-2.0 */
/* Which trampoline is bound to which library; their code is in call/trampoline.S. */
#include "call/binding.h"

#include <stdatomic.h>
#include <string.h>

#include "base/cold.h"
#include "base/resolve.h"
#include "trace/area.h"

/* Bytes of one trampoline, see call/trampoline.S. */
#define TRAMPOLINE_SIZE 16

/* The code of all trampolines, in the order of the names. */
extern const unsigned char binding_code[BINDING_NAMES * BINDING_EACH * TRAMPOLINE_SIZE]
	__attribute__((visibility("hidden")));

_Thread_local struct binding_call binding_call
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Read by the trampolines. Set before one of them is given away, never changed. */
extern const struct libpq *_Atomic binding_libpq[BINDING_NAMES][BINDING_EACH]
	__attribute__((visibility("hidden")));
extern void *_Atomic binding_hook[BINDING_NAMES] __attribute__((visibility("hidden")));

const struct libpq *_Atomic binding_libpq[BINDING_NAMES][BINDING_EACH] COLD_TABLE;
void *_Atomic binding_hook[BINDING_NAMES] COLD_TABLE;

static const char *const names[BINDING_NAMES] = {
#define LIBPQ(name, type) #name,
#define LIBPQ_CALLED(name, type)
#include "call/libpq.def"
#undef LIBPQ
#undef LIBPQ_CALLED
};

enum binding_name binding_name_of(const char *name)
{
	size_t i = 0;

	/* All begin so; hosts ask for thousands of others. */
	if (strncmp(name, "PQ", 2) != 0 && strncmp(name, "lo_", 3) != 0)
		return BINDING_NAMES;
	while (i < BINDING_NAMES && strcmp(names[i], name) != 0)
		i++;
	return (enum binding_name)i;
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

void *binding_take(enum binding_name name, const struct libpq *libpq)
{
	if (!has_hook(name))
		return NULL;
	for (size_t i = 0; i < BINDING_EACH; i++) {
		const struct libpq *bound = NULL;

		if (atomic_compare_exchange_strong(&binding_libpq[name][i], &bound, libpq) ||
		    bound == libpq)
			return trampoline(name, i);
	}
	area_count_passed();
	return NULL;
}
