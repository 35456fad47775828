/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* memsentry-symbolize: a report of MemSentry with functions, files and lines in it. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_id.h"
#include "frame.h"
#include "symbolizer.h"

#define NAME "memsentry-symbolize"

/* A file that the report names, looked at once. */
struct module {
    struct module *next;
    bool usable;
    char path[];
};

struct session {
    const char *program; /* --symbolizer=, or NULL */
    struct symbolizer symbolizer;
    bool started;
    bool failed; /* nothing more is resolved, but all is printed */
    struct module *modules;
    unsigned moved; /* how far inlined frames have moved the others of this report down */
};

static void usage(FILE *out)
{
    fputs("usage: " NAME " [--symbolizer=PATH] [REPORT]\n"
          "\n"
          "Prints a report of MemSentry, read from REPORT or the standard input, with\n"
          "functions, files and lines in place of addresses.\n"
          "\n"
          "  --symbolizer=PATH  run this llvm-symbolizer\n"
          "  --help             print this text\n"
          "  --version          print the version\n",
          out);
}

static int start_symbolizer(struct session *session)
{
    const char *candidates[] = {MEMSENTRY_SYMBOLIZER, MEMSENTRY_SYMBOLIZER_NAME,
                                "llvm-symbolizer"};
    int result = -ENOENT;

    if (session->program != NULL) {
        result = symbolizer_start(&session->symbolizer, session->program);
    } else {
        for (size_t i = 0; result == -ENOENT && i < sizeof candidates / sizeof *candidates; i++)
            result = symbolizer_start(&session->symbolizer, candidates[i]);
    }
    if (result != 0)
        fprintf(stderr, NAME ": error: cannot run '%s': %s\n",
                session->program == NULL ? "llvm-symbolizer" : session->program,
                strerror(-result));
    session->started = result == 0;
    session->failed = result != 0;
    return result;
}

/* Lines of another build would mislead. */
static bool matches(const char *path, const struct frame *frame)
{
    char found[2 * BUILD_ID_MAX + 1];
    int result = build_id_read(path, found);

    if (result != 0) {
        fprintf(stderr, NAME ": warning: cannot read '%s': %s\n", path, strerror(-result));
        return false;
    }
    if (frame->build_id == NULL || (strlen(found) == frame->build_id_length &&
                                    memcmp(found, frame->build_id, strlen(found)) == 0))
        return true;
    fprintf(stderr,
            NAME ": warning: '%s' has build id %s, but the report is of %.*s; its frames stay "
                 "unresolved\n",
            path, found[0] == '\0' ? "none" : found, (int)frame->build_id_length,
            frame->build_id);
    return false;
}

/* NULL when out of memory. */
static const struct module *find_module(struct session *session, const struct frame *frame)
{
    struct module *module;

    for (module = session->modules; module != NULL; module = module->next)
        if (strlen(module->path) == frame->path_length &&
            memcmp(module->path, frame->path, frame->path_length) == 0)
            return module;
    module = malloc(sizeof *module + frame->path_length + 1);
    if (module == NULL) {
        fprintf(stderr, NAME ": error: %s\n", strerror(ENOMEM));
        session->failed = true;
        return NULL;
    }
    memcpy(module->path, frame->path, frame->path_length);
    module->path[frame->path_length] = '\0';
    module->usable = matches(module->path, frame);
    module->next = session->modules;
    session->modules = module;
    return module;
}

static void print_resolved(struct session *session, const char *line, const struct frame *frame,
                           const struct location *locations, int count)
{
    size_t indent = strspn(line, " ");

    if (!frame->numbered) {
        printf("%.*sin %s%s%s %s\n", (int)frame->place, line, locations[0].function,
               locations[0].file[0] == '\0' ? "" : " ", locations[0].file, line + frame->place);
        return;
    }
    for (int i = 0; i < count; i++)
        printf("%.*s#%u %.*sin %s%s%s %s\n", (int)indent, line,
               frame->number + session->moved + (unsigned)i, (int)(frame->place - frame->pc),
               line + frame->pc, locations[i].function, locations[i].file[0] == '\0' ? "" : " ",
               locations[i].file, line + frame->place);
    session->moved += (unsigned)count - 1;
}

/* A frame that nothing is known of; its number follows the others. */
static void print_unresolved(struct session *session, const char *line,
                             const struct frame *frame)
{
    if (!frame->numbered || session->moved == 0)
        printf("%s\n", line);
    else
        printf("%.*s#%u %s\n", (int)strspn(line, " "), line, frame->number + session->moved,
               line + frame->pc);
}

/* How many locations the symbolizer knows for the frame: 0 for none. */
static int resolve(struct session *session, const char *path, const struct frame *frame,
                   struct location **locations)
{
    int count;

    if (!session->started && start_symbolizer(session) != 0)
        return 0;
    count = symbolizer_ask(&session->symbolizer, path, frame_lookup_offset(frame), locations);
    if (count >= 0)
        return count;
    fprintf(stderr, NAME ": error: the symbolizer gives no answer\n");
    session->failed = true;
    return 0;
}

static void print_frame(struct session *session, const char *line, const struct frame *frame)
{
    const struct module *module = find_module(session, frame);
    struct location *locations = NULL;
    int count = 0;

    if (frame->numbered && frame->number == 0)
        session->moved = 0;
    if (module != NULL && module->usable && !session->failed)
        count = resolve(session, module->path, frame, &locations);
    if (count == 0)
        print_unresolved(session, line, frame);
    else
        print_resolved(session, line, frame, locations, count);
    locations_free(locations, count);
}

static int run(struct session *session, FILE *input)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while ((length = getline(&line, &room, input)) > 0) {
        struct frame frame;

        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (frame_parse(line, &frame))
            print_frame(session, line, &frame);
        else
            printf("%s\n", line);
        fflush(stdout);
    }
    free(line);
    if (ferror(input) || ferror(stdout)) {
        fprintf(stderr, NAME ": error: %s\n", strerror(errno));
        return -EIO;
    }
    return session->failed ? -EIO : 0;
}

static void finish(struct session *session)
{
    symbolizer_finish(&session->symbolizer);
    while (session->modules != NULL) {
        struct module *next = session->modules->next;

        free(session->modules);
        session->modules = next;
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"symbolizer", required_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'v'},
                                            {NULL, 0, NULL, 0}};
    struct session session = {0};
    FILE *input = stdin;
    int option;
    int result;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            session.program = optarg;
            break;
        case 'h':
            usage(stdout);
            return EXIT_SUCCESS;
        case 'v':
            printf(NAME " " MEMSENTRY_VERSION "\n");
            return EXIT_SUCCESS;
        default:
            usage(stderr);
            return EXIT_FAILURE;
        }
    }
    if (argc - optind > 1) {
        usage(stderr);
        return EXIT_FAILURE;
    }
    if (optind < argc && strcmp(argv[optind], "-") != 0)
        input = fopen(argv[optind], "re");
    if (input == NULL) {
        fprintf(stderr, NAME ": error: cannot read '%s': %s\n", argv[optind], strerror(errno));
        return EXIT_FAILURE;
    }
    /* A symbolizer that died is an error to report, not a signal to die of. */
    signal(SIGPIPE, SIG_IGN);
    result = run(&session, input);
    finish(&session);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
