/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For assembly files. ASSEMBLY_NOTES is the last line of each: no executable stack, and the
 * protections that the compiler's objects have as well. The linker gives a library only what all of
 * its objects have, and the loader gives a process only what all of its libraries have.
 */
#ifndef BASE_ASSEMBLY_H
#define BASE_ASSEMBLY_H

#if defined(__x86_64__)
#define ASSEMBLY_FUNCTION @function
#define ASSEMBLY_OBJECT @object
#define ASSEMBLY_PROPERTY 0xc0000002 /* GNU_PROPERTY_X86_FEATURE_1_AND */
#define ASSEMBLY_FEATURES 3	     /* IBT, SHSTK */
#elif defined(__aarch64__)
#define ASSEMBLY_FUNCTION %function
#define ASSEMBLY_OBJECT %object
#define ASSEMBLY_PROPERTY 0xc0000000 /* GNU_PROPERTY_AARCH64_FEATURE_1_AND */
#define ASSEMBLY_FEATURES 1	     /* BTI */
#else
#error "dlsym can only be replaced on x86-64 and aarch64"
#endif

/* 5 is NT_GNU_PROPERTY_TYPE_0. */
#define ASSEMBLY_NOTES                                                                             \
	.section .note.GNU-stack, "";                                                              \
	.section .note.gnu.property, "a";                                                          \
	.balign 8;                                                                                 \
	.long 4, 16, 5;                                                                            \
	.asciz "GNU";                                                                              \
	.long ASSEMBLY_PROPERTY, 4, ASSEMBLY_FEATURES, 0

#endif
