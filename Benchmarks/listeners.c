// Opens COUNT real listening sockets from port FIRST on, on 127.0.0.1, prints `ready` and then does nothing: what looks at them
// must cost it nothing. With `accept` it takes and closes connections, for probes that connect. Ends by a signal.
//   listeners FIRST COUNT [accept]
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count < 3) return fprintf(stderr, "listeners FIRST COUNT [accept]\n"), 2;
    int first = atoi(words[1]), many = atoi(words[2]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < (rlim_t)many + 64) limit.rlim_max = (rlim_t)many + 64;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int port = first; port < first + many; port++) {
        struct sockaddr_in address = {
            .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 8) < 0
            || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
            return fprintf(stderr, "listeners: port %d: %s\n", port, strerror(errno)), 1;
    }
    puts("ready");
    fflush(stdout);
    if (count < 4)
        for (;;) pause();
    struct epoll_event ready[64];
    for (;;) {
        int some = epoll_wait(epoll, ready, 64, -1);
        for (int i = 0; i < some; i++) {
            int fd = accept4(ready[i].data.fd, NULL, NULL, SOCK_CLOEXEC);
            if (fd >= 0) close(fd);
        }
    }
}
