#ifndef CK_ATTENTION_H
#define CK_ATTENTION_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_ATTENTION_KERNELS(X)

#endif
