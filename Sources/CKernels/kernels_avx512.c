#include "kernels.h"

#if defined(__x86_64__)

#define CK_ISA_NAME avx512
#define CK_WIDTH 16
#define CK_HAS_FMA 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,f16c"))), apply_to = function)
#include "kernels.inc.h"
#pragma clang attribute pop

#define CK_AVX2_ENTRY(result, name, parameters) .name = ck_avx2_##name,

const ck_kernels ck_avx512_kernels = {
    .isa = CK_AVX512, .width = CK_WIDTH, CK_FLOAT_KERNELS(CK_FLOAT_ENTRY) CK_I8_KERNELS(CK_AVX2_ENTRY)};

#define CK_I8_NAME avx512vnni
#define CK_HAS_VNNI 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma,f16c"))), apply_to = function)
#include "i8.inc.h"
#pragma clang attribute pop

const ck_kernels ck_avx512vnni_kernels = {
    .isa = CK_AVX512_VNNI, .width = CK_WIDTH, CK_FLOAT_KERNELS(CK_FLOAT_ENTRY) CK_I8_KERNELS(CK_I8_ENTRY)};

#endif
