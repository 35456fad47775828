/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Formats of the printf family; see format.h. */
#include "format.h"

#include <stddef.h>
#include <string.h>

#include <llvm-c/Core.h>

#include "../config.h"

static bool add(struct format *format, unsigned mode)
{
    if (format->count == FORMAT_ARGUMENTS_MAX)
        return false;
    format->modes[format->count++] = (unsigned char)mode;
    return true;
}

/* One conversion from behind its '%'; NULL when it cannot be read. */
static const char *read_conversion(struct format *format, const char *at)
{
    for (; *at && strchr("-+ #0'I123456789.*hlLqjzZt", *at); at++) {
        if (*at == '*' && !add(format, 0))
            return NULL;
    }
    /* Arguments by number, or no conversion at all. */
    if (*at == '\0' || *at == '$')
        return NULL;
    if (*at == '%' || *at == 'm')
        return at + 1;
    unsigned mode = *at == 's' || *at == 'S' ? ACCESS_READ : *at == 'n' ? ACCESS_WRITE : 0;
    /* A letter that the program has registered may do anything. */
    if (!strchr("diouxXeEfFgGaAcCsSpn", *at) || !add(format, mode))
        return NULL;
    return at + 1;
}

static bool read_format(struct format *format, const char *at)
{
    while (at && *at) {
        if (*at++ == '%')
            at = read_conversion(format, at);
    }
    return at != NULL;
}

/* Only what is in memory that nobody can write says what will be read there. */
static const char *constant_string(LLVMValueRef value)
{
    size_t length;

    if (!LLVMIsAGlobalVariable(value) || !LLVMIsGlobalConstant(value) ||
        LLVMIsDeclaration(value) || LLVMIsThreadLocal(value) ||
        (LLVMGetLinkage(value) != LLVMPrivateLinkage &&
         LLVMGetLinkage(value) != LLVMInternalLinkage))
        return NULL;
    LLVMValueRef initializer = LLVMGetInitializer(value);
    if (LLVMIsNull(initializer))
        return "";
    if (!LLVMIsAConstantDataSequential(initializer) || !LLVMIsConstantString(initializer))
        return NULL;
    const char *string = LLVMGetAsString(initializer, &length);
    return memchr(string, 0, length) ? string : NULL;
}

void format_of_argument(struct format *format, LLVMValueRef call, unsigned index)
{
    const char *string = NULL;

    memset(format, 0, sizeof *format);
    if (index < LLVMGetNumArgOperands(call))
        string = constant_string(LLVMGetOperand(call, index));
    format->known = string && read_format(format, string);
}

unsigned format_access(const struct format *format, unsigned index)
{
    if (!format->known)
        return ACCESS_READ | ACCESS_WRITE;
    return index < format->count ? format->modes[index] : 0;
}
