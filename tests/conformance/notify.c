/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Threads that libc makes by itself for a notification run the program's function isolated. */
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netdb.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static sem_t arrived;

static void notify(union sigval value)
{
    char buffer[128];
    snprintf(buffer, sizeof buffer, "%s", (const char *)value.sival_ptr);
    CHECK(on_safe_stack() && is_ordinary(buffer));
    CHECK(strcmp(buffer, "the value") == 0);
    sem_post(&arrived);
}

static void expect(const char *what)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 20;
    int result;
    while ((result = sem_timedwait(&arrived, &end)) != 0 && errno == EINTR)
        ;
    if (result != 0) {
        fprintf(stderr, "no notification by %s\n", what);
        exit(1);
    }
}

int main(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD,
                             .sigev_notify_function = notify,
                             .sigev_value.sival_ptr = "the value"};
    CHECK(sem_init(&arrived, 0, 0) == 0);

    timer_t timer;
    struct itimerspec often = {.it_value.tv_nsec = 1000000, .it_interval.tv_nsec = 1000000};
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &often, NULL) == 0);
    for (int i = 0; i < 5; i++)
        expect("timer_create");
    CHECK(timer_delete(timer) == 0);
    for (int i = 0; i < 100; i++) {
        CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
        CHECK(timer_delete(timer) == 0);
    }

    char name[32], block[8];
    snprintf(name, sizeof name, "/memsentry-%d", getpid());
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 8};
    mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
    /* A kernel without message queues has nothing to check here. */
    if (queue != (mqd_t)-1) {
        mq_unlink(name);
        CHECK(mq_notify(queue, &event) == 0);
        CHECK(mq_send(queue, "x", 1, 0) == 0);
        expect("mq_notify");
    }

    int zero = open("/dev/zero", O_RDONLY);
    struct aiocb control = {.aio_fildes = zero,
                            .aio_buf = block,
                            .aio_nbytes = sizeof block,
                            .aio_sigevent = event};
    CHECK(aio_read(&control) == 0);
    expect("aio_read");
    CHECK(aio_return(&control) == sizeof block);

    struct aiocb quiet = {.aio_fildes = zero,
                          .aio_buf = block,
                          .aio_nbytes = sizeof block,
                          .aio_lio_opcode = LIO_READ,
                          .aio_sigevent.sigev_notify = SIGEV_NONE};
    struct aiocb *const list[] = {&quiet};
    CHECK(lio_listio(LIO_NOWAIT, list, 1, &event) == 0);
    expect("lio_listio");

    struct gaicb request = {.ar_name = "127.0.0.1"};
    struct gaicb *requests[] = {&request};
    CHECK(getaddrinfo_a(GAI_NOWAIT, requests, 1, &event) == 0);
    expect("getaddrinfo_a");
    return 0;
}
