/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Tells what a program sees inside the virtual machine; started by harness.py. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int answer(void);

static int has_protection_keys(void)
{
    static char text[1 << 16];
    FILE *file = fopen("/proc/cpuinfo", "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return strstr(text, " pku ") != NULL && strstr(text, " ospke ") != NULL;
}

static int has_loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    return bind(server, (struct sockaddr *)&address, size) == 0 && listen(server, 1) == 0 &&
           getsockname(server, (struct sockaddr *)&address, &size) == 0 &&
           connect(client, (struct sockaddr *)&address, size) == 0;
}

static int can_write(const char *name)
{
    return open(name, O_RDWR | O_CREAT | O_EXCL, 0600) >= 0;
}

/* Everything; then each byte 1024 times, and a child that outlives us. */
static int tell(int argc, char *argv[])
{
    char directory[4096], text[64] = "";
    for (int i = 2; i < argc; i++)
        printf("argument: %s\n", argv[i]);
    printf("variable: %s\n", getenv("PROBE"));
    printf("directory: %s\n", getcwd(directory, sizeof directory));
    FILE *given = fopen("given/nested/file", "r");
    printf("given: %s\n", given != NULL ? fgets(text, sizeof text, given) : "not there");
    printf("library: %d\n", answer());
    printf("protection keys: %d\n", has_protection_keys());
    printf("loopback: %d\n", has_loopback());
    printf("writable: %d %d\n", can_write("/tmp/probe"), can_write("/dev/shm/probe"));
    printf("shell: %d\n", system("exit 7") >> 8);
    printf("terminal: %d\n", isatty(1));
    printf("interrupts: %d\n", signal(SIGINT, SIG_DFL) == SIG_DFL);
    fflush(stdout);
    fprintf(stderr, "standard error\n");
    if (fork() == 0) {
        sleep(1000);
        _exit(0);
    }
    for (int i = 0; i < 256 * 1024; i++)
        putchar(i & 255);
    return 33;
}

int main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "tell") == 0)
        return tell(argc, argv);
    printf("protection keys: %d\n", has_protection_keys());
    fflush(stdout);
    if (strcmp(what, "die") == 0)
        raise(SIGSEGV);
    sleep(1000);
    return 0;
}
