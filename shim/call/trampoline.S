/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trampolines of call/binding.h: 16 bytes each, BINDING_EACH for each name. A trampoline says
 * its number to the part that its name has in common, which leaves the library bound to that number
 * and the return address for the hook, and jumps there. Only registers are used that hold no
 * argument and that a callee may change.
 */
#include "base/assembly.h"
#include "call/binding.h"

/* Names in the order of the lists; each line of them becomes a call of the macro. */
#define REPLACED(family, index, name) binding_trampolines name;

	.set	binding_number, 0

#if defined(__x86_64__)

	.macro	binding_trampolines name
	.set	binding_first, binding_number
	.rept	BINDING_EACH
	.balign	16
	.cfi_startproc
	endbr64
	movl	$binding_number, %r11d
	jmp	binding_common_\name
	.cfi_endproc
	.set	binding_number, binding_number + 1
	.endr
	.pushsection .text.binding_common, "ax"
	.balign	16
	.type	binding_common_\name, ASSEMBLY_FUNCTION
binding_common_\name:
	.cfi_startproc
	leaq	binding_library(%rip), %r10
	movq	(%r10,%r11,8), %r10
	movq	binding_call@gottpoff(%rip), %r11
	movq	%r10, %fs:(%r11)
	movq	(%rsp), %r10
	movq	%r10, %fs:8(%r11)
	jmp	*(binding_hook + 8 * (binding_first / BINDING_EACH))(%rip)
	.cfi_endproc
	.size	binding_common_\name, . - binding_common_\name
	.popsection
	.endm

#elif defined(__aarch64__)

	.macro	binding_trampolines name
	.set	binding_first, binding_number
	.rept	BINDING_EACH
	.balign	16
	.cfi_startproc
	hint	#34	/* bti c */
	mov	w17, #binding_number
	b	binding_common_\name
	.cfi_endproc
	.set	binding_number, binding_number + 1
	.endr
	.pushsection .text.binding_common, "ax"
	.balign	16
	.type	binding_common_\name, ASSEMBLY_FUNCTION
binding_common_\name:
	.cfi_startproc
	adrp	x16, binding_library
	add	x16, x16, :lo12:binding_library
	ldr	x16, [x16, x17, lsl #3]
	mrs	x9, tpidr_el0
	adrp	x10, :gottprel:binding_call
	ldr	x10, [x10, :gottprel_lo12:binding_call]
	add	x9, x9, x10
	stp	x16, x30, [x9]
	adrp	x16, binding_hook + 8 * (binding_first / BINDING_EACH)
	ldr	x16, [x16, :lo12:(binding_hook + 8 * (binding_first / BINDING_EACH))]
	br	x16
	.cfi_endproc
	.size	binding_common_\name, . - binding_common_\name
	.popsection
	.endm

#endif

	.hidden	binding_code
	.hidden	binding_library
	.hidden	binding_hook
	.hidden	binding_call

	.text
	.balign	16
	.globl	binding_code
	.type	binding_code, ASSEMBLY_OBJECT
binding_code:
#include "call/replaced.def"
	.balign	16
	.size	binding_code, . - binding_code

ASSEMBLY_NOTES
