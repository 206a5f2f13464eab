/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a statement handles a password or another secret, by the names in it. Such a statement is
 * never told with its literals, nor with the values of its parameters. Pure; any thread; any bytes.
 */
#ifndef PROTOCOL_SQL_SECRET_H
#define PROTOCOL_SQL_SECRET_H

#include <stdbool.h>

#include "base/slice.h"

/*
 * True when one of the words is anywhere in @statement, in any case, also as a part of another one:
 * passw, passphrase, pwd, secret, crypt, credential, token, api_key, apikey. A word too many costs
 * an attribute.
 */
bool sql_names_secret(struct slice statement);

#endif
