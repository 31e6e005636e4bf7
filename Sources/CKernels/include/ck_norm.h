#ifndef CK_NORM_H
#define CK_NORM_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_NORM_KERNELS(X)

#endif
