# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What a lit test may use. Paths come from lit.site.cfg.py, which Meson writes.

import os
import re

import lit.formats

config.name = "memsentry"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".ll", ".c", ".cpp", ".s", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.memsentry_build_dir

config.environment["PATH"] = os.pathsep.join(
    [config.llvm_bindir, config.environment["PATH"]]
)

# The split, for patterns, from the one place that says where it is.
with open(os.path.join(config.memsentry_include_dir, "memsentry", "layout.h")) as layout:
    split_bit = re.search(r"#define MEMSENTRY_SPLIT_BIT (\d+)", layout.read()).group(1)
filecheck = "FileCheck -DSPLIT_BIT=%s -DSPLIT=%d" % (split_bit, 1 << int(split_bit))

# Tests are written for the newest LLVM; an older one wants some of the text spelled differently.
older_syntax = {
    r"captures\(none\)": "nocapture",
    r"(@llvm\.lifetime\.[a-z]+\.p0\()ptr": r"\1i64 -1, ptr",
    r"(@llvm\.masked.*) align 4 (%[a-z]+)": r"\1 \2, i32 4",
}
config.available_features.add("llvm-" + config.llvm_major)
if os.geteuid() == 0:
    config.available_features.add("root")
cat_ir = "cat"
if int(config.llvm_major) < 22:
    cat_ir = "sed -E " + " ".join("-e 's/%s/%s/'" % rule for rule in older_syntax.items())

# Another LLVM, which must refuse the plugin of this one.
other = {"22": "19", "19": "22"}[config.llvm_major]
other = config.llvm_bindir.replace("llvm-" + config.llvm_major, "llvm-" + other)
if all(os.path.exists(os.path.join(other, tool)) for tool in ("clang", "opt", "ld.lld")):
    config.available_features.add("other-llvm")

tools = config.llvm_bindir
driver = config.memsentry_driver
plugin = config.memsentry_plugin

# lit replaces in this order: a longer name comes before its own prefix.
config.substitutions += [
    # The plugin on stock opt, whole pipeline in one pass, with masks or with checks; and on
    # stock clang.
    ("%memsentry-mpx-opt", os.path.join(tools, "opt") + " -load-pass-plugin=" + plugin +
     " -passes=memsentry -memsentry-prot-method=mpx"),
    ("%memsentry-opt", os.path.join(tools, "opt") + " -load-pass-plugin=" + plugin +
     " -passes=memsentry -memsentry-prot-method=sfi"),
    ("%plugin-clang", os.path.join(tools, "clang") + " -fplugin=" + plugin +
     " -fpass-plugin=" + plugin + " -Xclang -mllvm -Xclang -memsentry-prot-method=sfi"),
    ("%memsentry-clangxx", driver + "++"),
    ("%memsentry-clang", driver),
    ("%shims", os.path.join(os.path.dirname(driver), "shims")),
    ("%clangxx", os.path.join(tools, "clang++")),
    ("%clang", os.path.join(tools, "clang")),
    ("%opt", os.path.join(tools, "opt")),
    ("%llc", os.path.join(tools, "llc")),
    ("%FileCheck", os.path.join(tools, filecheck)),
    ("%not", os.path.join(tools, "not")),
    # Links a library; what the runtime has may stay undefined.
    ("%lld-plugin", os.path.join(tools, "ld.lld") + " -shared --load-pass-plugin=" + plugin),
    ("%lld", os.path.join(tools, "ld.lld") + " -shared"),
    ("%objdump", os.path.join(tools, "llvm-objdump") + " -d --no-show-raw-insn"),
    ("%cat-ir", cat_ir.replace("\\", "\\\\")),
    ("%other-llvm", other),
    ("%llvm-bin", tools),
    ("%plugin", plugin),
    # The example of the SDK, and how a test compiles a defense of its own.
    ("%example", os.path.join(os.path.dirname(config.memsentry_runtime_dir), "defenses",
                              "example", "libexample.so")),
    ("%defense-flags", "-shared -fPIC -Wall -Wextra -Werror -I" + config.memsentry_include_dir +
     " -isystem " + os.path.join(tools, os.pardir, "include")),
    ("%runtime", config.memsentry_runtime_dir),
    ("%tools", config.memsentry_tools_dir),
    ("%include", config.memsentry_include_dir),
]
