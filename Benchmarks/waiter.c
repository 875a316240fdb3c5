// The reference for goodbyes: the least that a process can do between a death and a DELETE on the wire. It reads
// "PID PORT" lines until stdin ends, holds each process by a pidfd in one epoll, keeps one connection open, prints `ready`,
// and sends the prepared request when a pidfd becomes readable.
//   waiter SINK-PORT
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct held {
    size_t length;
    char request[512];
};

static void die(const char *what) {
    fprintf(stderr, "waiter: %s: %s\n", what, strerror(errno));
    exit(1);
}

int main(int count, char **words) {
    if (count != 2) return fprintf(stderr, "waiter SINK-PORT\n"), 2;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int sink = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, epoll = epoll_create1(EPOLL_CLOEXEC);
    if (sink < 0 || connect(sink, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
    setsockopt(sink, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, sink, &event) < 0) die("epoll");
    int pid, port;
    while (scanf("%d %d", &pid, &port) == 2) {
        struct held *held = malloc(sizeof *held);
        int fd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (!held || fd < 0) die("pidfd_open");
        held->length = (size_t)snprintf(
            held->request, sizeof held->request,
            "DELETE /nacos/v1/ns/instance?namespaceId=public&serviceName=DEFAULT_GROUP%%40%%40waiter-%05d&clusterName=DEFAULT"
            "&ip=127.0.0.1&port=%d&ephemeral=true HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nUser-Agent: waiter\r\n"
            "Accept: application/json\r\nContent-Length: 0\r\n\r\n",
            port, port, words[1]);
        event = (struct epoll_event){.events = EPOLLIN | EPOLLONESHOT, .data.ptr = held};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll");
    }
    puts("ready");
    fflush(stdout);
    struct epoll_event ready[64];
    for (;;) {
        int many = epoll_wait(epoll, ready, 64, -1);
        for (int i = 0; i < many; i++) {
            struct held *held = ready[i].data.ptr;
            char answers[4096];
            if (held) {
                if (send(sink, held->request, held->length, MSG_NOSIGNAL) != (ssize_t)held->length) die("send");
            } else if (read(sink, answers, sizeof answers) <= 0) die("the sink closed");
        }
    }
}
