/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mutate: breaks instrumented code in every way that is known and asks the proof of it. Takes
 * bitcode that the plugin has instrumented. Exit status 0 when no mutant was accepted without
 * an excuse, 1 when one was, or when there was nothing to break, 2 for a usage error.
 */
#include "mutate.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <llvm-c/BitReader.h>
#include <llvm-c/Core.h>

#include "config.h"
#include "prove/prove.h"

#define KINDS_MAX 32

struct tally {
    unsigned long made, rejected, excused[EXCUSES], accepted;
};

static struct tally tallies[KINDS_MAX];
static unsigned long functions, unproved_before;
static bool verbose;
static unsigned limit = 400; /* mutants of one kind in one function */

static void print_instruction(const char *what, LLVMValueRef instruction)
{
    size_t length;
    char *text = LLVMPrintValueToString(instruction);

    printf("%s: %s: %.120s\n", what,
           LLVMGetValueName2(LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction)),
                             &length),
           text + strspn(text, " "));
    LLVMDisposeMessage(text);
}

/* Judges the function as `edit` has made it, and takes that back. */
static void judge(const struct mutation *mutation, struct tally *tally, LLVMValueRef function,
                  LLVMValueRef at, struct edit *edit, LLVMValueRef changed, LLVMValueRef left)
{
    static const char *const names[] = {[EXCUSE_DOMINATED] = "redundant",
                                        [EXCUSE_CHECKED] = "checked before",
                                        [EXCUSE_UNUSED] = "no access rests on it"};
    struct proof proof = {.report = NULL};
    LLVMValueRef witness;

    tally->made++;
    prove_function(&proof, function);
    edit_undo(edit);
    if (proof.unproved) {
        tally->rejected++;
        return;
    }
    enum excuse excuse = excuse_of(at, changed, left, confines(function, 'r'),
                                   confines(function, 'w'), &witness);
    tally->excused[excuse]++;
    if (excuse == EXCUSE_NONE) {
        tally->accepted++;
        print_instruction("ACCEPTED", at);
        printf("    %s\n", mutation->name);
    } else if (verbose) {
        print_instruction(names[excuse], at);
        if (witness && LLVMIsAInstruction(witness))
            print_instruction("    by", witness);
    }
}

static void mutate_function(LLVMValueRef function)
{
    struct proof proof = {.report = NULL};
    size_t count = 0, capacity = 0;
    LLVMValueRef *all = NULL;

    /* A mark on the whole function leaves nothing to break. */
    if (function_has_attribute(function, TRUSTED_ATTRIBUTE))
        return;
    const struct backend *backend;
    unsigned mode;
    const bool of_gates =
        config_of_function(function, &backend, &mode) && backend->gate_of != NULL;
    prove_function(&proof, function);
    if (proof.unproved) {
        unproved_before++;
        return;
    }
    functions++;
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
             i = LLVMGetNextInstruction(i)) {
            if (count == capacity) {
                capacity = capacity ? 2 * capacity : 256;
                all = realloc(all, capacity * sizeof *all);
                if (!all)
                    abort();
            }
            all[count++] = i;
        }
    }
    /* Large functions are slow to prove and have many mutants; they are sampled evenly. */
    size_t stride = 1 + count * count / 4000000;
    for (size_t k = 0; k < mutation_count; k++) {
        unsigned made = 0;
        if (mutations[k].of_gates != of_gates)
            continue;
        for (size_t i = k % stride; i < count && made < limit; i++) {
            struct edit edit = {0};
            LLVMValueRef changed = NULL, left = NULL;
            if (mutations[k].apply(&edit, all[i], &changed, &left)) {
                if (made++ % stride == 0)
                    judge(&mutations[k], &tallies[k], function, all[i], &edit, changed, left);
            }
            edit_undo(&edit);
            free(edit.changes);
        }
    }
    free(all);
}

static bool mutate_file(const char *path)
{
    LLVMContextRef context = LLVMContextCreate();
    LLVMMemoryBufferRef buffer;
    LLVMModuleRef module;
    char *message = NULL;
    size_t length;

    if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message)) {
        fprintf(stderr, "mutate: error: cannot read '%s': %s\n", path, message);
        return false;
    }
    if (LLVMParseBitcodeInContext2(context, buffer, &module)) {
        fprintf(stderr, "mutate: error: '%s' is no bitcode\n", path);
        return false;
    }
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (!LLVMIsDeclaration(f))
            mutate_function(f);
    }
    if (isatty(STDERR_FILENO)) {
        unsigned long made = 0;
        for (size_t k = 0; k < mutation_count; k++)
            made += tallies[k].made;
        LLVMGetModuleIdentifier(module, &length);
        fprintf(stderr, "\r%lu mutants, %s\033[K", made, path);
    }
    LLVMDisposeModule(module);
    LLVMDisposeMemoryBuffer(buffer);
    LLVMContextDispose(context);
    return true;
}

static int summarize(unsigned long least)
{
    struct tally all = {0};

    printf("%-28s %9s %9s %9s %9s %9s %9s\n", "mutation", "mutants", "rejected", "redundant",
           "checked", "unused", "ACCEPTED");
    for (size_t k = 0; k <= mutation_count; k++) {
        const struct tally *tally = k < mutation_count ? &tallies[k] : &all;
        printf("%-28s %9lu %9lu %9lu %9lu %9lu %9lu\n",
               k < mutation_count ? mutations[k].name : "all", tally->made, tally->rejected,
               tally->excused[EXCUSE_DOMINATED], tally->excused[EXCUSE_CHECKED],
               tally->excused[EXCUSE_UNUSED], tally->accepted);
        all.made += tally->made;
        all.rejected += tally->rejected;
        all.accepted += tally->accepted;
        for (int e = 0; e < EXCUSES; e++)
            all.excused[e] += tally->excused[e];
    }
    printf("%lu functions; %lu unproved before any mutation\n", functions, unproved_before);
    return all.accepted || unproved_before || all.rejected < least ? EXIT_FAILURE
                                                                   : EXIT_SUCCESS;
}

static const char usage[] =
    "usage: mutate [--least=N] [--limit=N] [--list] FILE.bc...\n"
    "  --least=N  fail unless so many mutants are rejected (default 1)\n"
    "  --limit=N  mutants of one kind in one function (default 400)\n"
    "  --list     print every mutant that is accepted with an excuse\n";

int main(int argc, char **argv)
{
    static const struct option options[] = {{"least", required_argument, NULL, 'm'},
                                            {"limit", required_argument, NULL, 'l'},
                                            {"list", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    unsigned long least = 1;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'm':
            least = strtoul(optarg, NULL, 10);
            break;
        case 'l':
            limit = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'v':
            verbose = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            fputs(usage, stderr);
            return 2;
        }
    }
    if (optind == argc) {
        fputs(usage, stderr);
        return 2;
    }
    for (int i = optind; i < argc; i++) {
        if (!mutate_file(argv[i]))
            return 2;
    }
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    return summarize(least);
}
