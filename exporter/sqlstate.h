/* SPDX-License-Identifier: Apache-2.0 */
/* Names of SQLSTATE codes as PostgreSQL documents them (its appendix "Error Codes"). Pure. */
#ifndef EXPORTER_SQLSTATE_H
#define EXPORTER_SQLSTATE_H

#include "base/slice.h"

/*
 * The condition name of a common code ("unique_violation" for 23505), else that of its class; empty
 * when @code is no SQLSTATE or of an unknown class.
 */
struct slice sqlstate_name(struct slice code);

#endif
