/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From a request that passed its checks to the arguments of clang. */
#include "rewrite.h"

#include <string.h>

#include "defense.h"

/* Directories where the loader looks by itself; a needless rpath is a packager's grief. */
static bool is_default_directory(const char *directory)
{
    static const char *const known[] = {"/lib",
                                        "/lib64",
                                        "/usr/lib",
                                        "/usr/lib64",
                                        "/lib/x86_64-linux-gnu",
                                        "/usr/lib/x86_64-linux-gnu"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(directory, known[i]) == 0)
            return true;
    return false;
}

static void push(struct pool *pool, struct strings *out, const char *argument)
{
    strings_push(pool, out, argument);
}

/* An option of LLVM for the program that `to` leads to. */
static void push_llvm_option(struct pool *pool, struct strings *out, const char *to,
                             const char *name, const char *value)
{
    push(pool, out, to);
    push(pool, out, "-mllvm");
    push(pool, out, to);
    push(pool, out, pool_format(pool, "-%s=%s", name, value));
}

/* An option of the plugin; this form alone suits C, assembly and calls that only link. */
static void push_plugin_option(struct pool *pool, struct strings *out, const char *name,
                               const char *value)
{
    push_llvm_option(pool, out, "-Xclang", pool_format(pool, "memsentry-%s", name), value);
}

/* A changed file is a reason to build again. */
static void push_dependency(struct pool *pool, const char *file, struct strings *out)
{
    push(pool, out, "-Xclang");
    push(pool, out, pool_format(pool, "-fdepfile-entry=%s", file));
}

/* clang itself silences what -w does, and promotes for -Werror. */
static void push_warnings(struct pool *pool, const struct request *request, struct strings *out)
{
    const struct warning_state *state = &request->warnings[WARNING_ASM];

    if (state->shown == CHOICE_NO)
        push_plugin_option(pool, out, "asm", "off");
    else if (state->error == CHOICE_YES)
        push_plugin_option(pool, out, "asm", "error");
    else if (state->error == CHOICE_NO)
        push(pool, out, "-Wno-error=inline-asm");
}

static void push_compile(struct pool *pool, const struct request *request,
                         const struct resources *resources, struct strings *out)
{
    const struct backend *backend = request->backend;

    push(pool, out, pool_format(pool, "-fplugin=%s", resources->plugin));
    push(pool, out, pool_format(pool, "-fpass-plugin=%s", resources->plugin));
    push_plugin_option(pool, out, "prot-method", backend->name);
    push_plugin_option(pool, out, "rw", mode_names[request_mode(request)]);
    if (request->section != NULL)
        push_plugin_option(pool, out, "whitelist-section", request->section);
    if (request->ignorelist != NULL) {
        push_plugin_option(pool, out, "ignorelist", request->ignorelist);
        push_dependency(pool, request->ignorelist, out);
    }
    push_plugin_option(pool, out, "verify-external-call-args",
                       request->no_verify ? "false" : "true");
    if (request->benchdomain != NULL)
        push_plugin_option(pool, out, "benchdomain-points", request->benchdomain);
    if (request->benchdomain_file != NULL)
        push_plugin_option(pool, out, "benchdomain-libfunc-file", request->benchdomain_file);
    if (request->mpk_preserve != NULL)
        push_plugin_option(pool, out, "mpk-preserve", "true");
    if (request->proof != PROOF_ERROR)
        push_plugin_option(pool, out, "proof", proof_names[request->proof]);
    push_warnings(pool, request, out);
    for (size_t i = 0; i < DEFENSES; i++) {
        if (request->defense_options[i] == NULL)
            continue;
        push_plugin_option(pool, out, "defense", defenses[i].name);
        /* For the front end only: the driver of clang would link a runtime of its own. */
        push(pool, out, "-Xclang");
        push(pool, out, pool_format(pool, "-fsanitize=%s", defenses[i].name));
    }
    for (size_t i = 0; i < request->defense_files.count; i++) {
        push_plugin_option(pool, out, "defense-file", request->defense_files.items[i]);
        push_dependency(pool, request->defense_files.items[i], out);
    }
    for (size_t i = 0; i < request->defense_arguments.count; i++)
        push_plugin_option(pool, out, "defense-arg", request->defense_arguments.items[i]);
    if (!request->pic_chosen)
        push(pool, out, "-fPIE");
    push(pool, out, "-fstack-clash-protection");
    /* The key is in registers that nothing else has any use for. */
    if (backend == &backends[BACKEND_crypt])
        push(pool, out, "-mno-avx512f");
    /* After all others: nothing of ours is to stand before a header of the user's. */
    push(pool, out, "-idirafter");
    push(pool, out, resources->headers);
    push(pool, out, "-D__MEMSENTRY__=1");
    push(pool, out, pool_format(pool, "-D__MEMSENTRY_%s__=1", backend->macro));
}

/* What a defense links in, and the symbol that pulls it. */
static void push_defenses(struct pool *pool, const struct request *request,
                          const char *const archives[DEFENSES], const char *suffix,
                          struct strings *out)
{
    for (size_t i = 0; i < DEFENSES; i++) {
        if (request->defense_options[i] == NULL)
            continue;
        push(pool, out, pool_format(pool, "-Wl,-u,__memsentry_%s%s", defenses[i].id, suffix));
        push(pool, out, archives[i]);
    }
}

/* Whole: what a pass refers to is not known when the linker looks for what it needs. */
static void push_defense_runtimes(struct pool *pool, const struct request *request,
                                  struct strings *out)
{
    for (size_t i = 0; i < request->defense_files.count; i++) {
        const char *archive = defense_runtime(pool, request->defense_files.items[i]);

        if (archive == NULL)
            continue;
        push(pool, out, "-Wl,--push-state,--whole-archive");
        push(pool, out, archive);
        push(pool, out, "-Wl,--pop-state");
    }
}

static void push_executable(struct pool *pool, const struct request *request,
                            const struct resources *resources, struct strings *out)
{
    if (request->static_pie == NULL)
        push(pool, out, "-pie");
    push(pool, out, "-Wl,--wrap=__libc_start_main");
    push(pool, out, resources->start);
    /* Also when nothing but libc itself allocates. */
    if (request->static_pie != NULL && request_links_malloc(request))
        push(pool, out, "-Wl,-u,malloc");
    push_defenses(pool, request, resources->defenses, "", out);
    push_defense_runtimes(pool, request, out);
}

static void push_shared_runtime(struct pool *pool, const struct request *request,
                                const struct resources *resources, struct strings *out)
{
    /* Before every library of the user's, so that its wrappers come before libc's functions. */
    push(pool, out, "-Wl,--push-state,--no-as-needed");
    if (request_links_malloc(request))
        push(pool, out, resources->malloc);
    push(pool, out, resources->runtime);
    push(pool, out, "-Wl,--pop-state");
    if (!is_default_directory(resources->runtime_dir)) {
        push(pool, out, "-Xlinker");
        push(pool, out, "-rpath");
        push(pool, out, "-Xlinker");
        push(pool, out, resources->runtime_dir);
    }
}

/* The linker finishes what the compiler left, with the plugin of this compiler. */
static void push_lto(struct pool *pool, const struct request *request,
                     const struct resources *resources, struct strings *out)
{
    if (request->linker == NULL)
        push(pool, out, "-fuse-ld=lld");
    push(pool, out, pool_format(pool, "--ld-path=%s", resources->lld));
    push(pool, out, "-Xlinker");
    push(pool, out, pool_format(pool, "--load-pass-plugin=%s", resources->plugin));
    if (request->defense_files.count == 0)
        return;
    /* lld knows the plugin's options once it has loaded it as LLVM's tools do, before them. */
    push_llvm_option(pool, out, "-Xlinker", "load", resources->plugin);
    for (size_t i = 0; i < request->defense_files.count; i++)
        push_llvm_option(pool, out, "-Xlinker", "memsentry-defense-file",
                         request->defense_files.items[i]);
    for (size_t i = 0; i < request->defense_arguments.count; i++)
        push_llvm_option(pool, out, "-Xlinker", "memsentry-defense-arg",
                         request->defense_arguments.items[i]);
}

/* lld's key to its cache knows nothing of plugins: each has a directory of its own. */
static void push_cache(struct pool *pool, const struct request *request,
                       const struct resources *resources, struct strings *out)
{
    push(pool, out, "-Xlinker");
    push(pool, out,
         pool_format(pool, "--thinlto-cache-dir=%s/%s", request->lto_cache,
                     resources->plugin_id));
}

static void push_link(struct pool *pool, const struct request *request,
                      const struct resources *resources, struct strings *out)
{
    if (request->shared)
        push_defenses(pool, request, resources->libraries, "_library", out);
    else
        push_executable(pool, request, resources, out);
    if (request->static_pie == NULL)
        push_shared_runtime(pool, request, resources, out);
}

/* An archive behind whatever may need a part of it. */
static void push_last(struct pool *pool, const struct request *request, const char *archive,
                      struct strings *out)
{
    /* A word for the linker heeds no -x; behind a "--" it would be none. */
    if (request->hardened_options == request->hardened.count)
        push(pool, out, "-Xlinker");
    push(pool, out, archive);
}

int rewrite(struct pool *pool, const struct request *request, const struct resources *resources,
            struct strings *out)
{
    const struct strings *user = &request->hardened;

    /* clang itself forgives what one kind of call does not use, even under -Werror. */
    if (request->has_inputs) {
        push(pool, out, "--start-no-unused-arguments");
        push_compile(pool, request, resources, out);
        if (request_joins(request) && request->lto != NULL)
            push_lto(pool, request, resources, out);
        if (request_links(request))
            push_link(pool, request, resources, out);
        push(pool, out, "--end-no-unused-arguments");
    }
    for (size_t i = 0; i < request->hardened_options; i++)
        push(pool, out, user->items[i]);
    if (request_joins(request) && request->lto != NULL && request->lto_cache != NULL)
        push_cache(pool, request, resources, out);
    /* Last, so that the user's -z lazy and -z norelro lose. */
    if (request_links(request))
        push(pool, out, "-Wl,-z,relro,-z,now");
    for (size_t i = request->hardened_options; i < user->count; i++)
        push(pool, out, user->items[i]);
    if (request_links(request) && request->static_pie != NULL) {
        if (request_links_malloc(request))
            push_last(pool, request, resources->malloc_static, out);
        push_last(pool, request, resources->runtime_static, out);
    }
    return pool->error;
}
