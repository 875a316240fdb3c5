#ifndef BEATD_CCURL_SHIM_H
#define BEATD_CCURL_SHIM_H

#include <curl/curl.h>

#endif
