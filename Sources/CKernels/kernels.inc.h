// All kernels of floats for one instruction set; CK_ISA_NAME, CK_WIDTH and CK_HAS_FMA say which.
#include "simd.h"

#include "elementwise.inc.h"

#include "gemm.inc.h"

#include "attention.inc.h"
#include "conv.inc.h"
#include "movement.inc.h"
#include "norm.inc.h"
#include "quantize.inc.h"

#include "conv_bytes.inc.h"
#include "recurrent.inc.h"
#include "tree.inc.h"

#define CK_FLOAT_ENTRY(result, name, parameters) .name = CK_NAME(name),
