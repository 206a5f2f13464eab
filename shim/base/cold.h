/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Big tables of which a process touches little or nothing at load, kept apart from the variables
 * that every process writes then: those share few pages, each of which costs a fault and 4 KiB.
 */
#ifndef BASE_COLD_H
#define BASE_COLD_H

#define COLD_TABLE __attribute__((section(".bss.cold")))

#endif
