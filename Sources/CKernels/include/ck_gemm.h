#ifndef CK_GEMM_H
#define CK_GEMM_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_GEMM_KERNELS(X)

#endif
