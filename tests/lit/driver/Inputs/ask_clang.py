# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Asks clang about each option of values.def: does the next argument belong to it?

import re
import subprocess
import sys

clang, values = sys.argv[1:]
text = re.sub(r"/\*.*?\*/", "", open(values).read(), flags=re.S)
options = re.findall(r'"([^"]+)"', text)
assert len(options) > 100

for option in options:
    answer = subprocess.run([clang, "-###", option], capture_output=True, text=True)
    if f"argument to '{option}' is missing (expected 1 value)" not in answer.stderr:
        print(option, answer.stderr, sep="\n")
