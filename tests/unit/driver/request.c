/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading the command line: which argument is an option, and whose. */
#include <criterion/criterion.h>

#include <errno.h>
#include <string.h>

#include "request.h"
#include "responses.h"

static struct pool pool;
static struct request request;

static void finish(void)
{
    pool_free(&pool);
}

TestSuite(request, .fini = finish);

static int parse(const char *line)
{
    struct strings arguments = {0};

    responses_split(&pool, line, strlen(line), &arguments);
    memset(&request, 0, sizeof request);
    return request_parse(&pool, &arguments, &request);
}

static int check(const char *line)
{
    int result = parse(line);

    return result != 0 ? result : request_check(&pool, &request);
}

static const char *join(const struct strings *list)
{
    const char *joined = "";

    for (size_t i = 0; i < list->count; i++)
        joined = pool_format(&pool, "%s%s%s", joined, i == 0 ? "" : " ", list->items[i]);
    return joined;
}

Test(request, the_last_backend_option_wins)
{
    cr_assert_eq(parse("-fmemsentry=mpk -fmemsentry=sfi a.c"), 0);
    cr_assert_str_eq(request.backend->name, "sfi");
    cr_assert_eq(parse("-fmemsentry=sfi -fno-memsentry a.c"), 0);
    cr_assert_null(request.backend);
    cr_assert(request.off);
    cr_assert_eq(parse("-fno-memsentry -fmemsentry=sfi a.c"), 0);
    cr_assert_not_null(request.backend);
    cr_assert_not(request.off);
}

Test(request, a_value_is_no_option)
{
    static const char *const options[] = {
        "-o",      "-x",      "-I",          "-include",
        "-D",      "-MF",     "-Xlinker",    "-Xassembler",
        "-Xclang", "-mllvm",  "-Xarch_host", "-Xarch_x86_64",
        "-u",      "-e",      "-z",          "-T",
        "-target", "--param", "-isystem",    "-Xopenmp-target=nvptx64"};

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        cr_assert_eq(parse(pool_format(&pool, "%s -fmemsentry=sfi a.c", options[i])), 0);
        cr_assert_null(request.backend, "%s", options[i]);
        cr_assert_str_eq(join(&request.stock),
                         pool_format(&pool, "%s -fmemsentry=sfi a.c", options[i]));
    }
}

Test(request, a_joined_value_leaves_the_next_argument_alone)
{
    static const char *const options[] = {"-oout", "-xc",      "-Iinclude", "-DX",       "-lz",
                                          "-ue",   "-Tscript", "--param=x", "-Wl,-z,now"};

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        cr_assert_eq(parse(pool_format(&pool, "%s -fmemsentry=sfi a.c", options[i])), 0);
        cr_assert_not_null(request.backend, "%s", options[i]);
    }
}

Test(request, options_end_at_two_dashes)
{
    cr_assert_eq(parse("-c -- -fmemsentry=sfi"), 0);
    cr_assert_null(request.backend);
    cr_assert(request.has_inputs);
    cr_assert_eq(request.hardened_options, 1);
}

Test(request, a_missing_value_is_for_clang_to_report)
{
    cr_assert_eq(parse("a.c -o"), 0);
    cr_assert_str_eq(join(&request.stock), "a.c -o");
}

Test(request, own_options_are_not_passed_on)
{
    cr_assert_eq(parse("-fmemsentry-rw=w -O2 -Wno-memsentry-no-safestack -fno-memsentry a.c "
                       "-fno-memsentry-verify-external-call-args"),
                 0);
    cr_assert_str_eq(join(&request.stock), "-O2 a.c");
    cr_assert_eq(request.settings.count, 2);
}

Test(request, sanitizers_are_read_in_order)
{
    cr_assert_eq(parse("-fsanitize=safe-stack,undefined -fno-sanitize=safe-stack"), 0);
    cr_assert_null(request.defense_options[DEFENSE_safestack]);
    cr_assert_str_eq(join(&request.hardened), "-fsanitize=undefined");
    cr_assert_eq(parse("-fno-sanitize=safe-stack -fsanitize=safe-stack"), 0);
    cr_assert_str_eq(request.defense_options[DEFENSE_safestack], "-fsanitize=safe-stack");
    cr_assert_eq(parse("-fsanitize=address,safe-stack,leak -fno-sanitize=address"), 0);
    cr_assert_str_eq(join(&request.sanitizers), "-fsanitize=leak");
    cr_assert_eq(parse("-fsanitize=thread,safe-stack -fno-sanitize=all"), 0);
    cr_assert_null(request.defense_options[DEFENSE_safestack]);
    cr_assert_eq(request.sanitizers.count, 0);
    cr_assert_str_eq(join(&request.stock), "-fsanitize=thread,safe-stack -fno-sanitize=all");
}

Test(request, a_sanitizer_named_twice_is_one)
{
    cr_assert_eq(parse("-fsanitize=leak -fsanitize=leak -fno-sanitize=leak"), 0);
    cr_assert_eq(request.sanitizers.count, 0);
}

Test(request, knows_what_links)
{
    static const char *const links[] = {"a.c",    "a.o -o a",    "-lz",       "-Wl,--version",
                                        "-x c -", "-shared a.o", "foo.h a.c", "-MD a.c"};
    static const char *const others[] = {"",
                                         "-v",
                                         "-c a.c",
                                         "-S a.c",
                                         "-E a.c",
                                         "-M a.c",
                                         "-MM a.c",
                                         "-fsyntax-only a.c",
                                         "--precompile a.cppm",
                                         "foo.h",
                                         "-x c-header foo",
                                         "-xc++-header foo",
                                         "-r a.o -o b.o",
                                         "-Wl,-r a.o",
                                         "--analyze a.c",
                                         "-nostdlib -Xlinker -r a.o",
                                         "-emit-ast a.c"};

    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        cr_assert_eq(parse(links[i]), 0);
        cr_assert(request_links(&request), "%s", links[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_assert_eq(parse(others[i]), 0);
        cr_assert_not(request_links(&request), "%s", others[i]);
    }
}

Test(request, tells_executables_from_libraries)
{
    cr_assert_eq(parse("a.o"), 0);
    cr_assert(request_links_executable(&request));
    cr_assert_eq(parse("-shared a.o"), 0);
    cr_assert_not(request_links_executable(&request));
    cr_assert_eq(parse("-Wl,-soname,x,-shared a.o"), 0);
    cr_assert_not(request_links_executable(&request));
}

Test(request, the_mode_follows_the_defense)
{
    cr_assert_eq(check("-fmemsentry=sfi a.c"), 0);
    cr_assert_eq(request_mode(&request), MODE_RW);
    cr_assert_eq(check("-fmemsentry=sfi -fsanitize=safe-stack a.c"), 0);
    cr_assert_eq(request_mode(&request), MODE_W);
    cr_assert_eq(check("-fmemsentry=sfi -fmemsentry-rw=r a.c"), 0);
    cr_assert_eq(request_mode(&request), MODE_R);
    cr_assert_eq(check("-fmemsentry=sfi -fsanitize=safe-stack -fmemsentry-rw=r a.c"), 0);
    cr_assert_eq(request_mode(&request), MODE_R);
}

Test(request, a_later_option_takes_a_conflict_back)
{
    static const char *const fine[] = {
        "-fno-pic -fPIC a.c",
        "-fno-pie -fpie -c a.c",
        "-no-pie -pie a.c",
        "-flto a.c",
        "-flto=thin -fuse-ld=lld a.c",
        "-flto -fuse-ld=bfd -c a.c",
        "-flto -fuse-ld=bfd -fuse-ld=lld a.c",
        "-flto -fno-lto -fuse-ld=bfd a.c",
        "-ffat-lto-objects -fno-fat-lto-objects a.c",
        "-m32 -m64 a.c",
        "-mcmodel=kernel -mcmodel=large a.c",
        "--target=i386-linux-gnu --target=x86_64-linux-gnu a.c",
        "-fno-stack-clash-protection -fstack-clash-protection a.c",
        "-no-pie -c a.c",
        "-static -c a.c",
        "-static-pie a.c",
        "-static -static-pie a.c",
        "-static-pie -shared -c a.c",
        "-shared -nostdlib a.o",
        "-fsplit-stack -fno-split-stack a.c",
        "-static-libgcc a.c"};
    static const char *const refused[] = {"-fPIC -fno-pic a.c",
                                          "-fpie -fno-pie -c a.c",
                                          "-pie -no-pie a.c",
                                          "-fno-lto -flto -fuse-ld=bfd a.c",
                                          "-flto -fuse-ld=lld -fuse-ld=bfd a.c",
                                          "-flto=thin --ld-path=/x/ld.lld a.c",
                                          "-flto -ffat-lto-objects -c a.c",
                                          "-fthinlto-index=x -c a.c",
                                          "-m64 -m32 a.c",
                                          "-mx32 a.c",
                                          "-mcmodel=kernel -c a.c",
                                          "--target=x86_64-linux-gnux32 a.c",
                                          "-target x86_64-linux-musl a.c",
                                          "--target=x86_64-w64-mingw32 a.c",
                                          "-static a.c",
                                          "-static-pie -static a.c",
                                          "-static-pie -fuse-ld=gold a.c",
                                          "-nostdlib a.o",
                                          "-nostartfiles a.o",
                                          "-fsplit-stack a.c",
                                          "-Wl,-no-pie a.o",
                                          "-Xlinker -no-pie a.o",
                                          "-fno-stack-clash-protection a.c"};

    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        cr_assert_eq(check(pool_format(&pool, "-fmemsentry=sfi %s", fine[i])), 0, "%s: %s",
                     fine[i], request.error);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        cr_assert_eq(check(pool_format(&pool, "-fmemsentry=sfi %s", refused[i])), -EINVAL, "%s",
                     refused[i]);
        cr_assert_not_null(request.error);
        /* Stock clang may do all of it. */
        cr_assert_eq(check(refused[i]), 0, "%s", refused[i]);
    }
}
