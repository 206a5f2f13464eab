/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the replaced dlsym and dlvsym do (hooks/loader_entry.S): everything goes on to the real ones
 * as it came, but for the names of libraries that we replace. For those a program gets what leads
 * through us, and never one that is there because of us only.
 */
#include "base/real.h"

#include "base/resolve.h"
#include "call/binding.h"
#include "call/deepbind.h"
#include "call/library.h"
#include "hooks/hook.h"

/* In two registers: see loader_entry.S. */
struct loader_turn {
	const void *to;		/* the real function to jump to; null: answer */
	const void *with;	/* the name to jump with, or the answer */
};

__attribute__((visibility("hidden"), used)) struct loader_turn
loader_dlsym(void *handle, const char *name, const void *caller);
__attribute__((visibility("hidden"), used)) struct loader_turn
loader_dlvsym(void *handle, const char *name, const char *version, const void *caller);

/* What the program asks. */
struct loader_question {
	void *handle;
	const char *name;
	const char *version;	/* null: dlsym */
	const void *caller;
};

/*
 * Nothing has this name: the real function fails with it, and dlerror() tells of the name that was
 * asked for, but for the space at its end.
 */
static const char *const absent_names[BINDING_NAMES] = {
#define REPLACED(family, index, name) #name " ",
#include "call/replaced.def"
#undef REPLACED
};

/* By us: only where the answer does not depend on who asks. */
static void *ask(const struct loader_question *question, void *handle)
{
	if (question->version)
		return real()->dlvsym(handle, question->name, question->version);
	return real()->dlsym(handle, question->name);
}

static struct loader_turn turn_jump(const struct loader_question *question, const char *name)
{
	if (question->version)
		return (struct loader_turn){ (const void *)(uintptr_t)real()->dlvsym, name };
	return (struct loader_turn){ (const void *)(uintptr_t)real()->dlsym, name };
}

static struct loader_turn turn_answer(const void *answer)
{
	return (struct loader_turn){ NULL, answer };
}

static bool is_ours(const void *address)
{
	struct resolve_object self;

	return resolve_self(&self) && resolve_holds(&self, address);
}

/* What leads through us to the function @real, or itself when nothing can. */
static void *bound(enum binding_name name, void *real, const struct resolve_object *owner)
{
	const struct library *library = library_of_object(binding_family(name), owner);
	void *trampoline = library ? binding_take(name, library) : NULL;

	return trampoline ? trampoline : real;
}

/*
 * The first definition behind ours in global scope, also of what was loaded since with RTLD_GLOBAL:
 * that is what RTLD_NEXT means in our mouth.
 */
static void *behind_us(const struct loader_question *question)
{
	return ask(question, RTLD_NEXT);
}

/* The answer is our own function: was it there for us alone? */
static struct loader_turn turn_global(const struct loader_question *question,
				      enum binding_name name)
{
	struct resolve_object caller;
	struct resolve_object owner;
	void *real = behind_us(question);

	if (real && resolve_owner(real, &owner))
		return resolve_is_startup(&owner) ? turn_jump(question, question->name) :
						    turn_answer(bound(name, real, &owner));
	if (question->handle == RTLD_DEFAULT && resolve_owner(question->caller, &caller) &&
	    resolve_provider(&caller, question->name, RESOLVE_LOCAL, &owner)) {
		/* To the loader that is the object's handle; there may be no such version there. */
		real = ask(question, (void *)(uintptr_t)owner.link_map);
		if (real)
			return turn_answer(bound(name, real, &owner));
	}
	return turn_jump(question, absent_names[name]);
}

/* Only an object of the start-up sees ours with RTLD_NEXT. */
static struct loader_turn turn_next(const struct loader_question *question, enum binding_name name)
{
	struct resolve_object caller;

	if (!resolve_owner(question->caller, &caller) || !resolve_is_startup(&caller) ||
	    behind_us(question))
		return turn_jump(question, question->name);
	return turn_jump(question, absent_names[name]);
}

/* Whether somebody in front of us has the name: then that is the answer, and not ours. */
static bool is_in_front(const char *name)
{
	struct resolve_object first;
	struct resolve_object self;

	return resolve_self(&self) && resolve_first(name, &first) && !resolve_same(&first, &self);
}

/* The program's own calls lead to the same function: it may compare them. */
static bool is_the_programs(const struct loader_question *question, const void *real,
			    const struct resolve_object *owner)
{
	return resolve_is_startup(owner) && real == behind_us(question);
}

static struct loader_turn turn_handle(const struct loader_question *question,
				      enum binding_name name)
{
	void *real = ask(question, question->handle);
	struct resolve_object owner;
	void *ours;

	if (!real)
		return turn_answer(NULL);
	if (is_ours(real))
		return turn_global(question, name);
	if (!resolve_owner(real, &owner) || is_in_front(question->name))
		return turn_answer(real);
	if (!is_the_programs(question, real, &owner))
		return turn_answer(bound(name, real, &owner));
	resolve_own_all(&question->name, 1, &ours);
	return turn_answer(ours ? ours : real);
}

static struct loader_turn turn(const struct loader_question *question)
{
	enum binding_name name = BINDING_NAMES;

	if (question->handle != RTLD_DEFAULT && question->handle != RTLD_NEXT)
		deepbind_notice(question->handle);
	if (question->name)
		name = binding_name_of(question->name);
	if (__builtin_expect(name == BINDING_NAMES, 1))
		return turn_jump(question, question->name);
	if (question->handle == RTLD_NEXT)
		return turn_next(question, name);
	if (question->handle != RTLD_DEFAULT)
		return turn_handle(question, name);
	return is_in_front(question->name) ? turn_jump(question, question->name) :
					     turn_global(question, name);
}

struct loader_turn loader_dlsym(void *handle, const char *name, const void *caller)
{
	return turn(&(struct loader_question){ handle, name, NULL, caller });
}

struct loader_turn loader_dlvsym(void *handle, const char *name, const char *version,
				 const void *caller)
{
	return turn(&(struct loader_question){ handle, name, version, caller });
}
