// What every file of kernels includes before it names its instruction set.
#ifndef CK_KERNELS_INTERNAL_H
#define CK_KERNELS_INTERNAL_H

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "CKernels.h"

extern const ck_kernels ck_portable_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels;
extern const ck_kernels ck_avx512_kernels;
extern const ck_kernels ck_avx512vnni_kernels;
#endif

// Kernels of 8-bit sums serve tables of other instruction sets than their own too.
#define CK_DECLARE_PORTABLE(result, name, parameters) result ck_portable_##name parameters;
#define CK_DECLARE_AVX2(result, name, parameters) result ck_avx2_##name parameters;
#define CK_DECLARE_AVX512_VNNI(result, name, parameters) result ck_avx512vnni_##name parameters;

CK_I8_KERNELS(CK_DECLARE_PORTABLE)
#if defined(__x86_64__)
CK_I8_KERNELS(CK_DECLARE_AVX2)
CK_I8_KERNELS(CK_DECLARE_AVX512_VNNI)
#endif

#endif
