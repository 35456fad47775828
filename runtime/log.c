/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Writes reports out; see log.h. */
#include "log.h"

#include <string.h>

#include "control.h"
#include "kernel.h"

/* Facility user, severity error. */
#define PRIORITY "<11>"

/* One datagram to the line, in the form that syslogd has always taken. */
static void send_lines(const char *data, size_t length)
{
    long socket = kernel_connect_datagram("/dev/log");
    if (socket < 0)
        return;
    while (length != 0) {
        const char *end = memchr(data, '\n', length);
        size_t line = end != NULL ? (size_t)(end - data) : length;
        struct text datagram;
        datagram.length = 0;
        text_put(&datagram, PRIORITY "memsentry[");
        text_put_decimal(&datagram, (uint64_t)kernel_pid());
        text_put(&datagram, "]: ");
        text_put_bytes(&datagram, data, line);
        if (line != 0)
            text_flush(&datagram, (int)socket);
        data += end != NULL ? line + 1 : line;
        length -= end != NULL ? line + 1 : line;
    }
    kernel_close((int)socket);
}

void log_text(struct text *text)
{
    if (CONFIG->syslog)
        send_lines(text->data, text->length);
    text_flush(text, CONFIG->log_fd);
}
