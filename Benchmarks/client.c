// The reference for beats: what a C program on epoll pays for the same work as beatd. Same requests byte for byte (read from a
// file, made from one that beatd sent), same ticks (a beat leaves in the tick before its due time; 200 beats, 10 to 100 ms),
// the same number of connections and of requests in flight, answers read and judged one by one.
//   client PORT CONNECTIONS DEPTH REQUESTS-FILE      DEPTH 1: one in flight; else up to DEPTH in one write
// SIGUSR1 begins a new count, SIGTERM prints it as one line of JSON and ends. `calls` counts every system call of ours.
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
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { INPUT = 1 << 16, MOST_DEPTH = 64 };
static const int64_t interval = 5000000000;

struct beat {
    const char *bytes;
    size_t length;
    int64_t phase;
};

struct connection {
    int fd, unanswered;
    size_t have;
    char in[INPUT];
};

static struct beat *beats;
static size_t beatCount;
static struct connection *connections;
static int connectionCount, depth;
// Beats are numbered for ever: number i is beats[i % beatCount] of round i / beatCount.
static uint64_t nextToSend, nextDue;
static long long ticks, sent, answered, calls;
static volatile sig_atomic_t wantsCount, wantsEnd;

static void die(const char *what) {
    fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void signalled(int number) { *(number == SIGUSR1 ? &wantsCount : &wantsEnd) = 1; }

static int byPhase(const void *a, const void *b) {
    int64_t x = ((const struct beat *)a)->phase, y = ((const struct beat *)b)->phase;
    return (x > y) - (x < y);
}

static void readBeats(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file || fseek(file, 0, SEEK_END)) die(path);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (!text || fread(text, 1, size, file) != size) die(path);
    fclose(file);
    size_t room = 0;
    for (char *at = text, *end; (end = memmem(at, size - (size_t)(at - text), "\r\n\r\n", 4)); at = end + 4) {
        if (beatCount == room) beats = realloc(beats, (room = room ? room * 2 : 1024) * sizeof *beats);
        if (!beats) die("memory");
        struct beat beat = {.bytes = at, .length = (size_t)(end + 4 - at)};
        uint64_t hash = 0xcbf29ce484222325;
        for (size_t i = 0; i < beat.length; i++) hash = (hash ^ (unsigned char)at[i]) * 0x100000001b3;
        beat.phase = (int64_t)(hash % (uint64_t)interval);
        beats[beatCount++] = beat;
    }
    if (!beatCount) die("no request in the file");
    qsort(beats, beatCount, sizeof *beats, byPhase);
}

static int64_t dueTime(uint64_t number) {
    return (int64_t)(number / beatCount) * interval + beats[number % beatCount].phase;
}

static void connectAll(int port, int epoll) {
    connections = calloc((size_t)connectionCount, sizeof *connections);
    if (!connections) die("memory");
    for (int i = 0; i < connectionCount; i++) {
        struct sockaddr_in address = {
            .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
        connections[i].fd = fd;
    }
}

static void sendDue(struct connection *connection) {
    struct iovec parts[MOST_DEPTH];
    int many = 0;
    ssize_t length = 0;
    for (; many < depth && nextToSend < nextDue; many++, nextToSend++) {
        const struct beat *beat = &beats[nextToSend % beatCount];
        parts[many] = (struct iovec){.iov_base = (void *)beat->bytes, .iov_len = beat->length};
        length += (ssize_t)beat->length;
    }
    if (!many) return;
    calls++;
    if (writev(connection->fd, parts, many) != length) die("write");
    connection->unanswered = many;
    sent += many;
}

static void sendAllDue(void) {
    for (int i = 0; i < connectionCount && nextToSend < nextDue; i++)
        if (!connections[i].unanswered) sendDue(&connections[i]);
}

// The length of the first answer in the bytes, 0 where it isn't whole. One chunk, as Nacos sends, or a Content-Length.
static size_t whole(const char *bytes, size_t count, const char **body, size_t *bodyLength) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - bytes) + 4, total;
    const char *length;
    *body = bytes + head;
    if (memmem(bytes, head, "Transfer-Encoding: chunked", 26)) {
        const char *line = memmem(*body, count - head, "\r\n", 2);
        if (!line) return 0;
        *bodyLength = strtoul(*body, NULL, 16);
        *body = line + 2;
        total = (size_t)(*body - bytes) + *bodyLength + 7;
    } else if ((length = memmem(bytes, head, "Content-Length: ", 16))) {
        *bodyLength = strtoul(length + 16, NULL, 10);
        total = head + *bodyLength;
    } else return 0;
    return total <= count ? total : 0;
}

static void receive(struct connection *connection) {
    calls++;
    ssize_t got = read(connection->fd, connection->in + connection->have, INPUT - 1 - connection->have);
    if (got <= 0) die("the sink closed");
    connection->have += (size_t)got;
    connection->in[connection->have] = 0;
    size_t taken = 0, size, bodyLength;
    const char *body;
    while ((size = whole(connection->in + taken, connection->have - taken, &body, &bodyLength))) {
        if (memcmp(connection->in + taken, "HTTP/1.1 200", 12) || !memmem(body, bodyLength, "\"code\":10200", 12))
            die("an answer that is no yes");
        connection->unanswered--;
        answered++;
        taken += size;
    }
    connection->have -= taken;
    if (connection->have) memmove(connection->in, connection->in + taken, connection->have);
    if (!connection->unanswered) sendDue(connection);
}

int main(int count, char **words) {
    if (count != 5) return fprintf(stderr, "client PORT CONNECTIONS DEPTH REQUESTS-FILE\n"), 2;
    connectionCount = atoi(words[2]);
    depth = atoi(words[3]);
    if (connectionCount < 1 || depth < 1 || depth > MOST_DEPTH) return fprintf(stderr, "client: odd numbers\n"), 2;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    struct sigaction action = {.sa_handler = signalled};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    readBeats(words[4]);
    int epoll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (epoll < 0 || timer < 0) die("epoll");
    connectAll(atoi(words[1]), epoll);

    int64_t width = (int64_t)(200.0 * (double)interval / (double)beatCount);
    width = width > 100000000 ? 100000000 : width < 10000000 ? 10000000 : width;
    struct timespec clock;
    clock_gettime(CLOCK_BOOTTIME, &clock);
    int64_t tick = ((clock.tv_sec * 1000000000LL + clock.tv_nsec) / width + 1) * width;
    nextDue = (uint64_t)(tick / interval) * beatCount;
    while (dueTime(nextDue) < tick) nextDue++;
    nextToSend = nextDue;
    struct itimerspec period = {
        .it_value = {.tv_sec = tick / 1000000000, .tv_nsec = tick % 1000000000}, .it_interval = {.tv_nsec = width}};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &period, NULL) < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) < 0)
        die("timer");

    struct epoll_event ready[64];
    while (!wantsEnd) {
        if (wantsCount) wantsCount = 0, ticks = sent = answered = calls = 0;
        calls++;
        int many = epoll_wait(epoll, ready, 64, -1);
        for (int i = 0; i < many; i++) {
            if (ready[i].data.ptr) {
                receive(ready[i].data.ptr);
                continue;
            }
            uint64_t passed;
            calls++;
            if (read(timer, &passed, sizeof passed) != sizeof passed) continue;
            ticks++;
            tick += (int64_t)passed * width;
            while (dueTime(nextDue) < tick) nextDue++;
            sendAllDue();
        }
    }
    printf("{\"ticks\":%lld,\"beats\":%lld,\"answered\":%lld,\"calls\":%lld,\"width\":%lld}\n", ticks, sent, answered, calls,
           (long long)width);
    return 0;
}
