// Convolutions and pooling: which algorithm, its packed weights and its scratch memory.
#include "conv_sums.inc.h"

#include "conv_reorder.inc.h"

#include "conv_direct.inc.h"

#include "conv_general.inc.h"

#include "conv_first.inc.h"

#include "conv_depthwise.inc.h"

#include "conv_winograd.inc.h"

#include "conv_pointwise.inc.h"

#include "conv_pack.inc.h"

#include "conv_pool.inc.h"

static ck_conv_algorithm CK_NAME(f32_conv_algorithm)(const ck_conv_shape *shape, bool allows_winograd) {
    size_t inputs = shape->input_channels, outputs = shape->output_channels, groups = shape->groups;
    if (groups == inputs && inputs == outputs && groups > 1) return CK_CONV_DEPTHWISE;
    if (groups == 1 && inputs < 8 && inputs * conv_volume(shape->kernel) <= CK_CONV_FIRST_LIMIT) return CK_CONV_FIRST;
    if (groups != 1 && !conv_merges(shape) &&
        (inputs / groups % CK_CHANNEL_BLOCK != 0 || outputs / groups % CK_CHANNEL_BLOCK != 0))
        return conv_is_pointwise(shape) ? CK_CONV_POINTWISE : CK_CONV_GENERAL;
    return allows_winograd && conv_winograd_pays(shape) ? CK_CONV_WINOGRAD : CK_CONV_DIRECT;
}

static size_t CK_NAME(f32_conv_weights_size)(const ck_conv_shape *shape, ck_conv_algorithm algorithm) {
    switch (algorithm) {
    case CK_CONV_DIRECT: return conv_direct_weights_size(shape);
    case CK_CONV_FIRST: return conv_first_weights_size(shape);
    case CK_CONV_DEPTHWISE: return conv_depthwise_weights_size(shape);
    case CK_CONV_WINOGRAD: return conv_winograd_weights_size(shape);
    case CK_CONV_POINTWISE: return conv_pointwise_weights_size(shape);
    default: return conv_general_weights_size(shape);
    }
}

static size_t CK_NAME(f32_conv_scratch_size)(const ck_conv_shape *shape, ck_conv_algorithm algorithm,
                                             unsigned threads) {
    switch (algorithm) {
    case CK_CONV_DIRECT:
    case CK_CONV_FIRST:
    case CK_CONV_DEPTHWISE: return 0;
    case CK_CONV_WINOGRAD: return conv_winograd_scratch(shape) * (threads ? threads : 1);
    case CK_CONV_POINTWISE: return conv_pointwise_scratch(shape);
    default: return conv_general_panel(shape) * (threads ? threads : 1);
    }
}

static void CK_NAME(f32_conv)(ck_pool *pool, const ck_conv_shape *shape, ck_conv_algorithm algorithm,
                              const float *input, const float *weights, const ck_epilogue *epilogue, float *output,
                              float *scratch) {
    if (shape->groups == 0) return;
    switch (algorithm) {
    case CK_CONV_DIRECT: CK_NAME(conv_direct_run)(pool, shape, input, weights, epilogue, output); break;
    case CK_CONV_FIRST: CK_NAME(conv_first_run)(pool, shape, input, weights, epilogue, output); break;
    case CK_CONV_DEPTHWISE: CK_NAME(conv_depthwise_run)(pool, shape, input, weights, epilogue, output); break;
    case CK_CONV_WINOGRAD: CK_NAME(conv_winograd_run)(pool, shape, input, weights, epilogue, output, scratch); break;
    case CK_CONV_POINTWISE: CK_NAME(conv_pointwise_run)(pool, shape, input, weights, epilogue, output, scratch); break;
    default:
        CK_NAME(conv_general_run)
        (pool, shape, algorithm == CK_CONV_TRANSPOSED, input, weights, epilogue, output, scratch);
    }
}
