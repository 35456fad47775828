# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Prints a C header with a name for the contents of the plugin.

import hashlib
import sys

with open(sys.argv[1], "rb") as plugin:
    print('#define MEMSENTRY_PLUGIN_ID "%s"' % hashlib.sha256(plugin.read()).hexdigest()[:16])
