// One tap, groups of any width and input channels in any order, blocked to blocked.
//
// Packed weights: for each channel of the convolution that of the input, as int32_t in whole lines of 16; then for each
// block of 16 output channels [input channel of the groups that it meets, 16]. Scratch: where each channel begins.

// Floats of the input that stay in the first cache, and the least tiles of a piece.
#define CK_POINTWISE_FLOATS 6144
#define CK_POINTWISE_TILES 4

typedef struct conv_pointwise {
    ck_conv_shape shape;
    conv_end end;
    const float *input;
    const float *weights;
    float *output;
    const ptrdiff_t *offsets;
    size_t positions;
    size_t pixels;
    size_t pieces;
    size_t parts;
} conv_pointwise;

// The input channels, in the convolution's order, that a block of output channels meets.
CK_INLINE conv_range conv_pointwise_inputs(const ck_conv_shape *shape, size_t block) {
    size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    size_t last = conv_smaller((block + 1) * CK_CHANNEL_BLOCK, shape->output_channels) - 1;
    return (conv_range){block * CK_CHANNEL_BLOCK / outputs * inputs, (last / outputs + 1) * inputs};
}

CK_INLINE bool conv_is_pointwise(const ck_conv_shape *shape) {
    for (int axis = 0; axis < 3; axis++)
        if (shape->kernel[axis] != 1 || shape->stride[axis] != 1 || shape->pad[axis] != 0 ||
            shape->input[axis] != shape->output[axis])
            return false;
    return true;
}

CK_INLINE size_t conv_pointwise_weights_size(const ck_conv_shape *shape) {
    if (shape->groups == 0) return 0;
    size_t size = conv_blocks(shape->input_channels) * CK_CHANNEL_BLOCK;
    for (size_t block = 0; block < conv_blocks(shape->output_channels); block++) {
        conv_range inputs = conv_pointwise_inputs(shape, block);
        size += (inputs.end - inputs.first) * CK_CHANNEL_BLOCK;
    }
    return size;
}

CK_INLINE size_t conv_pointwise_scratch(const ck_conv_shape *shape) {
    return shape->input_channels * (sizeof(ptrdiff_t) / sizeof(float));
}

CK_INLINE void conv_pointwise_pack(const ck_conv_shape *shape, const int32_t *order, const ck_loose_float *weights,
                                   float *packed) {
    size_t lines = conv_blocks(shape->input_channels) * CK_CHANNEL_BLOCK;
    for (size_t c = 0; c < lines; c++) {
        int32_t channel = c >= shape->input_channels ? 0 : order ? order[c] : (int32_t)c;
        memcpy(packed + c, &channel, sizeof channel);
    }
    packed += lines;
    size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    for (size_t block = 0; block < conv_blocks(shape->output_channels); block++) {
        conv_range range = conv_pointwise_inputs(shape, block);
        for (size_t c = range.first; c < range.end; c++)
            for (size_t o = block * CK_CHANNEL_BLOCK; o < (block + 1) * CK_CHANNEL_BLOCK; o++) {
                bool meets = o < shape->output_channels && o / outputs == c / inputs;
                *packed++ = meets ? weights[o * inputs + c % inputs] : 0;
            }
    }
}

// P neighbours by a block of channels.
CK_INLINE void conv_pointwise_tile(const int P, const float *pixels, const ptrdiff_t *offsets, size_t count,
                                   const float *weights, const conv_end *end, const vf *bias, float *output,
                                   const float *residual) {
    vf sums[CK_CONV_PIXELS][CK_BLOCK_VECTORS];
#define CK_POINTWISE_EACH                                                                                              \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++)                                                     \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < CK_BLOCK_VECTORS; v++)
    CK_POINTWISE_EACH sums[p][v] = vf_set(0);
    for (size_t k = 0; k < count; k++, weights += CK_CHANNEL_BLOCK) {
        const float *from = pixels + offsets[k];
        vf w[CK_BLOCK_VECTORS];
        _Pragma("clang loop unroll(full)") for (int v = 0; v < CK_BLOCK_VECTORS; v++) w[v] =
            vf_load(weights + v * CK_WIDTH);
        _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {
            vf x = vf_set(from[p * CK_CHANNEL_BLOCK]);
            _Pragma("clang loop unroll(full)") for (int v = 0; v < CK_BLOCK_VECTORS; v++)
                sums[p][v] = vf_fma(x, w[v], sums[p][v]);
        }
    }
    const vf scale = end->scale, low = end->low, high = end->high;
    CK_POINTWISE_EACH sums[p][v] = vf_fma(sums[p][v], scale, bias[v]);
    if (residual)
        CK_POINTWISE_EACH sums[p][v] += vf_load(residual + p * CK_CHANNEL_BLOCK + v * CK_WIDTH);
    CK_POINTWISE_EACH vf_store(output + p * CK_CHANNEL_BLOCK + v * CK_WIDTH, vf_min(high, vf_max(low, sums[p][v])));
}

typedef void conv_pointwise_function(const float *pixels, const ptrdiff_t *offsets, size_t count, const float *weights,
                                     const conv_end *end, const vf *bias, float *output, const float *residual);

#define CK_POINTWISE_TILE(P)                                                                                           \
    static __attribute__((noinline)) void CK_NAME(conv_pointwise_##P)(                                                 \
        const float *pixels, const ptrdiff_t *offsets, size_t count, const float *weights, const conv_end *end,        \
        const vf *bias, float *output, const float *residual) {                                                        \
        conv_pointwise_tile(P, pixels, offsets, count, weights, end, bias, output, residual);                          \
    }

CK_POINTWISE_TILE(1)
CK_POINTWISE_TILE(2)
CK_POINTWISE_TILE(3)
CK_POINTWISE_TILE(4)
CK_POINTWISE_TILE(5)
CK_POINTWISE_TILE(6)

static void CK_NAME(conv_pointwise_task)(void *context, size_t index) {
    static conv_pointwise_function *const tiles[] = {
        CK_NAME(conv_pointwise_1), CK_NAME(conv_pointwise_2), CK_NAME(conv_pointwise_3),
        CK_NAME(conv_pointwise_4), CK_NAME(conv_pointwise_5), CK_NAME(conv_pointwise_6)};
    const conv_pointwise *work = context;
    const ck_conv_shape *shape = &work->shape;
    size_t part = index % work->parts, piece = index / work->parts % work->pieces;
    size_t batch = index / work->parts / work->pieces, first = piece * work->pixels;
    size_t count = conv_smaller(work->pixels, work->positions - first), blocks = conv_blocks(shape->output_channels);
    size_t plane = work->positions * CK_CHANNEL_BLOCK, tile_count = conv_ceil(count, CK_CONV_PIXELS);
    size_t first_block = part * blocks / work->parts, last_block = (part + 1) * blocks / work->parts;
    const float *pixels = work->input + batch * conv_blocks(shape->input_channels) * plane + first * CK_CHANNEL_BLOCK;
    const float *weights = work->weights + conv_blocks(shape->input_channels) * CK_CHANNEL_BLOCK;
    float *output = work->output + batch * blocks * plane + first * CK_CHANNEL_BLOCK;
    for (size_t block = 0; block < last_block; block++) {
        conv_range inputs = conv_pointwise_inputs(shape, block);
        size_t channels = inputs.end - inputs.first;
        if (block >= first_block) {
            vf bias[CK_BLOCK_VECTORS];
            for (size_t v = 0; v < CK_BLOCK_VECTORS; v++)
                bias[v] = conv_bias(work->end.bias, block * CK_CHANNEL_BLOCK + v * CK_WIDTH, shape->output_channels);
            float *to = output + block * plane;
            const float *from = pixels;
            for (size_t t = 0; t < tile_count; t++) {
                size_t taken = count / tile_count + (t < count % tile_count);
                tiles[taken - 1](from, work->offsets + inputs.first, channels, weights, &work->end, bias, to,
                                 work->end.residual ? work->end.residual + (to - work->output) : NULL);
                from += taken * CK_CHANNEL_BLOCK;
                to += taken * CK_CHANNEL_BLOCK;
            }
            size_t real = shape->output_channels - block * CK_CHANNEL_BLOCK;
            if (!work->end.clamps || real < CK_CHANNEL_BLOCK)
                CK_NAME(conv_finish)(&work->end, output + block * plane, count, real);
        }
        weights += channels * CK_CHANNEL_BLOCK;
    }
}

static void CK_NAME(conv_pointwise_run)(ck_pool *pool, const ck_conv_shape *shape, const float *input,
                                        const float *weights, const ck_epilogue *epilogue, float *output,
                                        float *scratch) {
    conv_pointwise work = {.shape = *shape,
                           .end = conv_end_for(epilogue),
                           .input = input,
                           .weights = weights,
                           .output = output,
                           .positions = conv_volume(shape->output)};
    if (work.positions * shape->batch * shape->output_channels == 0) return;
    ptrdiff_t *offsets = (ptrdiff_t *)(void *)scratch;
    for (size_t c = 0; c < shape->input_channels; c++) {
        int32_t channel;
        memcpy(&channel, weights + c, sizeof channel);
        offsets[c] = (ptrdiff_t)((size_t)channel / CK_CHANNEL_BLOCK * work.positions * CK_CHANNEL_BLOCK +
                                 (size_t)channel % CK_CHANNEL_BLOCK);
    }
    work.offsets = offsets;
    // PERF: the pixels of a piece stay in the first cache while all blocks of weights pass by.
    size_t fit = CK_POINTWISE_FLOATS / conv_larger(1, shape->input_channels) / CK_CONV_PIXELS;
    size_t limit = conv_larger(CK_POINTWISE_TILES, fit) * CK_CONV_PIXELS;
    work.pieces = conv_ceil(work.positions, limit);
    work.pixels = conv_ceil(work.positions, work.pieces);
    work.pieces = conv_ceil(work.positions, work.pixels);
    bool forks = conv_product(shape) > CK_CONV_FORK;
    size_t threads = forks ? ck_pool_thread_count(pool) : 1, items = shape->batch * work.pieces;
    work.parts = threads > 1 && items < 4 * threads ? conv_ceil(4 * threads, items) : 1;
    work.parts = conv_smaller(work.parts, conv_blocks(shape->output_channels));
    ck_pool_run(forks ? pool : NULL, items * work.parts, CK_NAME(conv_pointwise_task), &work);
}
