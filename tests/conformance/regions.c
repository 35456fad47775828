/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* saferegion_alloc: sizes, zeroes, reuse, errors. Whitelisted functions use the regions. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "contents.h"
#include "memsentry-runtime.h"

/* Where the compiler does not check what it passes on. */
MEMSENTRY_SAFE static int read_into(void *to, const void *region, size_t size)
{
    return saferegion_read(to, region, size);
}

MEMSENTRY_SAFE static int write_from(void *region, const void *from, size_t size)
{
    return saferegion_write(region, from, size);
}

/* Copies by code that no gate lets in. */
static void copies(void)
{
    char from[200], to[200] = {0};
    char *region = saferegion_alloc(5000);
    memset(from, 7, sizeof from);
    CHECK(saferegion_write(region + 100, from, sizeof from) == 0);
    CHECK(saferegion_read(to, region + 100, sizeof to) == 0);
    CHECK(memcmp(from, to, sizeof to) == 0 && all(region, 100, 0));
    CHECK(saferegion_write(region + 8192 - 200, from, 200) == 0);
    CHECK(saferegion_write(region + 8192 - 199, from, 200) == -EINVAL);
    CHECK(saferegion_read(to, region - 1, 1) == -EINVAL);
    CHECK(saferegion_read(to, from, 1) == -EINVAL);
    CHECK(read_into(region, region, 8) == -EFAULT);
    CHECK(write_from(region, region, 8) == -EFAULT);
    CHECK(read_into(to, region, SIZE_MAX) == -EFAULT);
    CHECK(saferegion_read(NULL, region, 0) == 0);
    saferegion_free(region);
    CHECK(saferegion_read(to, region, 1) == -EINVAL);
}

int main(void)
{
    copies();
    static const size_t sizes[] = {1, 16, 4096, 4097, 8192, 65536, 1 << 20, 5 << 20};
    char *regions[8], *again;
    for (int i = 0; i < 8; i++) {
        CHECK((regions[i] = saferegion_alloc(sizes[i])) != NULL);
        CHECK((uint64_t)regions[i] >= MEMSENTRY_REGIONS_START);
        CHECK((uint64_t)regions[i] + sizes[i] <= MEMSENTRY_REGIONS_END);
        CHECK((uint64_t)regions[i] % 4096 == 0 && all(regions[i], sizes[i], 0));
        fill(regions[i], sizes[i], (char)(i + 1));
    }
    for (int i = 0; i < 8; i++)
        CHECK(all(regions[i], sizes[i], (char)(i + 1)));
    for (int i = 0; i < 8; i++) {
        saferegion_free(regions[i]);
        CHECK((again = saferegion_alloc_named(sizes[i], "again")) != NULL);
        CHECK(all(again, sizes[i], 0));
        regions[i] = again;
    }
    for (int i = 0; i < 5000; i++) {
        CHECK((again = saferegion_alloc(4096)) != NULL);
        fill(again, 4096, 1);
        saferegion_free(again);
    }
    saferegion_free(NULL);

    errno = 0;
    CHECK(saferegion_alloc(0) == NULL && errno == EINVAL);
    CHECK(saferegion_alloc_named(8, "a name of more than thirty-one characters") == NULL);
    CHECK(errno == EINVAL);
    errno = 0;
    CHECK(saferegion_alloc((size_t)1 << 46) == NULL && errno == ENOMEM);
    CHECK(saferegion_alloc(SIZE_MAX) == NULL);
    CHECK((again = saferegion_alloc((size_t)100 << 30)) != NULL);
    fill(again, 4096, 1);
    saferegion_free(again);
    return 0;
}
