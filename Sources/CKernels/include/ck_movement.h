#ifndef CK_MOVEMENT_H
#define CK_MOVEMENT_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_MOVEMENT_KERNELS(X)

#endif
