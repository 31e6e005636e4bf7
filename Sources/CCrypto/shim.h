#pragma once

#include <openssl/sha.h>

// OpenSSL 3 marks the SHA256_* functions deprecated in favour of EVP, whose context is a heap object that may be refused.
// SHA256_CTX is a plain value of 112 bytes: it copies, crosses threads and cannot fail, and runs the same SHA-NI code.
// Swift would see the deprecation as a warning; behind these functions it does not.

static inline SHA256_CTX mlpack_sha256_start(void) {
    SHA256_CTX state;
    SHA256_Init(&state);
    return state;
}

static inline void mlpack_sha256_update(SHA256_CTX *state, const void *bytes, size_t count) {
    SHA256_Update(state, bytes, count);
}

static inline void mlpack_sha256_finish(SHA256_CTX state, unsigned char digest[SHA256_DIGEST_LENGTH]) {
    SHA256_Final(digest, &state);
}
