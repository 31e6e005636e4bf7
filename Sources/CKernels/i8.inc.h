// The kernels of 8-bit sums for one instruction set; CK_I8_NAME and CK_HAS_VNNI say which. Included behind those of floats.

// The name of a function in this instance.
#define CK_I8(name) CK_JOIN(ck_, CK_I8_NAME, name)

#include "i8_numbers.inc.h"

#include "gemm_i8.inc.h"

#include "conv_i8.inc.h"

#define CK_I8_ENTRY(result, name, parameters) .name = CK_I8(name),
