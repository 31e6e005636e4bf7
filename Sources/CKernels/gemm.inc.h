// Products of matrices for one instruction set; the parts build on one another in this order.

#include "gemm_tile.inc.h"

#include "gemm_pack.inc.h"

#include "gemm_bits.inc.h"

#include "gemm_packed.inc.h"

#include "gemm_matmul.inc.h"

#include "gemm_quantize.inc.h"
