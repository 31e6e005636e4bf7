// All kernels for one instruction set; CK_ISA_NAME, CK_ISA_VALUE, CK_WIDTH and CK_HAS_FMA say which.
#include "simd.h"

#include "elementwise.inc.h"

#include "gemm.inc.h"

#include "attention.inc.h"
#include "conv.inc.h"
#include "movement.inc.h"
#include "norm.inc.h"
#include "quantize.inc.h"
#include "recurrent.inc.h"
#include "tree.inc.h"

#include "conv_i8.inc.h"

#define CK_ENTRY(result, name, parameters) .name = CK_NAME(name),

const ck_kernels CK_NAME(kernels) = {.isa = CK_ISA_VALUE, .width = CK_WIDTH, CK_KERNELS(CK_ENTRY)};
