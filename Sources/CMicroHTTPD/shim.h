#ifndef BEATD_CMICROHTTPD_SHIM_H
#define BEATD_CMICROHTTPD_SHIM_H

#include <microhttpd.h>

#endif
