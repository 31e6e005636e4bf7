#include "kernels.h"

#if defined(__x86_64__)

#define CK_ISA_NAME avx2
#define CK_WIDTH 8
#define CK_HAS_FMA 1
#define CK_I8_NAME avx2
#define CK_HAS_VNNI 0

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "kernels.inc.h"

#include "i8.inc.h"
#pragma clang attribute pop

const ck_kernels ck_avx2_kernels = {
    .isa = CK_AVX2, .width = CK_WIDTH, CK_FLOAT_KERNELS(CK_FLOAT_ENTRY) CK_I8_KERNELS(CK_I8_ENTRY)};

#endif
