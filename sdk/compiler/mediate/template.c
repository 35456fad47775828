/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The text of assembly, taken apart. */
#include "assembly.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Modifiers that print a constant, or a label, without making it an address. */
static const char constant_modifiers[] = "cPpnl";

struct text {
    const char *at, *end;
    char *out;
};

static bool at(const struct text *text, const char *what)
{
    size_t length = strlen(what);

    return (size_t)(text->end - text->at) >= length && !memcmp(text->at, what, length);
}

static void skip_past(struct text *text, const char *what)
{
    while (text->at < text->end && !at(text, what))
        text->at++;
    text->at += at(text, what) ? strlen(what) : 0;
}

/* A dollar and what belongs to it. */
static void expand_dollar(struct text *text, bool intel)
{
    char modifier = 0;

    if (at(text, "$(")) { /* $(AT&T$|Intel$) */
        text->at += 2;
        if (intel)
            skip_past(text, "$|");
    } else if (at(text, "$|")) {
        skip_past(text, "$)");
    } else if (at(text, "$)")) {
        text->at += 2;
    } else if (at(text, "$$")) {
        *text->out++ = '$';
        text->at += 2;
    } else {
        bool braces = at(text, "${");
        text->at += braces ? 2 : 1;
        const char *number = text->at;
        while (text->at < text->end && isdigit((unsigned char)*text->at))
            text->at++;
        size_t length = (size_t)(text->at - number);
        if (braces && at(text, ":") && text->at + 1 < text->end)
            modifier = text->at[1];
        if (braces)
            skip_past(text, "}");
        if (!length || (modifier && strchr(constant_modifiers, modifier))) {
            *text->out++ = '0';
            return;
        }
        if (modifier == 'a')
            *text->out++ = '(';
        *text->out++ = TEMPLATE_OPERAND;
        memcpy(text->out, number, length);
        text->out += length;
        *text->out++ = TEMPLATE_END;
        if (modifier == 'a')
            *text->out++ = ')';
    }
}

static void copy_string(struct text *text)
{
    do {
        if (*text->at == '\\' && text->at + 1 < text->end)
            *text->out++ = *text->at++;
        *text->out++ = *text->at++;
    } while (text->at < text->end && *text->at != '"');
    if (text->at < text->end)
        *text->out++ = *text->at++;
}

char *template_expand(const char *string, size_t length, bool plain, bool intel)
{
    /* "$1" grows to the four characters of an operand, "${1:a}" does not grow. */
    char *result = malloc(2 * length + 1);
    struct text text = {string, string + length, result};

    if (!result)
        abort(); /* as LLVM does */
    while (text.at < text.end) {
        if (at(&text, "/*")) {
            skip_past(&text, "*/");
            *text.out++ = ' ';
        } else if (*text.at == '#') {
            while (text.at < text.end && *text.at != '\n')
                text.at++;
        } else if (*text.at == '"') {
            copy_string(&text);
        } else if (*text.at == '$' && !plain) {
            expand_dollar(&text, intel);
        } else {
            *text.out++ = *text.at++;
        }
    }
    *text.out = 0;
    return result;
}

static char *skip_space(char *at)
{
    while (*at && isspace((unsigned char)*at))
        at++;
    return at;
}

/* The end of a word, or of a label without its colon. */
static char *word_end(char *at)
{
    while (isalnum((unsigned char)*at) || *at == '_' || *at == '.' || *at == '$' ||
           *at == TEMPLATE_OPERAND || *at == TEMPLATE_END)
        at++;
    return at;
}

/* Cuts off and returns what comes before the next end of a statement. */
static char *cut(char **rest)
{
    char *start = *rest, *at = start;
    bool quoted = false;

    for (; *at && (quoted || (*at != '\n' && *at != ';')); at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '"')
            quoted = !quoted;
    }
    *rest = at;
    if (*at) {
        *at = 0;
        *rest = at + 1;
    }
    return start;
}

static bool is_prefix(const char *word)
{
    static const char *const prefixes[] = {"lock",  "rep",      "repe",    "repz",    "repne",
                                           "repnz", "data16",   "addr32",  "notrack", "bnd",
                                           "rex64", "xacquire", "xrelease"};

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (!strcmp(word, prefixes[i]))
            return true;
    }
    return false;
}

bool template_statement(char **rest, char **mnemonic, char **operands)
{
    while (**rest) {
        for (char *at = skip_space(cut(rest)); *at; at = skip_space(at)) {
            char *end = word_end(at);
            if (end == at) { /* {vex} and the like, or what is no statement at all */
                at++;
                continue;
            }
            bool label = *skip_space(end) == ':';
            char *next = label ? skip_space(end) + 1 : *end ? end + 1 : end;
            *end = 0;
            for (char *c = at; *c; c++)
                *c = (char)tolower((unsigned char)*c);
            if (label || is_prefix(at)) {
                at = next;
                continue;
            }
            *mnemonic = at;
            *operands = next;
            return true;
        }
    }
    return false;
}
