/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The first sector of the disk that disk.py makes, for machines that cannot load a kernel: reads
 * three runs of sectors to their places and enters the kernel in 64-bit mode (Linux,
 * Documentation/arch/x86/boot.rst). A machine that starts a second time is switched off.
 *
 * From disk.py, by --defsym: ENTRY, PARAMETERS, PAGES, and of the runs PARAMETERS_SECTORS,
 * KERNEL, KERNEL_SECTORS, INITRAMFS, INITRAMFS_SECTORS. */
    .set ATA, 0x1f0
    .set SHUTDOWN, 0x8900       /* of Bochs */
    .set STARTED, 0x7f          /* a byte of CMOS that nobody else uses, cleared by power on */

    .code16
    .globl _start
_start:
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ds
    movb $STARTED, %al
    outb %al, $0x70
    inb $0x71, %al
    cmpb $0xa5, %al
    je again
    movb $0xa5, %al
    outb %al, $0x71

    inb $0x92, %al              /* all of the address lines */
    orb $2, %al
    outb %al, $0x92
    lgdtl gdt_pointer
    movl $0x11, %eax
    movl %eax, %cr0
    ljmp $8, $protected

again:
    movw $shutdown, %si
    movw $8, %cx
    movw $SHUTDOWN, %dx
    rep outsb
1:  hlt
    jmp 1b
shutdown:
    .ascii "Shutdown"

    .code32
protected:
    movw $0x18, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $0x7c00, %esp
    movl $runs, %esi
    movl $1, %ebx               /* the sector */
next_run:
    lodsl
    movl %eax, %edi             /* where it goes */
    lodsl
    movl %eax, %ebp             /* how many are left */
    testl %ebp, %ebp
    jz enter
next_sector:
    movw $ATA + 2, %dx
    movb $1, %al
    outb %al, %dx
    movl %ebx, %eax
    incl %edx
    outb %al, %dx
    shrl $8, %eax
    incl %edx
    outb %al, %dx
    shrl $8, %eax
    incl %edx
    outb %al, %dx
    shrl $8, %eax
    orb $0xe0, %al
    incl %edx
    outb %al, %dx
    incl %edx
    movb $0x20, %al             /* read with retries */
    outb %al, %dx
1:  inb %dx, %al
    andb $0x88, %al             /* busy, data */
    cmpb $0x08, %al
    jne 1b
    movw $ATA, %dx
    movl $256, %ecx
    rep insw
    incl %ebx
    decl %ebp
    jnz next_sector
    jmp next_run

enter:
    movl $0x20, %eax            /* PAE */
    movl %eax, %cr4
    movl $PAGES, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx      /* EFER */
    movl $0x100, %eax           /* LME */
    xorl %edx, %edx
    wrmsr
    movl $0x80000011, %eax
    movl %eax, %cr0
    ljmp $0x10, $long_mode
    .code64
long_mode:
    movl $PARAMETERS, %esi
    movl $ENTRY, %eax
    jmp *%rax

    .balign 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word . - gdt - 1
    .long gdt
runs:
    .long PARAMETERS, PARAMETERS_SECTORS, KERNEL, KERNEL_SECTORS, INITRAMFS, INITRAMFS_SECTORS
    .long 0, 0
    .org 510
    .word 0xaa55
