#ifndef CK_RECURRENT_H
#define CK_RECURRENT_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_RECURRENT_KERNELS(X)

#endif
