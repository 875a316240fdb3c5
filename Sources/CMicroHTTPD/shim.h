#ifndef BEATD_CMICROHTTPD_SHIM_H
#define BEATD_CMICROHTTPD_SHIM_H

#include <microhttpd.h>

// libmicrohttpd's variadic functions, which Swift can't call, with the arguments they are called with.

static inline struct MHD_Daemon *beatd_mhd_start(unsigned int flags, MHD_AccessHandlerCallback handler, void *userdata,
                                                 const struct MHD_OptionItem *options) {
    return MHD_start_daemon(flags, 0, NULL, NULL, handler, userdata, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static inline const union MHD_DaemonInfo *beatd_mhd_daemon_info(struct MHD_Daemon *daemon,
                                                                enum MHD_DaemonInfoType type) {
    return MHD_get_daemon_info(daemon, type);
}

static inline const union MHD_ConnectionInfo *beatd_mhd_connection_info(struct MHD_Connection *connection,
                                                                        enum MHD_ConnectionInfoType type) {
    return MHD_get_connection_info(connection, type);
}

// An option's value is an integer, also where it is a function: Swift has no cast from one to the other.

static inline intptr_t beatd_mhd_uri_log(void *(*function)(void *, const char *, struct MHD_Connection *)) {
    return (intptr_t)function;
}

static inline intptr_t beatd_mhd_notify_completed(MHD_RequestCompletedCallback function) { return (intptr_t)function; }

static inline intptr_t beatd_mhd_notify_connection(MHD_NotifyConnectionCallback function) { return (intptr_t)function; }

// Macros with casts, which Swift doesn't see.

static const uint64_t beatd_mhd_size_unknown = MHD_SIZE_UNKNOWN;
static const ssize_t beatd_mhd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;

#endif
