/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The arguments that clang gets, in full and in order. */
#include <criterion/criterion.h>

#include <string.h>

#include "responses.h"
#include "rewrite.h"

#define COMPILE(mode)                                                                          \
    "--start-no-unused-arguments -fplugin=P -fpass-plugin=P "                                  \
    "-Xclang -mllvm -Xclang -memsentry-prot-method=sfi "                                       \
    "-Xclang -mllvm -Xclang -memsentry-rw=" mode " "                                           \
    "-Xclang -mllvm -Xclang -memsentry-verify-external-call-args=true "
#define SAFE_STACK                                                                             \
    "-Xclang -mllvm -Xclang -memsentry-defense=safe-stack -Xclang -fsanitize=safe-stack "
#define CODE                                                                                   \
    "-fPIE -fstack-clash-protection -idirafter H -D__MEMSENTRY__=1 -D__MEMSENTRY_SFI__=1 "
#define START "-pie -Wl,--wrap=__libc_start_main S "
#define RUNTIME_OF(libraries)                                                                  \
    "-Wl,--push-state,--no-as-needed " libraries " -Wl,--pop-state -Xlinker -rpath -Xlinker "  \
    "/r "
#define RUNTIME RUNTIME_OF("M R")
#define END "--end-no-unused-arguments "

static struct pool pool;

static void finish(void)
{
    pool_free(&pool);
}

TestSuite(rewrite, .fini = finish);

static const char *run_in(const char *line, const char *runtime_dir)
{
    struct resources resources = {.plugin = "P",
                                  .start = "S",
                                  .runtime = "R",
                                  .runtime_static = "RS",
                                  .malloc = "M",
                                  .malloc_static = "MS",
                                  .lld = "LLD",
                                  .plugin_id = "ID",
                                  .runtime_dir = runtime_dir,
                                  .headers = "H"};
    struct request request = {0};
    struct strings arguments = {0};
    struct strings out = {0};
    const char *joined = "";

    resources.defenses[DEFENSE_safestack] = "SS";
    resources.libraries[DEFENSE_safestack] = "SL";
    responses_split(&pool, line, strlen(line), &arguments);
    cr_assert_eq(request_parse(&pool, &arguments, &request), 0);
    cr_assert_eq(request_check(&pool, &request), 0, "%s", request.error);
    cr_assert_eq(rewrite(&pool, &request, &resources, &out), 0);
    for (size_t i = 0; i < out.count; i++)
        joined = pool_format(&pool, "%s%s%s", joined, i == 0 ? "" : " ", out.items[i]);
    return joined;
}

static const char *run(const char *line)
{
    return run_in(line, "/r");
}

Test(rewrite, the_literal_command)
{
    cr_assert_str_eq(run("-fsanitize=safe-stack -fmemsentry=sfi app.c -o app"),
                     COMPILE("w") SAFE_STACK CODE START
                     "-Wl,-u,__memsentry_safestack SS " RUNTIME END
                     "app.c -o app -Wl,-z,relro,-z,now");
}

Test(rewrite, compile_only)
{
    cr_assert_str_eq(run("-fmemsentry=sfi -c app.c"), COMPILE("rw") CODE END "-c app.c");
}

Test(rewrite, shared_library)
{
    cr_assert_str_eq(run("-fmemsentry=sfi -fPIC -shared a.c"),
                     COMPILE("rw") "-fstack-clash-protection -idirafter H -D__MEMSENTRY__=1 "
                                   "-D__MEMSENTRY_SFI__=1 " RUNTIME_OF("R") END
                     "-fPIC -shared a.c -Wl,-z,relro,-z,now");
}

Test(rewrite, shared_library_with_a_defense)
{
    const char *line = run("-fsanitize=safe-stack -fmemsentry=sfi -fPIC -shared a.c");

    cr_assert_not_null(strstr(
        line, "-Wl,-u,__memsentry_safestack_library SL -Wl,--push-state,--no-as-needed R"));
    cr_assert_null(strstr(line, " SS "));
    cr_assert_null(strstr(line, " S "));
}

Test(rewrite, static_executable)
{
    const char *line = run("-fsanitize=safe-stack -fmemsentry=sfi -static-pie a.o -lz");

    cr_assert_null(strstr(line, " -pie "));
    cr_assert_null(strstr(line, " R "));
    cr_assert_null(strstr(line, "rpath"));
    cr_assert_not_null(strstr(line, "-Wl,--wrap=__libc_start_main S "
                                    "-Wl,-u,malloc -Wl,-u,__memsentry_safestack SS " END
                                    "-static-pie a.o -lz -Wl,-z,relro,-z,now -Xlinker MS "
                                    "-Xlinker RS"));
}

Test(rewrite, without_the_allocator)
{
    cr_assert_str_eq(run("-fmemsentry=sfi -fno-memsentry-malloc a.o"),
                     COMPILE("rw") CODE START RUNTIME_OF("R") END "a.o -Wl,-z,relro,-z,now");
    cr_assert_not_null(
        strstr(run("-fmemsentry=sfi -fno-memsentry-malloc -fmemsentry-malloc a.o"), " M R "));
    const char *line = run("-fmemsentry=sfi -static-pie -fno-memsentry-malloc a.o");
    cr_assert_null(strstr(line, "malloc"));
    cr_assert_null(strstr(line, " MS"));
}

Test(rewrite, defenses_of_other_authors)
{
    const char *const options = "-fmemsentry=sfi -fmemsentry-defense=d.so "
                                "-fmemsentry-defense=e.so -fmemsentry-defense-arg=e:k=v ";
    const char *line = run(pool_format(&pool, "%s-c a.c", options));

    cr_assert_not_null(strstr(line, "-Xclang -mllvm -Xclang -memsentry-defense-file=d.so "
                                    "-Xclang -fdepfile-entry=d.so "
                                    "-Xclang -mllvm -Xclang -memsentry-defense-file=e.so "
                                    "-Xclang -fdepfile-entry=e.so "
                                    "-Xclang -mllvm -Xclang -memsentry-defense-arg=e:k=v "));
    cr_assert_null(strstr(line, "-Xlinker"));
    /* lld has to load the plugin before it reads what the plugin knows. */
    line = run(pool_format(&pool, "%s-flto a.o", options));
    cr_assert_not_null(strstr(line, "-Xlinker --load-pass-plugin=P "
                                    "-Xlinker -mllvm -Xlinker -load=P "
                                    "-Xlinker -mllvm -Xlinker -memsentry-defense-file=d.so "
                                    "-Xlinker -mllvm -Xlinker -memsentry-defense-file=e.so "
                                    "-Xlinker -mllvm -Xlinker -memsentry-defense-arg=e:k=v "));
}

Test(rewrite, link_time_optimization)
{
    const char *const lto = CODE "-fuse-ld=lld --ld-path=LLD -Xlinker --load-pass-plugin=P ";

    cr_assert_str_eq(run("-fmemsentry=sfi -flto=thin a.o"),
                     pool_format(&pool, "%s%s%s", COMPILE("rw"), lto,
                                 START RUNTIME END "-flto=thin a.o -Wl,-z,relro,-z,now"));
    cr_assert_str_eq(
        run("-fmemsentry=sfi -flto -r a.o -o b.o"),
        pool_format(&pool, "%s%s%s", COMPILE("rw"), lto, END "-flto -r a.o -o b.o"));
    cr_assert_null(strstr(run("-fmemsentry=sfi -flto -c a.c"), "lld"));
    cr_assert_null(strstr(run("-fmemsentry=sfi -flto -fno-lto a.c"), "LLD"));
}

Test(rewrite, the_cache_of_the_linker_is_the_plugins_own)
{
    static const char *const spellings[] = {
        "-Wl,--thinlto-cache-dir=/c", "-Wl,-thinlto-cache-dir=/c",
        "-Wl,-O1,-plugin-opt=cache-dir=/c", "-Wl,-plugin-opt,cache-dir=/c",
        "-Xlinker --thinlto-cache-dir=/c"};

    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const char *line =
            run(pool_format(&pool, "-fmemsentry=sfi -flto=thin a.o %s", spellings[i]));

        cr_assert_not_null(
            strstr(line,
                   pool_format(&pool, "%s -Xlinker --thinlto-cache-dir=/c/ID -Wl,-z,relro",
                               spellings[i])),
            "%s", line);
    }
}

Test(rewrite, nothing_to_do)
{
    cr_assert_str_eq(run("-fmemsentry=sfi -v"), "-v");
    cr_assert_str_eq(run("-fmemsentry=sfi -print-search-dirs"), "-print-search-dirs");
}

Test(rewrite, settings)
{
    cr_assert_str_eq(
        run("-fmemsentry=sfi -fmemsentry-rw=r -fmemsentry-whitelist-section=mine "
            "-fno-memsentry-verify-external-call-args -S a.c"),
        "--start-no-unused-arguments -fplugin=P -fpass-plugin=P "
        "-Xclang -mllvm -Xclang -memsentry-prot-method=sfi "
        "-Xclang -mllvm -Xclang -memsentry-rw=r "
        "-Xclang -mllvm -Xclang -memsentry-whitelist-section=mine "
        "-Xclang -mllvm -Xclang -memsentry-verify-external-call-args=false " CODE END "-S a.c");
}

Test(rewrite, proof)
{
    cr_assert_str_eq(
        run("-fmemsentry=sfi -fmemsentry-proof=off -fmemsentry-proof=error -c a.c"),
        COMPILE("rw") CODE END "-c a.c");
    cr_assert_str_eq(run("-fmemsentry=sfi -fmemsentry-proof=warn -c a.c"),
                     COMPILE("rw") "-Xclang -mllvm -Xclang -memsentry-proof=warn " CODE END
                                   "-c a.c");
}

Test(rewrite, the_users_linker_options_lose)
{
    cr_assert_str_eq(run("-fmemsentry=sfi -Wl,-z,lazy -- a.o"),
                     COMPILE("rw") CODE START RUNTIME END
                     "-Wl,-z,lazy -Wl,-z,relro,-z,now -- a.o");
}

Test(rewrite, no_rpath_to_a_directory_of_the_loader)
{
    cr_assert_null(strstr(run_in("-fmemsentry=sfi a.o", "/usr/lib/x86_64-linux-gnu"), "rpath"));
    cr_assert_not_null(strstr(run_in("-fmemsentry=sfi a.o", "/usr/local/lib"), "rpath"));
}
