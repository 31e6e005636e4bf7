#pragma once

#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

// libcurl pulls in some thirty shared libraries, which cost a process that links it 9 ms at its start, more on a busy
// machine. Only a download needs them, so the library is opened at the first one. curl_easy_setopt and curl_easy_getinfo
// are variadic, which Swift cannot call: one function for each kind of argument.

typedef struct mlpack_curl {
    CURLcode (*global_init)(long);
    CURL *(*make)(void);
    void (*cleanup)(CURL *);
    void (*reset)(CURL *);
    CURLcode (*perform)(CURL *);
    const char *(*words)(CURLcode);
    CURLcode (*set)(CURL *, CURLoption, ...);
    CURLcode (*get)(CURL *, CURLINFO, ...);
    struct curl_slist *(*append)(struct curl_slist *, const char *);
    void (*free_list)(struct curl_slist *);
} mlpack_curl;

/// Opens the library; 0 when it is not there or not what it should be.
static inline int mlpack_curl_open(mlpack_curl *curl) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return 0;
    *(void **)&curl->global_init = dlsym(library, "curl_global_init");
    *(void **)&curl->make = dlsym(library, "curl_easy_init");
    *(void **)&curl->cleanup = dlsym(library, "curl_easy_cleanup");
    *(void **)&curl->reset = dlsym(library, "curl_easy_reset");
    *(void **)&curl->perform = dlsym(library, "curl_easy_perform");
    *(void **)&curl->words = dlsym(library, "curl_easy_strerror");
    *(void **)&curl->set = dlsym(library, "curl_easy_setopt");
    *(void **)&curl->get = dlsym(library, "curl_easy_getinfo");
    *(void **)&curl->append = dlsym(library, "curl_slist_append");
    *(void **)&curl->free_list = dlsym(library, "curl_slist_free_all");
    return curl->global_init && curl->make && curl->cleanup && curl->reset && curl->perform && curl->words && curl->set
        && curl->get && curl->append && curl->free_list && curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static inline CURLcode mlpack_curl_set_long(mlpack_curl curl, CURL *handle, CURLoption option, long value) {
    return curl.set(handle, option, value);
}

static inline CURLcode mlpack_curl_set_offset(mlpack_curl curl, CURL *handle, CURLoption option, curl_off_t value) {
    return curl.set(handle, option, value);
}

static inline CURLcode mlpack_curl_set_string(mlpack_curl curl, CURL *handle, CURLoption option, const char *value) {
    return curl.set(handle, option, value);
}

static inline CURLcode mlpack_curl_set_pointer(mlpack_curl curl, CURL *handle, CURLoption option, void *value) {
    return curl.set(handle, option, value);
}

static inline CURLcode mlpack_curl_set_write(
    mlpack_curl curl, CURL *handle, size_t (*body)(char *, size_t, size_t, void *)) {
    return curl.set(handle, CURLOPT_WRITEFUNCTION, body);
}

static inline CURLcode mlpack_curl_set_read(
    mlpack_curl curl, CURL *handle, size_t (*body)(char *, size_t, size_t, void *)) {
    return curl.set(handle, CURLOPT_READFUNCTION, body);
}

static inline CURLcode mlpack_curl_set_seek(mlpack_curl curl, CURL *handle, int (*body)(void *, curl_off_t, int)) {
    return curl.set(handle, CURLOPT_SEEKFUNCTION, body);
}

static inline CURLcode mlpack_curl_set_header(
    mlpack_curl curl, CURL *handle, size_t (*body)(char *, size_t, size_t, void *)) {
    return curl.set(handle, CURLOPT_HEADERFUNCTION, body);
}

static inline CURLcode mlpack_curl_set_progress(
    mlpack_curl curl, CURL *handle, int (*body)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t)) {
    return curl.set(handle, CURLOPT_XFERINFOFUNCTION, body);
}

static inline long mlpack_curl_status(mlpack_curl curl, CURL *handle) {
    long status = 0;
    curl.get(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
