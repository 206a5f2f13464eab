/* SPDX-License-Identifier: Apache-2.0 */
/* The options of calls. */
#include "call/option.h"

struct call_options call_options;
