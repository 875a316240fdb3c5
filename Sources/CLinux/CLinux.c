#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int beatd_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int beatd_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int beatd_open_beneath(int folder, const char *path, int flags) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)(unsigned)flags;
    how.resolve = RESOLVE_BENEATH;
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

unsigned long beatd_filesystem(int descriptor) {
    struct statfs found;
    if (fstatfs(descriptor, &found) != 0) return 0;
    return (unsigned long)found.f_type;
}

int beatd_is_read_only_mount(int descriptor) {
    struct statx found;
    struct statvfs mount;
    if (statx(descriptor, "", AT_EMPTY_PATH, 0, &found) != 0) return 0;
    if (!(found.stx_attributes_mask & found.stx_attributes & STATX_ATTR_MOUNT_ROOT)) return 0;
    return fstatvfs(descriptor, &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0;
}

int beatd_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int beatd_peer(int socket, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred found;
    socklen_t size = sizeof found;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) return -1;
    if (size != sizeof found) return -1;
    *pid = found.pid;
    *uid = found.uid;
    *gid = found.gid;
    return 0;
}

int beatd_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
