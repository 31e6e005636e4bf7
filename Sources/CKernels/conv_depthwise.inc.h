// One kernel for each channel, blocked to blocked. Packed weights: [block, kd, kh, kw, 16].

typedef struct conv_depthwise {
    ck_conv_shape shape;
    conv_end end;
    const float *input;
    const float *weights;
    float *output;
    size_t blocks;
    size_t rows;
    size_t pieces;
} conv_depthwise;

// A row of output for one vector of channels.
typedef struct conv_depthwise_row {
    const float *input;
    const float *weights;
    float *output;
    const float *residual;
    conv_range depth;
    conv_range height;
    // Distances between taps, and between outputs' inputs.
    ptrdiff_t tap[3];
    ptrdiff_t step;
    size_t kernel[3];
    vf bias;
    const conv_end *end;
} conv_depthwise_row;

CK_INLINE void conv_depthwise_store(const int P, const conv_depthwise_row *row, size_t x, const vf *sums) {
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {
        size_t at = (x + (size_t)p) * CK_CHANNEL_BLOCK;
        conv_store(row->end, row->output + at, sums[p], row->bias, row->residual ? row->residual + at : NULL);
    }
}

// P neighbours, K taps in a row, S columns between neighbours, no dilation.
CK_INLINE void conv_depthwise_fixed(const int P, const int K, const int S, const conv_depthwise_row *row, size_t x) {
    vf sums[8];
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) sums[p] = vf_set(0);
    const float *start = row->input + (ptrdiff_t)x * row->step;
    for (size_t kd = row->depth.first; kd < row->depth.end; kd++)
        for (size_t ky = row->height.first; ky < row->height.end; ky++) {
            const float *from = start + (ptrdiff_t)kd * row->tap[0] + (ptrdiff_t)ky * row->tap[1];
            const float *weights = row->weights + (kd * row->kernel[1] + ky) * (size_t)K * CK_CHANNEL_BLOCK;
            vf w[5];
            _Pragma("clang loop unroll(full)") for (int k = 0; k < K; k++) w[k] =
                vf_load(weights + k * CK_CHANNEL_BLOCK);
            _Pragma("clang loop unroll(full)") for (int j = 0; j < (P - 1) * S + K; j++) {
                vf value = vf_load(from + j * CK_CHANNEL_BLOCK);
                _Pragma("clang loop unroll(full)") for (int k = 0; k < K; k++) {
                    if (j >= k && (j - k) % S == 0 && (j - k) / S < P)
                        sums[(j - k) / S] = vf_fma(value, w[k], sums[(j - k) / S]);
                }
            }
        }
    conv_depthwise_store(P, row, x, sums);
}

// The same for the first `count` of 8 neighbours, of whose inputs [inside.first, inside.end) exist.
CK_INLINE void conv_depthwise_edge(const int K, const int S, const conv_depthwise_row *row, size_t x, size_t count,
                                   conv_range inside) {
    vf sums[8];
    _Pragma("clang loop unroll(full)") for (int p = 0; p < 8; p++) sums[p] = vf_set(0);
    const float *start = row->input + (ptrdiff_t)x * row->step;
    for (size_t kd = row->depth.first; kd < row->depth.end; kd++)
        for (size_t ky = row->height.first; ky < row->height.end; ky++) {
            const float *from = start + (ptrdiff_t)kd * row->tap[0] + (ptrdiff_t)ky * row->tap[1];
            const float *weights = row->weights + (kd * row->kernel[1] + ky) * (size_t)K * CK_CHANNEL_BLOCK;
            vf w[5];
            _Pragma("clang loop unroll(full)") for (int k = 0; k < K; k++) w[k] =
                vf_load(weights + k * CK_CHANNEL_BLOCK);
            _Pragma("clang loop unroll(full)") for (int j = 0; j < 7 * S + K; j++) {
                if ((size_t)j < inside.first || (size_t)j >= inside.end) continue;
                vf value = vf_load(from + j * CK_CHANNEL_BLOCK);
                _Pragma("clang loop unroll(full)") for (int k = 0; k < K; k++) {
                    if (j >= k && (j - k) % S == 0 && (j - k) / S < 8)
                        sums[(j - k) / S] = vf_fma(value, w[k], sums[(j - k) / S]);
                }
            }
        }
    _Pragma("clang loop unroll(full)") for (int p = 0; p < 8; p++) {
        size_t at = (x + (size_t)p) * CK_CHANNEL_BLOCK;
        if ((size_t)p < count)
            conv_store(row->end, row->output + at, sums[p], row->bias, row->residual ? row->residual + at : NULL);
    }
}

// P neighbours and the taps [first, end) of a row.
CK_INLINE void conv_depthwise_any(const int P, const conv_depthwise_row *row, size_t x, conv_range width) {
    vf sums[4];
    for (int p = 0; p < P; p++) sums[p] = vf_set(0);
    const float *start = row->input + (ptrdiff_t)x * row->step;
    for (size_t kd = row->depth.first; kd < row->depth.end; kd++)
        for (size_t ky = row->height.first; ky < row->height.end; ky++) {
            const float *from = start + (ptrdiff_t)kd * row->tap[0] + (ptrdiff_t)ky * row->tap[1];
            const float *weights = row->weights + (kd * row->kernel[1] + ky) * row->kernel[2] * CK_CHANNEL_BLOCK;
            for (size_t kx = width.first; kx < width.end; kx++) {
                vf w = vf_load(weights + kx * CK_CHANNEL_BLOCK);
                _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) sums[p] =
                    vf_fma(vf_load(from + (ptrdiff_t)kx * row->tap[2] + p * row->step), w, sums[p]);
            }
        }
    conv_depthwise_store(P, row, x, sums);
}

#define CK_DEPTHWISE_ROW(K, S)                                                                                         \
    static __attribute__((noinline)) void CK_NAME(conv_depthwise_##K##_##S)(const conv_depthwise_row *row,             \
                                                                            const ck_conv_shape *shape) {              \
        size_t width = shape->output[2], pad = shape->pad[2], real = shape->input[2] + pad;                            \
        for (size_t x = 0; x < width; x += 8) {                                                                        \
            size_t count = conv_smaller(8, width - x), start = x * S, span = (count - 1) * S + K;                      \
            conv_range inside = {start < pad ? pad - start : 0,                                                        \
                                 real > start ? conv_smaller(real - start, span) : 0};                                 \
            if (count == 8 && inside.first == 0 && inside.end == span)                                                 \
                conv_depthwise_fixed(8, K, S, row, x);                                                                 \
            else                                                                                                       \
                conv_depthwise_edge(K, S, row, x, count, inside);                                                      \
        }                                                                                                              \
    }

CK_DEPTHWISE_ROW(3, 1)
CK_DEPTHWISE_ROW(3, 2)
CK_DEPTHWISE_ROW(5, 1)
CK_DEPTHWISE_ROW(5, 2)

static __attribute__((noinline)) void CK_NAME(conv_depthwise_any_row)(const conv_depthwise_row *row,
                                                                      const ck_conv_shape *shape) {
    size_t span = shape->kernel[2] ? (shape->kernel[2] - 1) * shape->dilation[2] : 0, width = shape->output[2];
    conv_range inner = {conv_ceil(shape->pad[2], shape->stride[2]), 0}, all = {0, shape->kernel[2]};
    if (shape->input[2] + shape->pad[2] > span)
        inner.end = conv_smaller(width, (shape->input[2] + shape->pad[2] - span - 1) / shape->stride[2] + 1);
    for (size_t x = 0; x < width;) {
        if (x >= inner.first && x + 4 <= inner.end) {
            conv_depthwise_any(4, row, x, all);
            x += 4;
            continue;
        }
        conv_depthwise_any(1, row, x,
                           conv_taps(x, shape->stride[2], shape->pad[2], shape->dilation[2], shape->kernel[2],
                                     shape->input[2]));
        x++;
    }
}

typedef void conv_depthwise_function(const conv_depthwise_row *row, const ck_conv_shape *shape);

CK_INLINE conv_depthwise_function *conv_depthwise_for(const ck_conv_shape *shape) {
    if (shape->dilation[2] == 1 && shape->kernel[2] == 3 && shape->stride[2] == 1) return CK_NAME(conv_depthwise_3_1);
    if (shape->dilation[2] == 1 && shape->kernel[2] == 3 && shape->stride[2] == 2) return CK_NAME(conv_depthwise_3_2);
    if (shape->dilation[2] == 1 && shape->kernel[2] == 5 && shape->stride[2] == 1) return CK_NAME(conv_depthwise_5_1);
    if (shape->dilation[2] == 1 && shape->kernel[2] == 5 && shape->stride[2] == 2) return CK_NAME(conv_depthwise_5_2);
    return CK_NAME(conv_depthwise_any_row);
}

CK_INLINE size_t conv_depthwise_weights_size(const ck_conv_shape *shape) {
    return conv_blocks(shape->output_channels) * conv_volume(shape->kernel) * CK_CHANNEL_BLOCK;
}

static void CK_NAME(conv_depthwise_task)(void *context, size_t index) {
    const conv_depthwise *work = context;
    const ck_conv_shape *shape = &work->shape;
    size_t piece = index % work->pieces, block = index / work->pieces % work->blocks;
    size_t batch = index / work->pieces / work->blocks, image = batch * work->blocks + block;
    size_t rows = shape->output[0] * shape->output[1], first = piece * work->rows;
    size_t last = conv_smaller(rows, first + work->rows), width = shape->output[2];
    size_t input_row = shape->input[2] * CK_CHANNEL_BLOCK, input_slice = shape->input[1] * input_row;
    size_t channels = shape->output_channels - block * CK_CHANNEL_BLOCK;
    conv_depthwise_function *function = conv_depthwise_for(shape);
    float *output = work->output + image * rows * width * CK_CHANNEL_BLOCK;
    for (size_t r = first; r < last; r++) {
        size_t d = r / shape->output[1], y = r % shape->output[1];
        conv_depthwise_row row = {
            .depth = conv_taps(d, shape->stride[0], shape->pad[0], shape->dilation[0], shape->kernel[0],
                               shape->input[0]),
            .height = conv_taps(y, shape->stride[1], shape->pad[1], shape->dilation[1], shape->kernel[1],
                                shape->input[1]),
            .tap = {(ptrdiff_t)(shape->dilation[0] * input_slice), (ptrdiff_t)(shape->dilation[1] * input_row),
                    (ptrdiff_t)(shape->dilation[2] * CK_CHANNEL_BLOCK)},
            .step = (ptrdiff_t)(shape->stride[2] * CK_CHANNEL_BLOCK),
            .kernel = {shape->kernel[0], shape->kernel[1], shape->kernel[2]},
            .end = &work->end};
        ptrdiff_t start =
            (ptrdiff_t)(image * shape->input[0] * input_slice) +
            ((ptrdiff_t)(d * shape->stride[0]) - (ptrdiff_t)shape->pad[0]) * (ptrdiff_t)input_slice +
            ((ptrdiff_t)(y * shape->stride[1]) - (ptrdiff_t)shape->pad[1]) * (ptrdiff_t)input_row -
            (ptrdiff_t)(shape->pad[2] * CK_CHANNEL_BLOCK);
        for (size_t v = 0; v < CK_BLOCK_VECTORS; v++) {
            size_t lane = v * CK_WIDTH;
            row.input = work->input + start + (ptrdiff_t)lane;
            row.weights = work->weights + block * conv_volume(shape->kernel) * CK_CHANNEL_BLOCK + lane;
            row.output = output + r * width * CK_CHANNEL_BLOCK + lane;
            row.residual = work->end.residual ? work->end.residual + (row.output - work->output) : NULL;
            row.bias = conv_bias(work->end.bias, block * CK_CHANNEL_BLOCK + lane, shape->output_channels);
            function(&row, shape);
        }
    }
    if (!work->end.clamps || channels < CK_CHANNEL_BLOCK)
        CK_NAME(conv_finish)(&work->end, output + first * width * CK_CHANNEL_BLOCK, (last - first) * width, channels);
}

static void CK_NAME(conv_depthwise_run)(ck_pool *pool, const ck_conv_shape *shape, const float *input,
                                        const float *weights, const ck_epilogue *epilogue, float *output) {
    conv_depthwise work = {.shape = *shape,
                           .end = conv_end_for(epilogue),
                           .input = input,
                           .weights = weights,
                           .output = output,
                           .blocks = conv_blocks(shape->output_channels)};
    size_t rows = shape->output[0] * shape->output[1];
    if (rows * shape->output[2] == 0) return;
    size_t row_product = conv_larger(1, shape->output[2] * CK_CHANNEL_BLOCK * conv_volume(shape->kernel));
    work.rows = conv_smaller(rows, conv_ceil(200000, row_product));
    work.pieces = conv_ceil(rows, work.rows);
    bool forks = conv_product(shape) > CK_CONV_FORK / 3;
    ck_pool_run(forks ? pool : NULL, shape->batch * work.blocks * work.pieces, CK_NAME(conv_depthwise_task), &work);
}
