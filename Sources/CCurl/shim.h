#ifndef BEATD_CCURL_SHIM_H
#define BEATD_CCURL_SHIM_H

#include <curl/curl.h>

// libcurl's variadic functions, which Swift can't call, one for each type of argument. The names stand in parentheses
// so that curl's macros, which check types by GCC's means, stay out.

static inline CURLcode beatd_curl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode beatd_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode beatd_curl_set_reader(CURL *easy, CURLoption option, curl_write_callback value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode beatd_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLcode beatd_curl_get_socket(CURL *easy, CURLINFO info, curl_socket_t *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode beatd_curl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return (curl_multi_setopt)(multi, option, value);
}

static inline CURLMcode beatd_curl_multi_on_socket(CURLM *multi, curl_socket_callback value) {
    return (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, value);
}

static inline CURLMcode beatd_curl_multi_on_timer(CURLM *multi, curl_multi_timer_callback value) {
    return (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, value);
}

// A union in a struct, which Swift sees without a name.

static inline CURLcode beatd_curl_result(const CURLMsg *message) { return message->data.result; }

#endif
