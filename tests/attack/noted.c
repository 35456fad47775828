/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A program or a library without instrumentation, and with notes as if: NOTE and NOTE_TOO. */
#include "memsentry/abi.h"

#define TEXT(text) #text
#define AS_TEXT(text) TEXT(text)

#define PUT_NOTE(text)                                                                         \
    __asm__(".pushsection " MEMSENTRY_NOTE_SECTION ", \"a\", @note\n"                          \
            ".balign 4\n"                                                                      \
            ".long 2f - 1f, 4f - 3f, " AS_TEXT(                                                \
                MEMSENTRY_NOTE_TYPE) "\n"                                                      \
                                     "1: .asciz \"" MEMSENTRY_NOTE_NAME "\"\n"                 \
                                     "2: .balign 4\n"                                          \
                                     "3: .asciz \"" text "\"\n"                                \
                                     "4: .balign 4\n"                                          \
                                     ".popsection")

#ifdef NOTE
PUT_NOTE(NOTE);
#endif
#ifdef NOTE_TOO
PUT_NOTE(NOTE_TOO);
#endif

int main(void)
{
    return 0;
}
