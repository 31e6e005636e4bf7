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
#endif

#endif
