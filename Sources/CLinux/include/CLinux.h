#ifndef BEATD_CLINUX_H
#define BEATD_CLINUX_H

#include <net/if.h>
#include <stdint.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

/// pipe2(2) with O_CLOEXEC; -1 and errno on failure.
int beatd_pipe(int ends[2]);

/// pidfd_open(2): a close-on-exec descriptor for the process; -1 and errno on failure.
int beatd_pidfd_open(pid_t pid);

/// openat2(2) with RESOLVE_BENEATH: `path` may not leave the folder, by links or by dots; -1 and errno on failure.
int beatd_open_beneath(int folder, const char *path, int flags);

/// fstatfs(2): the magic number of the file system a descriptor is on; 0 on failure.
unsigned long beatd_filesystem(int descriptor);

/// statx(2), statvfs(3): whether a descriptor is the root of a mount, and that mount is read-only; 0 also where that
/// can't be known (before Linux 5.8).
int beatd_is_read_only_mount(int descriptor);

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC; -1 and errno on failure.
int beatd_accept(int socket);

/// getsockopt(2) SO_PEERCRED: who is at the other end of a unix socket; -1 and errno on failure.
int beatd_peer(int socket, pid_t *pid, uid_t *uid, gid_t *gid);

/// ioctl(2) TIOCGWINSZ: columns of a terminal; 0 on failure.
int beatd_columns(int descriptor);

#endif
