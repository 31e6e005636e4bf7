#include "kernels.h"

#define CK_ISA_NAME portable
#define CK_WIDTH 4
#define CK_HAS_FMA 0
#include "kernels.inc.h"

#define CK_I8_NAME portable
#define CK_HAS_VNNI 0
#include "i8.inc.h"

const ck_kernels ck_portable_kernels = {
    .isa = CK_PORTABLE, .width = CK_WIDTH, CK_FLOAT_KERNELS(CK_FLOAT_ENTRY) CK_I8_KERNELS(CK_I8_ENTRY)};
