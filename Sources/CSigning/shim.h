#pragma once

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <string.h>

// OpenSSL's keys are counted references behind macros and callbacks, which Swift does not see. Behind these functions they
// are bytes: every function takes and gives DER, and frees what it made. They return the number of bytes, or -1.

/// What a key in DER or PEM turned out to be.
enum {
    MLPACK_KEY_UNREADABLE = -1,
    MLPACK_KEY_OTHER_KIND = -2,
    MLPACK_KEY_NEEDS_PASSWORD = -3,
};

static inline int mlpack_is_p256(EVP_PKEY *key) {
    char group[64];
    size_t count = 0;
    return EVP_PKEY_is_a(key, "EC") == 1
        && EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, &count) == 1
        && (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0);
}

/// Writes a private key as PKCS#8 into `out`, which holds `capacity` bytes, and frees the key.
static inline int mlpack_take_private(EVP_PKEY *key, unsigned char *out, int capacity) {
    if (!mlpack_is_p256(key)) {
        EVP_PKEY_free(key);
        return MLPACK_KEY_OTHER_KIND;
    }
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    EVP_PKEY_free(key);
    if (info == NULL) return MLPACK_KEY_UNREADABLE;
    int count = i2d_PKCS8_PRIV_KEY_INFO(info, NULL);
    if (count > 0 && count <= capacity) {
        unsigned char *end = out;
        count = i2d_PKCS8_PRIV_KEY_INFO(info, &end);
    } else {
        count = MLPACK_KEY_UNREADABLE;
    }
    PKCS8_PRIV_KEY_INFO_free(info);
    return count;
}

/// Writes a public key as SubjectPublicKeyInfo into `out`, which holds `capacity` bytes, and frees the key.
static inline int mlpack_take_public(EVP_PKEY *key, unsigned char *out, int capacity) {
    int isRight = mlpack_is_p256(key);
    int count = isRight ? i2d_PUBKEY(key, NULL) : MLPACK_KEY_OTHER_KIND;
    if (count > 0 && count <= capacity) {
        unsigned char *end = out;
        count = i2d_PUBKEY(key, &end);
    } else if (isRight) {
        count = MLPACK_KEY_UNREADABLE;
    }
    EVP_PKEY_free(key);
    return count;
}

/// A new private key of the curve P-256, as PKCS#8.
static inline int mlpack_generate_key(unsigned char *out, int capacity) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    return key == NULL ? MLPACK_KEY_UNREADABLE : mlpack_take_private(key, out, capacity);
}

static inline EVP_PKEY *mlpack_private_from_der(const unsigned char *der, int count) {
    const unsigned char *end = der;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &end, count);
    if (key != NULL && end != der + count) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

static inline EVP_PKEY *mlpack_public_from_der(const unsigned char *der, int count) {
    const unsigned char *end = der;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &end, count);
    if (key != NULL && end != der + count) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

/// A private key in PKCS#8 or in SEC 1's form, as PKCS#8.
static inline int mlpack_private_key(const unsigned char *der, int count, unsigned char *out, int capacity) {
    EVP_PKEY *key = mlpack_private_from_der(der, count);
    return key == NULL ? MLPACK_KEY_UNREADABLE : mlpack_take_private(key, out, capacity);
}

/// A public key, checked.
static inline int mlpack_public_key(const unsigned char *der, int count, unsigned char *out, int capacity) {
    EVP_PKEY *key = mlpack_public_from_der(der, count);
    return key == NULL ? MLPACK_KEY_UNREADABLE : mlpack_take_public(key, out, capacity);
}

/// The public half of a private key.
static inline int mlpack_public_half(const unsigned char *der, int count, unsigned char *out, int capacity) {
    EVP_PKEY *key = mlpack_private_from_der(der, count);
    return key == NULL ? MLPACK_KEY_UNREADABLE : mlpack_take_public(key, out, capacity);
}

struct mlpack_password {
    const void *bytes;
    int count;
    int asked;
};

static inline int mlpack_give_password(char *buffer, int size, int writes, void *context) {
    struct mlpack_password *password = (struct mlpack_password *)context;
    (void)writes;
    password->asked = 1;
    if (password->count < 0 || password->count > size) return -1;
    memcpy(buffer, password->bytes, (size_t)password->count);
    return password->count;
}

/// A private key that PEM holds, with a password when it is encrypted (`password_count` is -1 when there is none).
static inline int mlpack_private_key_from_pem(
    const void *pem,
    int pem_count,
    const void *bytes,
    int password_count,
    unsigned char *out,
    int capacity
) {
    struct mlpack_password password = {bytes, password_count, 0};
    BIO *source = BIO_new_mem_buf(pem, pem_count);
    if (source == NULL) return MLPACK_KEY_UNREADABLE;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(source, NULL, mlpack_give_password, &password);
    BIO_free(source);
    if (key != NULL) return mlpack_take_private(key, out, capacity);
    return password.asked ? MLPACK_KEY_NEEDS_PASSWORD : MLPACK_KEY_UNREADABLE;
}

/// The ECDSA signature of the SHA-256 of some bytes, in DER.
static inline int mlpack_sign(
    const unsigned char *der,
    int der_count,
    const void *bytes,
    size_t count,
    unsigned char *out,
    size_t capacity
) {
    EVP_PKEY *key = mlpack_private_from_der(der, der_count);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int result = -1;
    if (key != NULL && context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestSign(context, out, &capacity, (const unsigned char *)bytes, count) == 1 && capacity <= INT_MAX) {
        result = (int)capacity;
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return result;
}

/// Whether an ECDSA signature is that of the SHA-256 of some bytes.
static inline int mlpack_is_signature(
    const unsigned char *der,
    int der_count,
    const void *bytes,
    size_t count,
    const unsigned char *signature,
    size_t signature_count
) {
    EVP_PKEY *key = mlpack_public_from_der(der, der_count);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int result = key != NULL && context != NULL
        && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestVerify(context, signature, signature_count, (const unsigned char *)bytes, count) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return result;
}

/// scrypt of a password (RFC 7914); 1 when it was done.
static inline int mlpack_scrypt(
    const void *password,
    size_t password_count,
    const unsigned char *salt,
    size_t salt_count,
    uint64_t n,
    uint64_t r,
    uint64_t p,
    uint64_t memory,
    unsigned char *out,
    size_t count
) {
    return EVP_PBE_scrypt((const char *)password, password_count, salt, salt_count, n, r, p, memory, out, count) == 1;
}

/// Poly1305 (RFC 8439) with a one-time key of 32 bytes; 1 when it was done.
static inline int mlpack_poly1305(const unsigned char *key, const void *bytes, size_t count, unsigned char out[16]) {
    size_t written = 0;
    return EVP_Q_mac(
               NULL, "POLY1305", NULL, NULL, NULL, key, 32, (const unsigned char *)bytes, count, out, 16, &written
           ) != NULL
        && written == 16;
}

/// Bytes that nobody can foretell; 1 when there are some.
static inline int mlpack_random(unsigned char *out, int count) { return RAND_bytes(out, count) == 1; }

/// Whether two runs of bytes are equal, in a time that does not depend on where they differ.
static inline int mlpack_are_equal(const void *left, const void *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}
