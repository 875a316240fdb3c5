// A registry that costs little: answers Nacos 2.5's v1 writes and counts them. One thread, one epoll, bytes as recorded from
// Nacos. All requests of one read are answered in order in one write. `sink` prints {"port":N}, then obeys lines on stdin,
// each with one line of JSON: `mark` forgets all and begins a new window, `stats` prints it, `sample` the last light beat,
// `deleted PORT` when the first DELETE for that port came (CLOCK_BOOTTIME, ns), `refuse on|off`, `quit` (so does the end of
// stdin).
// `refuse on` (or --refuse-pipelined) plays a server that doesn't pipeline: more than one request unanswered on a connection
// has the first answered and the connection closed, so that a client which tries several stays at one.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { INPUT = 1 << 17, OUTPUT = 1 << 18, TICK = 100000000, STEPS = 10000 };

struct connection {
    int fd;
    size_t have;
    unsigned window;  // the last one in which it carried a request
    char in[INPUT];
};

struct answer {
    char text[512];
    size_t length;
};

// What is counted from one `mark` to the next.
static struct {
    long long began, beats, light, full, registers, deletes, lists, unknown, reads, ticks, lastTick, refused, bytes;
    long long accepted, active, mostInFlight, cpuBegan;
} seen;

// How long after a tick beats came, in steps of a STEPS-th of it.
static long long late[STEPS];
static unsigned window = 1;
static long long openNow;
static bool refuses;
static long long deletedAt[65536];
static int deletedTimes[65536];
static char sample[4096];
static struct answer beatAnswer, okAnswer, listAnswer, missingAnswer;

static long long now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void make(struct answer *answer, const char *status, const char *type, const char *body) {
    answer->length = (size_t)snprintf(
        answer->text, sizeof answer->text,
        "HTTP/1.1 %s \r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nDate: Sun, 22 Nov 2026 14:04:02 GMT\r\n\r\n"
        "%zx\r\n%s\r\n0\r\n\r\n",
        status, type, strlen(body), body);
}

static void mark(void) {
    memset(&seen, 0, sizeof seen);
    memset(late, 0, sizeof late);
    memset(deletedTimes, 0, sizeof deletedTimes);
    memset(deletedAt, 0, sizeof deletedAt);
    seen.began = now(CLOCK_BOOTTIME);
    seen.cpuBegan = now(CLOCK_PROCESS_CPUTIME_ID);
    window++;
}

// After how many microseconds 99 of 100 beats had come.
static int lateP99(void) {
    long long sum = 0;
    int step = 0;
    for (; step < STEPS && (sum += late[step]) * 100 < seen.beats * 99; step++) continue;
    return step * (TICK / STEPS / 1000);
}

static void stats(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    double whole = (double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec
        + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
    printf("{\"ns\":%lld,\"beats\":%lld,\"light\":%lld,\"full\":%lld,\"registers\":%lld,\"deletes\":%lld,\"lists\":%lld,"
           "\"unknown\":%lld,\"reads\":%lld,\"ticks\":%lld,\"refused\":%lld,\"bytes\":%lld,\"accepted\":%lld,\"active\":%lld,"
           "\"open\":%lld,\"mostInFlight\":%lld,\"lateP99\":%d,\"cpu\":%lld,\"wholeCPU\":%.3f}\n",
           now(CLOCK_BOOTTIME) - seen.began, seen.beats, seen.light, seen.full, seen.registers, seen.deletes, seen.lists,
           seen.unknown, seen.reads, seen.ticks, seen.refused, seen.bytes, seen.accepted, seen.active, openNow,
           seen.mostInFlight, lateP99(), now(CLOCK_PROCESS_CPUTIME_ID) - seen.cpuBegan, whole);
}

static void printSample(void) {
    printf("{\"sample\":\"");
    for (const char *c = sample; *c; c++) {
        if (*c == '\r') printf("\\r");
        else if (*c == '\n') printf("\\n");
        else if (*c == '"' || *c == '\\') printf("\\%c", *c);
        else putchar(*c);
    }
    printf("\"}\n");
}

static void obey(char *line) {
    if (!strcmp(line, "quit")) exit(0);
    if (!strcmp(line, "mark")) mark();
    if (!strcmp(line, "mark") || !strcmp(line, "stats")) stats();
    else if (!strcmp(line, "sample")) printSample();
    else if (!strcmp(line, "refuse on") || !strcmp(line, "refuse off")) {
        refuses = line[8] == 'n';
        printf("{\"refuses\":%s}\n", refuses ? "true" : "false");
    } else if (!strncmp(line, "deleted ", 8)) {
        int port = atoi(line + 8) & 65535;
        printf("{\"port\":%d,\"at\":%lld,\"times\":%d}\n", port, deletedAt[port], deletedTimes[port]);
    } else printf("{\"error\":\"not understood\"}\n");
    fflush(stdout);
}

static void readControl(void) {
    static char text[4096];
    static size_t have;
    ssize_t count = read(0, text + have, sizeof text - 1 - have);
    if (count <= 0) exit(0);
    have += (size_t)count;
    char *end;
    while ((end = memchr(text, '\n', have))) {
        *end = 0;
        obey(text);
        have -= (size_t)(end + 1 - text);
        memmove(text, end + 1, have);
    }
}

// The length of the first request in the bytes, 0 where it isn't whole; `body` is how much of it is body.
static size_t whole(const char *bytes, size_t count, size_t *body) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - bytes) + 4;
    const char *length = memmem(bytes, head, "Content-Length: ", 16);
    *body = length ? strtoul(length + 16, NULL, 10) : 0;
    return head + *body <= count ? head + *body : 0;
}

static const struct answer *answer(const char *request, size_t size, size_t body, long long at) {
    static const char beat[] = "PUT /nacos/v1/ns/instance/beat?", hello[] = "POST /nacos/v1/ns/instance?",
                      bye[] = "DELETE /nacos/v1/ns/instance?", list[] = "GET /nacos/v1/ns/instance/list?";
#define IS(words) (size >= sizeof words && !memcmp(request, words, sizeof words - 1))
    if (IS(beat)) {
        seen.beats++;
        late[at % TICK / (TICK / STEPS)]++;
        if (body) seen.full++;
        else {
            seen.light++;
            size_t kept = size < sizeof sample ? size : sizeof sample - 1;
            memcpy(sample, request, kept);
            sample[kept] = 0;
        }
        if (at / TICK != seen.lastTick) {
            seen.lastTick = at / TICK;
            seen.ticks++;
        }
        return &beatAnswer;
    }
    if (IS(hello)) return seen.registers++, &okAnswer;
    if (IS(bye)) {
        seen.deletes++;
        const char *port = memmem(request, size, "&port=", 6);
        int number = port ? atoi(port + 6) & 65535 : 0;
        if (!deletedTimes[number]++) deletedAt[number] = at;
        return &okAnswer;
    }
    if (IS(list)) return seen.lists++, &listAnswer;
#undef IS
    seen.unknown++;
    return &missingAnswer;
}

static void drop(struct connection *connection) {
    close(connection->fd);
    free(connection);
    openNow--;
}

static bool sendAll(int fd, const char *bytes, size_t count) {
    while (count) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            if (poll(&wait, 1, 1000) <= 0) return false;
            continue;
        }
        if (sent < 0) return false;
        bytes += sent;
        count -= (size_t)sent;
    }
    return true;
}

static void serve(struct connection *connection) {
    static char out[OUTPUT];
    ssize_t got = read(connection->fd, connection->in + connection->have, INPUT - connection->have);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return drop(connection);
    long long at = now(CLOCK_BOOTTIME);
    connection->have += (size_t)got;
    size_t taken = 0, filled = 0, size, body;
    long long requests = 0;
    bool refused = false;
    while ((size = whole(connection->in + taken, connection->have - taken, &body))) {
        if (refuses && requests == 1) {
            refused = true;
            break;
        }
        const struct answer *words = answer(connection->in + taken, size, body, at);
        if (filled + words->length > OUTPUT) {
            fprintf(stderr, "sink: too much in one read\n");
            exit(1);
        }
        memcpy(out + filled, words->text, words->length);
        filled += words->length;
        taken += size;
        requests++;
    }
    connection->have -= taken;
    if (refused) {
        for (taken = 0; (size = whole(connection->in + taken, connection->have - taken, &body)); taken += size) requests++;
        seen.refused++;
    } else if (connection->have) memmove(connection->in, connection->in + taken, connection->have);
    seen.reads++;
    seen.bytes += got;
    if (requests > seen.mostInFlight) seen.mostInFlight = requests;
    if (requests && connection->window != window) {
        connection->window = window;
        seen.active++;
    }
    if (!sendAll(connection->fd, out, filled) || refused || connection->have == INPUT) drop(connection);
}

static void accept1(int listener, int epoll) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) die("memory");
    connection->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
    seen.accepted++;
    openNow++;
}

int main(int count, char **words) {
    refuses = count > 1 && !strcmp(words[1], "--refuse-pipelined");
    make(&beatAnswer, "200", "application/json", "{\"clientBeatInterval\":5000,\"code\":10200,\"lightBeatEnabled\":true}");
    okAnswer.length = (size_t)snprintf(
        okAnswer.text, sizeof okAnswer.text,
        "HTTP/1.1 200 \r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: 2\r\n"
        "Date: Sun, 22 Nov 2026 14:04:02 GMT\r\n\r\nok");
    make(&listAnswer, "200", "application/json", "{\"name\":\"DEFAULT_GROUP@@bench\",\"hosts\":[],\"cacheMillis\":10000}");
    make(&missingAnswer, "404", "text/plain", "no such thing");

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 128) < 0
        || getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        die("listen");
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    static char control, door;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &control};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event) < 0) die("epoll");
    event.data.ptr = &door;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll");
    mark();
    printf("{\"port\":%d}\n", ntohs(address.sin_port));
    fflush(stdout);
    struct epoll_event ready[64];
    for (;;) {
        int many = epoll_wait(epoll, ready, 64, -1);
        for (int i = 0; i < many; i++) {
            if (ready[i].data.ptr == &control) readControl();
            else if (ready[i].data.ptr == &door) accept1(listener, epoll);
            else serve(ready[i].data.ptr);
        }
    }
}
