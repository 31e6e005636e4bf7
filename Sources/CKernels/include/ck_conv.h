#ifndef CK_CONV_H
#define CK_CONV_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_CONV_KERNELS(X)

#endif
