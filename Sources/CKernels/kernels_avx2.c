#include "kernels.h"

#if defined(__x86_64__)

#define CK_ISA_NAME avx2
#define CK_ISA_VALUE CK_AVX2
#define CK_WIDTH 8
#define CK_HAS_FMA 1

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop

#endif
