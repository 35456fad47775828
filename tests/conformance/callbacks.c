/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Functions of libc that call back: what they hand over can be read and written. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <link.h>
#include <pthread.h>
#include <search.h>
#include <setjmp.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct item {
    int key, place;
    char rest[60];
};

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int reversed(const void *a, const void *b, void *factor)
{
    return *(int *)factor * by_int(a, b);
}

static unsigned next_random(unsigned *state)
{
    return *state = *state * 1103515245 + 12345;
}

static void sorting(void)
{
    static const size_t sizes[] = {0, 1, 2, 3, 10, 100, 5000};
    static int numbers[5000];
    static struct item items[5000];
    unsigned state = 1;
    int factor = -1;
    for (size_t s = 0; s < COUNT(sizes); s++) {
        for (size_t i = 0; i < sizes[s]; i++) {
            numbers[i] = (int)next_random(&state);
            items[i].key = (int)(next_random(&state) >> 16) % 20;
            items[i].place = (int)i;
        }
        qsort(numbers, sizes[s], sizeof *numbers, by_int);
        qsort(items, sizes[s], sizeof *items, by_key);
        for (size_t i = 1; i < sizes[s]; i++) {
            CHECK(numbers[i - 1] <= numbers[i]);
            CHECK(items[i - 1].key < items[i].key ||
                  (items[i - 1].key == items[i].key && items[i - 1].place < items[i].place));
        }
        qsort_r(numbers, sizes[s], sizeof *numbers, reversed, &factor);
        for (size_t i = 1; i < sizes[s]; i++)
            CHECK(numbers[i - 1] >= numbers[i]);
    }
    int local[] = {3, 1, 2};
    qsort(local, 3, sizeof *local, by_int);
    CHECK(local[0] == 1 && local[2] == 3);
    void (*volatile indirect)(void *, size_t, size_t, int (*)(const void *, const void *)) =
        qsort;
    int more[] = {3, 1, 2};
    indirect(more, 3, sizeof *more, by_int);
    CHECK(more[0] == 1 && more[2] == 3);
}

static jmp_buf environment;

static int leave(const void *a, const void *b)
{
    if (*(const int *)a == 3 || *(const int *)b == 3)
        longjmp(environment, 1);
    return by_int(a, b);
}

static void left_by_longjmp(void)
{
    int numbers[] = {5, 4, 3, 2, 1};
    if (setjmp(environment) == 0) {
        qsort(numbers, 5, sizeof *numbers, leave);
        CHECK(0);
    }
    qsort(numbers, 5, sizeof *numbers, by_int);
    CHECK(numbers[0] == 1 && numbers[4] == 5);
}

static int visited_nodes;

static void visit_node(const void *node, VISIT kind, int depth)
{
    CHECK(depth >= 0);
    if (kind == leaf || kind == postorder)
        visited_nodes += **(int *const *)node;
}

static void searching(void)
{
    int numbers[] = {1, 3, 5, 7}, key = 5, five = 5, nine = 9;
    size_t count = 4;
    void *root = NULL;
    CHECK(bsearch(&key, numbers, 4, sizeof key, by_int) == &numbers[2]);
    CHECK(lfind(&key, numbers, &count, sizeof key, by_int) == &numbers[2]);
    for (int i = 0; i < 4; i++)
        CHECK(tsearch(&numbers[i], &root, by_int) != NULL);
    CHECK(tfind(&five, &root, by_int) != NULL && tfind(&nine, &root, by_int) == NULL);
    twalk(root, visit_node);
    CHECK(visited_nodes == 16);
    for (int i = 0; i < 4; i++)
        tdelete(&numbers[i], &root, by_int);
}

/* A directory with files a, b, c (of 0, 1, 2 bytes) and a directory d with a file e. */
static char tree[] = "callbacks-XXXXXX";

static void make_file(const char *name, off_t size)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", tree, name);
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    CHECK(file >= 0 && ftruncate(file, size) == 0 && close(file) == 0);
}

static void make_tree(void)
{
    char path[64];
    CHECK(mkdtemp(tree) != NULL);
    make_file("c", 2);
    make_file("a", 0);
    make_file("b", 1);
    snprintf(path, sizeof path, "%s/d", tree);
    CHECK(mkdir(path, 0700) == 0);
    make_file("d/e", 3);
}

static int no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int backwards(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*b)->d_name, (*a)->d_name);
}

static void directories(void)
{
    struct dirent **list;
    int count = scandir(tree, &list, no_dots, backwards);
    CHECK(count == 4);
    for (int i = 0; i < count; i++) {
        CHECK(list[i]->d_name[0] == 'd' - i);
        free(list[i]);
    }
    free(list);
    CHECK(scandirat(AT_FDCWD, tree, &list, NULL, alphasort) == 6);
    CHECK(strcmp(list[0]->d_name, ".") == 0 && strcmp(list[5]->d_name, "d") == 0);
    for (int i = 0; i < 6; i++)
        free(list[i]);
    free(list);
    errno = 0;
    CHECK(scandir("no such directory", &list, NULL, NULL) == -1 && errno == ENOENT);
}

static long walked;

static int visit_inside(const char *path, const struct stat *status, int kind)
{
    CHECK(path[0] != '\0');
    walked += kind == FTW_F ? status->st_size : 100;
    return 0;
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *position)
{
    CHECK(strcmp(path + position->base, position->level == 0 ? tree : strrchr(path, '/') + 1) ==
          0);
    walked += (kind == FTW_F ? status->st_size : 100) + 1000 * position->level;
    /* A walk within the walk. */
    if (position->level == 1 && kind == FTW_D)
        CHECK(ftw(path, visit_inside, 4) == 0);
    return 0;
}

static int stop(const char *path, const struct stat *status, int kind, struct FTW *position)
{
    (void)path, (void)status, (void)kind;
    if (position->level > 0)
        longjmp(environment, 1);
    return 0;
}

static int visit_and_jump(const char *path, const struct stat *status, int kind,
                          struct FTW *position)
{
    (void)path, (void)status, (void)kind, (void)position;
    walked++;
    if (setjmp(environment) == 0)
        nftw(tree, stop, 4, FTW_PHYS);
    return 0;
}

static void walks(void)
{
    walked = 0;
    CHECK(nftw(tree, visit, 8, FTW_PHYS) == 0);
    /* Levels: 0 + four of 1 + one of 2; directories: 2; inside: one directory, one file. */
    CHECK(walked == 6000 + 200 + 6 + 100 + 3);
    walked = 0;
    CHECK(nftw(tree, visit_and_jump, 8, FTW_PHYS) == 0 && walked == 6);
}

static int by_size(const FTSENT **a, const FTSENT **b)
{
    return (int)((*a)->fts_statp->st_size - (*b)->fts_statp->st_size);
}

static void file_tree(void)
{
    char *const paths[] = {tree, NULL};
    char seen[8] = "";
    FTS *stream = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_size);
    CHECK(stream != NULL);
    for (FTSENT *entry; (entry = fts_read(stream)) != NULL;) {
        if (entry->fts_info == FTS_F && entry->fts_level == 1)
            strcat(seen, entry->fts_name);
    }
    CHECK(fts_close(stream) == 0 && strcmp(seen, "abc") == 0);
}

static int glob_errors;

static int on_glob_error(const char *path, int error)
{
    CHECK(path[0] != '\0' && error != 0);
    glob_errors++;
    return 0;
}

static void *open_nothing(const char *path)
{
    CHECK(path[0] != '\0');
    errno = EACCES;
    return NULL;
}

static struct dirent *read_nothing(void *directory)
{
    (void)directory;
    return NULL;
}

static int status_of(const char *restrict path, struct stat *restrict status)
{
    return stat(path, status);
}

static void close_nothing(void *directory)
{
    (void)directory;
}

static void globs(void)
{
    char pattern[64];
    glob_t found = {.gl_closedir = close_nothing,
                    .gl_readdir = read_nothing,
                    .gl_opendir = open_nothing,
                    .gl_lstat = status_of,
                    .gl_stat = status_of};
    snprintf(pattern, sizeof pattern, "%s/[abc]", tree);
    CHECK(glob(pattern, 0, on_glob_error, &found) == 0 && found.gl_pathc == 3);
    CHECK(strcmp(strrchr(found.gl_pathv[0], '/'), "/a") == 0 && glob_errors == 0);
    CHECK(found.gl_opendir == open_nothing);
    globfree(&found);
    CHECK(glob(pattern, GLOB_ALTDIRFUNC, on_glob_error, &found) == GLOB_NOMATCH);
    CHECK(glob_errors == 1);
    snprintf(pattern, sizeof pattern, "%s/a", tree);
    CHECK(glob(pattern, GLOB_ALTDIRFUNC | GLOB_MARK, NULL, &found) == 0 && found.gl_pathc == 1);
    globfree(&found);
}

static int count_objects(struct dl_phdr_info *info, size_t size, void *count)
{
    CHECK(size >= offsetof(struct dl_phdr_info, dlpi_phnum) && info->dlpi_name != NULL);
    for (int i = 0; i < info->dlpi_phnum; i++)
        *(int *)count += info->dlpi_phdr[i].p_type == PT_LOAD;
    return 0;
}

static void objects(void)
{
    int count = 0;
    CHECK(dl_iterate_phdr(count_objects, &count) == 0 && count > 1);
}

struct buffer {
    char text[64];
    off64_t position, length;
    int closed;
};

static ssize_t read_buffer(void *cookie, char *data, size_t size)
{
    struct buffer *buffer = cookie;
    size_t left = (size_t)(buffer->length - buffer->position);
    size = size < left ? size : left;
    memcpy(data, buffer->text + buffer->position, size);
    buffer->position += (off64_t)size;
    return (ssize_t)size;
}

static ssize_t write_buffer(void *cookie, const char *data, size_t size)
{
    struct buffer *buffer = cookie;
    CHECK((size_t)buffer->position + size <= sizeof buffer->text);
    memcpy(buffer->text + buffer->position, data, size);
    buffer->position += (off64_t)size;
    if (buffer->length < buffer->position)
        buffer->length = buffer->position;
    return (ssize_t)size;
}

static int seek_buffer(void *cookie, off64_t *position, int whence)
{
    struct buffer *buffer = cookie;
    off64_t base = whence == SEEK_SET   ? 0
                   : whence == SEEK_CUR ? buffer->position
                                        : buffer->length;
    *position = buffer->position = base + *position;
    return 0;
}

static int close_buffer(void *cookie)
{
    ((struct buffer *)cookie)->closed = 1;
    return 0;
}

static void cookies(void)
{
    struct buffer buffer = {.position = 0};
    char line[64];
    FILE *file = fopencookie(
        &buffer, "w+",
        (cookie_io_functions_t){read_buffer, write_buffer, seek_buffer, close_buffer});
    CHECK(file != NULL && fprintf(file, "%d %s %d %d %d %d\n", 1, "two", 3, 4, 5, 6) == 14);
    CHECK(fseek(file, 2, SEEK_SET) == 0 && ftell(file) == 2);
    CHECK(fgets(line, sizeof line, file) != NULL && strcmp(line, "two 3 4 5 6\n") == 0);
    CHECK(fclose(file) == 0 && buffer.closed && buffer.length == 14);
}

static void *all_again(void *argument)
{
    for (int i = 0; i < 20; i++) {
        int numbers[] = {3, 1, 2};
        struct dirent **list;
        qsort(numbers, 3, sizeof *numbers, by_int);
        CHECK(numbers[0] == 1);
        int count = scandir(tree, &list, no_dots, backwards);
        CHECK(count == 4);
        while (count > 0)
            free(list[--count]);
        free(list);
        objects();
    }
    return argument;
}

static void threads(void)
{
    pthread_t thread[4];
    for (size_t i = 0; i < COUNT(thread); i++)
        CHECK(pthread_create(&thread[i], NULL, all_again, NULL) == 0);
    for (size_t i = 0; i < COUNT(thread); i++)
        CHECK(pthread_join(thread[i], NULL) == 0);
}

static int clear(const char *path, const struct stat *status, int kind, struct FTW *position)
{
    (void)status, (void)kind, (void)position;
    return remove(path);
}

int main(void)
{
    sorting();
    left_by_longjmp();
    searching();
    make_tree();
    directories();
    walks();
    file_tree();
    globs();
    objects();
    cookies();
    threads();
    CHECK(nftw(tree, clear, 8, FTW_DEPTH | FTW_PHYS) == 0);
    return 0;
}
