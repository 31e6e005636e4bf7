#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_ELEMENTWISE_KERNELS(X)

#endif
