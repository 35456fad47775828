/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <string.h>

int main(void)
{
    char text[16];

    return strcmp(strcpy(text, "hello"), "hello");
}
