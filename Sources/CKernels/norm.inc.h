#include "reduce.inc.h"

#include "softmax.inc.h"

#include "normalise.inc.h"

#include "scale_blocks.inc.h"
