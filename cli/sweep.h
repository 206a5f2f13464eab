/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions whose supervisor was killed: their areas stay in memory until somebody removes them, and
 * that is the next run. Only our own, only when nobody holds the area's lock or has it mapped.
 * Main thread; failures are nothing to speak of.
 */
#ifndef CLI_SWEEP_H
#define CLI_SWEEP_H

/* Sessions younger than this may still be in the making. */
#define SWEEP_AGE_S 2

/* At most that many directories are looked at in one run. */
#define SWEEP_MOST 64

void sweep_sessions(const char *parent);

#endif
