/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The builds that meson.build makes of the attack programs.
 */
#ifndef ATTACK_BUILDS_H
#define ATTACK_BUILDS_H

#ifdef CHECKED_BY_MPX
/* What is plain runs where there is no MPX, too, in the tests of sfi. */
#    define HARDENED "mpx"
static const char builds[][8] = {"O2", "static"};
enum { PLAIN_BUILDS = 0, BUILDS = sizeof builds / sizeof *builds, PRIMITIVES_BUILDS = 1 };
#else
#    define HARDENED "hardened"
/* The plain ones, then those that are only hardened. */
static const char builds[][8] = {"O0", "O2", "static", "lto", "thin", "lto0", "thin0"};
enum { PLAIN_BUILDS = 2, BUILDS = sizeof builds / sizeof *builds, PRIMITIVES_BUILDS = BUILDS };
#endif

#endif
