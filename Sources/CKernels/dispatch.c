#include "kernels.h"

bool ck_isa_is_available(ck_isa isa) {
    switch (isa) {
    case CK_PORTABLE: return true;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    case CK_AVX512_VNNI: return ck_isa_is_available(CK_AVX512) && __builtin_cpu_supports("avx512vnni");
#endif
    default: return false;
    }
}

ck_isa ck_best_isa(void) {
    ck_isa best = CK_AVX512_VNNI;
    while (!ck_isa_is_available(best)) best--;
    return best;
}

const ck_kernels *_Nonnull ck_kernels_for(ck_isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case CK_AVX2: return &ck_avx2_kernels;
    case CK_AVX512: return &ck_avx512_kernels;
    case CK_AVX512_VNNI: return &ck_avx512vnni_kernels;
#endif
    default: return &ck_portable_kernels;
    }
}

#define CK_KERNEL_NAME(result, name, parameters) #name,

const char *const *ck_kernel_names(size_t *count) {
    static const char *const names[] = {CK_KERNELS(CK_KERNEL_NAME) NULL};
    *count = sizeof names / sizeof names[0] - 1;
    return names;
}
