/* SPDX-License-Identifier: Apache-2.0 */
/* Who has a file mapped, as /proc tells. Main thread; what cannot be read is a no. */
#ifndef CLI_MAPPING_H
#define CLI_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

/* Whether process @pid has the file of this absolute path in its memory. */
bool mapping_of(uint32_t pid, const char *path);

/* A process that we may look into and that has, but not @but; 0: none. */
uint32_t mapping_holder(const char *path, uint32_t but);

#endif
