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

/* One for each source: a timer's last notifications may come when the timer is gone. */
struct source {
    const char *name;
    sem_t arrived;
};

static struct source by_timer = {.name = "timer_create"}, by_queue = {.name = "mq_notify"},
                     by_read = {.name = "aio_read"}, by_list = {.name = "lio_listio"},
                     by_lookup = {.name = "getaddrinfo_a"};

static void notify(union sigval value)
{
    struct source *source = value.sival_ptr;
    char buffer[128];
    snprintf(buffer, sizeof buffer, "%s", source->name);
    CHECK(on_safe_stack() && is_ordinary(buffer));
    CHECK(strcmp(buffer, source->name) == 0);
    sem_post(&source->arrived);
}

static struct sigevent to_thread(struct source *source)
{
    CHECK(sem_init(&source->arrived, 0, 0) == 0);
    return (struct sigevent){.sigev_notify = SIGEV_THREAD,
                             .sigev_notify_function = notify,
                             .sigev_value.sival_ptr = source};
}

static void expect(struct source *source)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 20;
    int result;
    while ((result = sem_timedwait(&source->arrived, &end)) != 0 && errno == EINTR)
        ;
    if (result != 0) {
        fprintf(stderr, "no notification by %s\n", source->name);
        exit(1);
    }
}

int main(void)
{
    struct sigevent event = to_thread(&by_timer);

    timer_t timer;
    struct itimerspec often = {.it_value.tv_nsec = 1000000, .it_interval.tv_nsec = 1000000};
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &often, NULL) == 0);
    for (int i = 0; i < 5; i++)
        expect(&by_timer);
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
        event = to_thread(&by_queue);
        CHECK(mq_notify(queue, &event) == 0);
        CHECK(mq_send(queue, "x", 1, 0) == 0);
        expect(&by_queue);
    }

    int zero = open("/dev/zero", O_RDONLY);
    struct aiocb control = {.aio_fildes = zero,
                            .aio_buf = block,
                            .aio_nbytes = sizeof block,
                            .aio_sigevent = to_thread(&by_read)};
    CHECK(aio_read(&control) == 0);
    expect(&by_read);
    CHECK(aio_return(&control) == sizeof block);

    struct aiocb quiet = {.aio_fildes = zero,
                          .aio_buf = block,
                          .aio_nbytes = sizeof block,
                          .aio_lio_opcode = LIO_READ,
                          .aio_sigevent.sigev_notify = SIGEV_NONE};
    struct aiocb *const list[] = {&quiet};
    event = to_thread(&by_list);
    CHECK(lio_listio(LIO_NOWAIT, list, 1, &event) == 0);
    expect(&by_list);

    struct gaicb request = {.ar_name = "127.0.0.1"};
    struct gaicb *requests[] = {&request};
    event = to_thread(&by_lookup);
    CHECK(getaddrinfo_a(GAI_NOWAIT, requests, 1, &event) == 0);
    expect(&by_lookup);
    return 0;
}
