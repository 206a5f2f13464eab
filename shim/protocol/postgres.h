/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a PostgreSQL server says before a connection is ready, as bytes (protocol 3, section 55.7).
 * Pure: no state, no memory.
 */
#ifndef PROTOCOL_POSTGRES_H
#define PROTOCOL_POSTGRES_H

#include <stdbool.h>

#include "base/slice.h"

#define POSTGRES_SQLSTATE 6u

/*
 * The SQLSTATE of the ErrorResponse in @bytes, which begin where a message begins; messages before
 * it are passed over. False, and @ret untouched, when there is none, or it is cut before its code.
 */
bool postgres_error_code(struct slice bytes, char ret[POSTGRES_SQLSTATE]);

#endif
