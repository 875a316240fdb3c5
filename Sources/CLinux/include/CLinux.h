#ifndef BEATD_CLINUX_H
#define BEATD_CLINUX_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

/// pidfd_open(2): a descriptor for the process, close-on-exec; -1 and errno on failure.
int beatd_pidfd_open(pid_t pid);

#endif
