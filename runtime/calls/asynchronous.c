/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Asynchronous input and output; see calls.h. The control blocks stay in the program's memory
 * while libc or the kernel works with them, so what is checked here can still change.
 */
#include <aio.h>
#include <linux/aio_abi.h>

#include "calls.h"
#include "internal.h"

static void check_block(const struct caller *caller, struct aiocb *block, int operation)
{
    const volatile struct aiocb *from = block;
    call_check_pointer(caller, CALL_ANY, block, sizeof *block);
    if (operation != LIO_NOP)
        call_check_pointer(caller, operation == LIO_READ ? CALL_WRITE : CALL_READ,
                           (void *)from->aio_buf, from->aio_nbytes);
}

static int aio_read_in(const struct caller *caller, struct aiocb *block)
{
    check_block(caller, block, LIO_READ);
    return aio_read(block);
}

static int aio_write_in(const struct caller *caller, struct aiocb *block)
{
    check_block(caller, block, LIO_WRITE);
    return aio_write(block);
}

static int lio_listio_in(const struct caller *caller, int mode, struct aiocb *const *list,
                         int count, struct sigevent *event)
{
    call_check_pointer(caller, CALL_READ, list, (uint64_t)(count > 0 ? count : 0) * 8);
    call_check_pointer(caller, CALL_READ, event, sizeof *event);
    for (int i = 0; i < count; i++) {
        struct aiocb *block = ((struct aiocb *const volatile *)list)[i];
        if (block != NULL)
            check_block(caller, block, block->aio_lio_opcode);
    }
    return lio_listio(mode, list, count, event);
}

/* The same on this architecture. */
#define aio_read64_in aio_read_in
#define aio_write64_in aio_write_in
#define lio_listio64_in lio_listio_in
#define LIST_PARAMETERS (int mode, struct aiocb *const *list, int count, struct sigevent *event)

CALL_RW(int, aio_read, (struct aiocb * block), (block))
CALL_RW(int, aio_read64, (struct aiocb * block), (block))
CALL_RW(int, aio_write, (struct aiocb * block), (block))
CALL_RW(int, aio_write64, (struct aiocb * block), (block))
CALL_RW(int, lio_listio, LIST_PARAMETERS, (mode, list, count, event))
CALL_RW(int, lio_listio64, LIST_PARAMETERS, (mode, list, count, event))

/* Not inlined: the copy leaves with the frame. */
__attribute__((noinline)) static void check_vector(const struct caller *caller, unsigned access,
                                                   const struct iovec *vector, uint64_t count)
{
    struct iovec *copy = CALL_VECTOR(vector, count);
    call_vector(caller, access, vector, count, copy);
}

void call_check_blocks(const struct caller *caller, long count, struct iocb **blocks)
{
    call_check_pointer(caller, CALL_READ, blocks, (uint64_t)(count > 0 ? count : 0) * 8);
    for (long i = 0; blocks != NULL && i < count; i++) {
        const volatile struct iocb *block = ((struct iocb *volatile *)blocks)[i];
        if (block == NULL)
            return;
        call_check(caller, CALL_ANY, (uint64_t)block, sizeof *block);
        const unsigned operation = block->aio_lio_opcode;
        const uint64_t buffer = block->aio_buf, size = block->aio_nbytes;
        if (operation == IOCB_CMD_PREADV || operation == IOCB_CMD_PWRITEV) {
            const unsigned access = operation == IOCB_CMD_PREADV ? CALL_WRITE : CALL_READ;
            check_vector(caller, access, (void *)buffer, size);
        } else {
            call_check(caller, operation == IOCB_CMD_PWRITE ? CALL_READ : CALL_ANY, buffer,
                       size);
        }
    }
}

/* Of libaio, where the program has it. */
extern int io_submit(unsigned long context, long count, struct iocb **blocks)
    __attribute__((weak));

static int io_submit_in(const struct caller *caller, unsigned long context, long count,
                        struct iocb **blocks)
{
    call_check_blocks(caller, count, blocks);
    return io_submit(context, count, blocks);
}

CALL_RW(int, io_submit, (unsigned long context, long count, struct iocb **blocks),
        (context, count, blocks))
