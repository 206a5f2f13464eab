/* SPDX-License-Identifier: Apache-2.0 */
/* Each slot of the table is libc's function, or that of a preload which stands before libc. */
#include "tests/support/test.h"

#include <dlfcn.h>

#include "base/real.h"
#include "base/resolve.h"
#include "tests/support/child.h"
#include "tests/support/plugin.h"

/* We stand before libc ourselves: the table must not lead back here. */
ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	(void)fd;
	(void)message;
	(void)flags;
	return 4242;
}

static void each_slot_is_what_stands_behind_us(void **state)
{
	(void)state;
#define LIBC(name) assert_ptr_equal((void *)real()->name, dlsym(RTLD_NEXT, #name));
#define LIBC_LIKE(name, type) LIBC(name)
#include "base/libc.def"
#undef LIBC
#undef LIBC_LIKE
	assert_int_equal(recvmsg(-1, NULL, 0), 4242);
	assert_int_equal(real()->recvmsg(-1, NULL, 0), -1);
}

static void the_table_is_one(void **state)
{
	const struct real *table = real();

	(void)state;
	assert_ptr_equal(table, real());
	assert_int_equal(table->write(-1, "", 0), -1);
}

/* Runs with a preload that answers 77 to recv(), and knows nothing of the rest. */
static int run_behind(void)
{
	CHILD_EXPECT(real()->recv(0, NULL, 0, 0) == 77);
	CHILD_EXPECT(real()->send(-1, NULL, 0, 0) == -1);
	CHILD_EXPECT(real()->recvmsg(-1, NULL, 0) == -1);
	return 0;
}

static void a_preload_before_libc_stays_in_the_chain(void **state)
{
	(void)state;
#ifdef SANITIZED
	/* Its runtime wants to be the first object itself. */
	skip();
#endif
	plugin_build("libbefore.so", "long recv(void) { return 77; }\n", "");
	setenv("LD_PRELOAD", plugin_path("libbefore.so"), 1);
	assert_int_equal(child_run_again("behind"), 0);
	unsetenv("LD_PRELOAD");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(each_slot_is_what_stands_behind_us),
		cmocka_unit_test(the_table_is_one),
		cmocka_unit_test(a_preload_before_libc_stays_in_the_chain),
	};

	(void)argv;
	if (argc > 1)
		return run_behind();
	return cmocka_run_group_tests(cases, plugin_begin, plugin_end);
}
