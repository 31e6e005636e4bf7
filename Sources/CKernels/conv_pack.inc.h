// Weights [output channel, input channel of its group, kd, kh, kw] to those of the algorithms.

typedef struct conv_packing {
    const ck_conv_shape *shape;
    ck_conv_algorithm algorithm;
    const ck_loose_float *weights;
    float *packed;
} conv_packing;

// 16 rows of 16 numbers, `stride` apart, to 16 columns.
CK_INLINE void conv_turn(const ck_loose_float *from, size_t stride, float *to) {
    for (size_t o = 0; o < CK_CHANNEL_BLOCK; o += 4)
        for (size_t c = 0; c < CK_CHANNEL_BLOCK; c += 4) {
            vf4 rows[4];
            for (size_t i = 0; i < 4; i++) memcpy(&rows[i], from + (o + i) * stride + c, sizeof rows[i]);
            vf4_turn(rows);
            for (size_t i = 0; i < 4; i++) memcpy(to + (c + i) * CK_CHANNEL_BLOCK + o, &rows[i], sizeof rows[i]);
        }
}

// A block of 16 inputs and `real` outputs in one plane of a kernel, whose rows are `stride` apart, for each tap.
CK_INLINE void conv_pack_plane(const ck_loose_float *weights, size_t stride, size_t volume, size_t plane, size_t real,
                               size_t inputs, float *packed) {
    if (real == CK_CHANNEL_BLOCK && inputs == CK_CHANNEL_BLOCK && volume == 1) {
        conv_turn(weights, stride, packed);
        return;
    }
    if (real < CK_CHANNEL_BLOCK || inputs < CK_CHANNEL_BLOCK)
        memset(packed, 0, plane * CK_TAP_FLOATS * sizeof *packed);
    // PERF: by output, so that weights are read as they lie; the block is within the first cache.
    for (size_t o = 0; o < real; o++)
        for (size_t c = 0; c < inputs; c++)
            for (size_t tap = 0; tap < plane; tap++)
                packed[tap * CK_TAP_FLOATS + c * CK_CHANNEL_BLOCK + o] = weights[o * stride + c * volume + tap];
}

// One block of output channels of a group.
static void CK_NAME(conv_pack_task)(void *context, size_t index) {
    const conv_packing *work = context;
    const ck_conv_shape merged = conv_merged(work->shape), *shape = &merged;
    size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    size_t blocks = conv_blocks(outputs), group = index / blocks, block = index % blocks;
    size_t volume = conv_volume(shape->kernel), plane = shape->kernel[1] * shape->kernel[2];
    size_t input_blocks = conv_blocks(inputs);
    size_t real = conv_smaller(CK_CHANNEL_BLOCK, outputs - block * CK_CHANNEL_BLOCK);
    const ck_loose_float *weights = work->weights + (group * outputs + block * CK_CHANNEL_BLOCK) * inputs * volume;
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
        for (size_t b = 0; b < input_blocks; b++) {
            if (!is_merged) {
                const size_t first = b * CK_CHANNEL_BLOCK;
                conv_pack_plane(weights + first * volume + kd * plane, inputs * volume, volume, plane, real,
                                conv_smaller(CK_CHANNEL_BLOCK, inputs - first), packed);
                packed += plane * CK_TAP_FLOATS;
                continue;
            }
            for (size_t tap = 0; tap < plane; tap++)
                for (size_t c = b * CK_CHANNEL_BLOCK; c < (b + 1) * CK_CHANNEL_BLOCK; c++)
                    for (size_t o = 0; o < CK_CHANNEL_BLOCK; o++) {
                        bool exists = o < real && c < inputs && o / width == c / width;
                        *packed++ = exists ? weights[(o * width + c % width) * volume + kd * plane + tap] : 0;
                    }
        }
}

static void CK_NAME(f32_conv_pack)(ck_pool *pool, const ck_conv_shape *shape, ck_conv_algorithm algorithm,
                                   const int32_t *order, const ck_loose_float *weights, float *packed) {
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
    case CK_CONV_POINTWISE: conv_pointwise_pack(shape, order, weights, packed); break;
    default: conv_general_pack(shape, algorithm == CK_CONV_TRANSPOSED, weights, packed);
    }
}
