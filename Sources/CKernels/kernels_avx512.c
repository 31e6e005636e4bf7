#include "kernels.h"

#if defined(__x86_64__)

#define CK_ISA_NAME avx512
#define CK_ISA_VALUE CK_AVX512
#define CK_WIDTH 16
#define CK_HAS_FMA 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,f16c"))), apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop

#endif
