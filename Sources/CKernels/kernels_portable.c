#include "kernels.h"

#define CK_ISA_NAME portable
#define CK_ISA_VALUE CK_PORTABLE
#define CK_WIDTH 4
#define CK_HAS_FMA 0

#include "kernels.inc.h"
