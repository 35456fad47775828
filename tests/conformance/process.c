/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a process does to itself: IFUNCs, constructor priorities, locking, low mappings, limits.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"

/* IFUNC resolvers run before anything of the runtime. */
static int first(void)
{
    return 1;
}

static int second(void)
{
    return 2;
}

static int (*resolve(void))(void)
{
    char buffer[16];
    int index = 0;
    for (int i = 0; i < 16; i++)
        buffer[i] = (char)i;
    escape(buffer);
    for (int i = 0; i < 16; i++)
        index += buffer[i];
    return index == 120 ? second : first;
}

int chosen(void) __attribute__((ifunc("resolve")));

static int order[4], constructed;

#define CONSTRUCTOR(priority, number)                                                          \
    __attribute__((constructor(priority))) static void construct##number(void)                 \
    {                                                                                          \
        char buffer[32];                                                                       \
        escape(buffer);                                                                        \
        CHECK(on_safe_stack() && is_ordinary(buffer));                                         \
        order[constructed++] = number;                                                         \
    }

CONSTRUCTOR(101, 1)
CONSTRUCTOR(500, 3)
CONSTRUCTOR(102, 2)

static void locks_memory(void)
{
    /* As an ordinary user with little to lock, and with enough, this must never read in what is
       reserved only. */
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_MEMLOCK, &limit) == 0);
    int result = mlockall(MCL_CURRENT | MCL_FUTURE);
    CHECK(result == 0 || (errno == ENOMEM && limit.rlim_cur != RLIM_INFINITY) ||
          errno == EPERM);
    CHECK(munlockall() == 0);
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    CHECK(usage.ru_maxrss < 200 * 1024);
    errno = 0;
    CHECK(mlockall(0x1000) == -1 && errno == EINVAL);
}

int main(void)
{
    CHECK(chosen() == 2);
    CHECK(constructed == 3 && order[0] == 1 && order[1] == 2 && order[2] == 3);

#ifdef MAP_32BIT
    char *low = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    CHECK(low != MAP_FAILED && (uint64_t)low < UINT64_C(1) << 32);
    CHECK(munmap(low, 8192) == 0);
#endif
    /* A wish for an address that is taken is granted elsewhere. */
    void *wish = mmap((void *)(MEMSENTRY_REGIONS_START + 4096), 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(wish != MAP_FAILED && is_ordinary(wish));
    /* Much of it, more than lies free above the libraries. */
    size_t size = (size_t)1 << 40;
    char *large = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(large != MAP_FAILED && (uint64_t)large >= MEMSENTRY_SPLIT);
    large[size - 1] = 1;
    large[0] = 1;
    CHECK(munmap(large, size) == 0);
    locks_memory();
    return 0;
}
