/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is rarely touched, kept apart from what every call touches.
 *
 * COLD_TABLE: big tables of which a process touches little or nothing at load, apart from the
 * variables that every process writes then: those share few pages, each of which costs a fault and
 * 4 KiB. COLD: functions off the common way, never inlined: they would lend it their registers and
 * their frame. HOT: the common way through a call, with all that it calls, but for COLD, in one
 * function; such functions lie side by side. APART: as hot, but with a frame of its own; what a
 * COLD function alone calls is compiled for size, wherever it is. START: what every process runs at
 * load, beside the constructor (where the compiler puts that): a page that is touched brings those
 * around it, and they count.
 */
#ifndef BASE_COLD_H
#define BASE_COLD_H

#define COLD_TABLE __attribute__((section(".bss.cold")))
#define COLD __attribute__((noinline, cold))
#define APART __attribute__((noinline, hot))
#define HOT __attribute__((flatten, hot))
#define START __attribute__((section(".text.startup")))

#endif
