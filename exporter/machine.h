/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is true for every process of this machine: host.* and os.* of the resource. Read once, from
 * uname, /etc/machine-id and os-release; what cannot be found is empty.
 */
#ifndef EXPORTER_MACHINE_H
#define EXPORTER_MACHINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct machine {
	struct slice host_name, host_id, host_arch;
	struct slice os_name, os_version, os_description;
	uint8_t text[1024];
	size_t used;
};

void machine_read(struct machine *ret);

/* "amd64" for "x86_64" (semantic conventions); names without a known other form as they are. */
struct slice machine_arch(struct slice kernel_name);

/* The value of @key in the text of an os-release file, quotes and escapes removed, into @ret. */
size_t os_release_value(struct slice text, struct slice key, uint8_t *ret, size_t room);

/* The user's name in the text of a passwd file; empty when it is not there. */
struct slice passwd_name(struct slice text, uint32_t uid);

#endif
