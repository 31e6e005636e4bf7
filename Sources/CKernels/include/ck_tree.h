#ifndef CK_TREE_H
#define CK_TREE_H

#include "ck_pool.h"
#include "ck_types.h"

#define CK_TREE_KERNELS(X)

#endif
