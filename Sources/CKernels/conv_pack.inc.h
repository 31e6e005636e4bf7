// Weights [output channel, input channel of its group, kd, kh, kw] to those of the algorithms.

typedef struct conv_packing {
    const ck_conv_shape *shape;
    ck_conv_algorithm algorithm;
    const float *weights;
    float *packed;
} conv_packing;

// One block of output channels of a group.
static void CK_NAME(conv_pack_task)(void *context, size_t index) {
    const conv_packing *work = context;
    const ck_conv_shape merged = conv_merged(work->shape), *shape = &merged;
    size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    size_t blocks = conv_blocks(outputs), group = index / blocks, block = index % blocks;
    size_t volume = conv_volume(shape->kernel), plane = shape->kernel[1] * shape->kernel[2];
    size_t input_blocks = conv_blocks(inputs);
    size_t real = conv_smaller(CK_CHANNEL_BLOCK, outputs - block * CK_CHANNEL_BLOCK);
    const float *weights = work->weights + (group * outputs + block * CK_CHANNEL_BLOCK) * inputs * volume;
    if (work->algorithm == CK_CONV_WINOGRAD) {
        conv_winograd_pack(inputs, real, weights, work->packed + index * 36 * input_blocks * CK_TAP_FLOATS);
        return;
    }
    float *packed = work->packed + index * volume * input_blocks * CK_TAP_FLOATS;
    // Channels of an unmerged group.
    size_t width = shape->groups == work->shape->groups ? inputs : work->shape->input_channels / work->shape->groups;
    bool is_merged = width != inputs;
    if (is_merged) weights = work->weights + group * CK_CHANNEL_BLOCK * width * volume;
    for (size_t kd = 0; kd < shape->kernel[0]; kd++)
        for (size_t b = 0; b < input_blocks; b++)
            for (size_t tap = 0; tap < plane; tap++)
                for (size_t c = b * CK_CHANNEL_BLOCK; c < (b + 1) * CK_CHANNEL_BLOCK; c++)
                    for (size_t o = 0; o < CK_CHANNEL_BLOCK; o++) {
                        bool exists = o < real && c < inputs && (!is_merged || o / width == c / width);
                        size_t from = is_merged ? c % width : c;
                        *packed++ = exists ? weights[(o * width + from) * volume + kd * plane + tap] : 0;
                    }
}

static void CK_NAME(f32_conv_pack)(ck_pool *pool, const ck_conv_shape *shape, ck_conv_algorithm algorithm,
                                   const float *weights, float *packed) {
    size_t volume = conv_volume(shape->kernel);
    if (shape->groups == 0) return;
    ck_conv_shape merged = conv_merged(shape);
    switch (algorithm) {
    case CK_CONV_DIRECT:
    case CK_CONV_WINOGRAD: {
        conv_packing work = {shape, algorithm, weights, packed};
        ck_pool_run(pool, merged.groups * conv_blocks(merged.output_channels / merged.groups), CK_NAME(conv_pack_task),
                    &work);
        break;
    }
    case CK_CONV_FIRST:
    case CK_CONV_DEPTHWISE: {
        size_t products = volume * (algorithm == CK_CONV_FIRST ? shape->input_channels : 1);
        for (size_t block = 0; block < conv_blocks(shape->output_channels); block++)
            for (size_t k = 0; k < products; k++)
                for (size_t o = block * CK_CHANNEL_BLOCK; o < (block + 1) * CK_CHANNEL_BLOCK; o++)
                    *packed++ = o < shape->output_channels ? weights[o * products + k] : 0;
        break;
    }
    default: conv_general_pack(shape, algorithm == CK_CONV_TRANSPOSED, weights, packed);
    }
}
