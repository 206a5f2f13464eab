/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replaced dlsym and dlvsym. The real ones take their return address for the caller whose scope
 * RTLD_NEXT and RTLD_DEFAULT mean, so they are jumped to with the stack as the program left it, and
 * not called. What to do is said by hooks/loader.c: where to jump and with which name, or, when
 * that is null, what to answer.
 */
#include "base/assembly.h"

	.text
	.hidden	loader_dlsym
	.hidden	loader_dlvsym

#if defined(__x86_64__)

	.balign	16
	.globl	dlsym
	.type	dlsym, ASSEMBLY_FUNCTION
dlsym:
	.cfi_startproc
	endbr64
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	movq	8(%rsp), %rdx
	call	loader_dlsym
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	testq	%rax, %rax
	jz	1f
	movq	%rdx, %rsi
	jmp	*%rax
1:	movq	%rdx, %rax
	ret
	.cfi_endproc
	.size	dlsym, . - dlsym

	.balign	16
	.globl	dlvsym
	.type	dlvsym, ASSEMBLY_FUNCTION
dlvsym:
	.cfi_startproc
	endbr64
	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	pushq	%rdx
	.cfi_adjust_cfa_offset 8
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	movq	24(%rsp), %rcx
	call	loader_dlvsym
	movq	%rdx, %rsi
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%rdx
	.cfi_adjust_cfa_offset -8
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	testq	%rax, %rax
	jz	1f
	jmp	*%rax
1:	movq	%rsi, %rax
	ret
	.cfi_endproc
	.size	dlvsym, . - dlvsym

#elif defined(__aarch64__)

	.balign	16
	.globl	dlsym
	.type	dlsym, ASSEMBLY_FUNCTION
dlsym:
	.cfi_startproc
	hint	#34	/* bti c */
	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset x29, -32
	.cfi_offset x30, -24
	mov	x29, sp
	str	x0, [sp, #16]
	mov	x2, x30
	bl	loader_dlsym
	mov	x16, x0
	ldr	x0, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_restore x29
	.cfi_restore x30
	.cfi_def_cfa_offset 0
	cbz	x16, 1f
	br	x16
1:	mov	x0, x1
	ret
	.cfi_endproc
	.size	dlsym, . - dlsym

	.balign	16
	.globl	dlvsym
	.type	dlvsym, ASSEMBLY_FUNCTION
dlvsym:
	.cfi_startproc
	hint	#34	/* bti c */
	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset x29, -32
	.cfi_offset x30, -24
	mov	x29, sp
	stp	x0, x2, [sp, #16]
	mov	x3, x30
	bl	loader_dlvsym
	mov	x16, x0
	ldp	x0, x2, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_restore x29
	.cfi_restore x30
	.cfi_def_cfa_offset 0
	cbz	x16, 1f
	br	x16
1:	mov	x0, x1
	ret
	.cfi_endproc
	.size	dlvsym, . - dlvsym

#endif

ASSEMBLY_NOTES
