// Few channels: plain to blocked. Packed weights: [block, input channel, kd, kh, kw, 16].

typedef struct conv_first {
    ck_conv_shape shape;
    conv_end end;
    const float *input;
    const float *weights;
    float *output;
    size_t pixels;
    size_t pieces;
} conv_first;

// The inputs of a register tile: pixels[p][offsets[product]].
typedef struct conv_first_tile {
    const float *pixels[CK_CONV_PIXELS];
    const ptrdiff_t *offsets;
    size_t products;
    size_t count;
    const conv_end *end;
    size_t weights_stride;
    size_t output_stride;
} conv_first_tile;

CK_INLINE void conv_first_sum(const int P, const int V, const conv_first_tile *tile, const float *weights,
                              const vf *biases, float *output, const float *residual) {
    vf sum[CK_CONV_PIXELS][CK_CONV_VECTORS];
    const float *pixels[CK_CONV_PIXELS];
    const size_t stride = tile->weights_stride, output_stride = tile->output_stride;
    CK_CONV_EACH sum[p][v] = vf_set(0);
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) pixels[p] = tile->pixels[p];
    const ptrdiff_t *offsets = tile->offsets, *end = offsets + tile->products;
    for (; offsets < end; offsets++, weights += CK_CHANNEL_BLOCK) {
        ptrdiff_t at = *offsets;
        vf w[CK_CONV_VECTORS];
        _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++) w[v] =
            vf_load(weights + (size_t)(v / CK_BLOCK_VECTORS) * stride + v % CK_BLOCK_VECTORS * CK_WIDTH);
        _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {
            vf value = vf_set(pixels[p][at]);
            _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++) sum[p][v] = vf_fma(value, w[v], sum[p][v]);
        }
    }
    const vf scale = tile->end->scale, low = tile->end->low, high = tile->end->high;
    const size_t count = tile->count;
    CK_CONV_EACH sum[p][v] = vf_fma(sum[p][v], scale, biases[v]);
#define CK_FIRST_AT                                                                                                    \
    ((size_t)(v / CK_BLOCK_VECTORS) * output_stride +                                                                  \
     (size_t)(p * CK_CHANNEL_BLOCK + v % CK_BLOCK_VECTORS * CK_WIDTH))
    if (residual)
        CK_CONV_EACH if ((size_t)p < count) sum[p][v] += vf_load(residual + CK_FIRST_AT);
    if (count == (size_t)P)
        CK_CONV_EACH vf_store(output + CK_FIRST_AT, vf_min(high, vf_max(low, sum[p][v])));
    else
        CK_CONV_EACH if ((size_t)p < count)
            vf_store(output + CK_FIRST_AT, vf_min(high, vf_max(low, sum[p][v])));
}

#define CK_FIRST_SUM(P, V)                                                                                             \
    static __attribute__((noinline)) void CK_NAME(conv_first_##P##_##V)(const conv_first_tile *tile,                   \
                                                                        const float *weights, const vf *biases,        \
                                                                        float *output, const float *residual) {        \
        conv_first_sum(P, V, tile, weights, biases, output, residual);                                                 \
    }

CK_FIRST_SUM(1, 2)
CK_FIRST_SUM(6, 2)
#if CK_WIDTH == 16
CK_FIRST_SUM(1, 1)
CK_FIRST_SUM(6, 1)
CK_FIRST_SUM(1, 4)
CK_FIRST_SUM(6, 4)
#endif

typedef void conv_first_function(const conv_first_tile *tile, const float *weights, const vf *biases, float *output,
                                 const float *residual);

CK_INLINE conv_first_function *conv_first_for(size_t pixels, size_t vectors) {
#if CK_WIDTH == 16
    if (vectors == 1) return pixels == 1 ? CK_NAME(conv_first_1_1) : CK_NAME(conv_first_6_1);
    if (vectors == 4) return pixels == 1 ? CK_NAME(conv_first_1_4) : CK_NAME(conv_first_6_4);
#endif
    (void)vectors;
    return pixels == 1 ? CK_NAME(conv_first_1_2) : CK_NAME(conv_first_6_2);
}

CK_INLINE size_t conv_first_weights_size(const ck_conv_shape *shape) {
    return conv_blocks(shape->output_channels) * shape->input_channels * conv_volume(shape->kernel) * CK_CHANNEL_BLOCK;
}

// Copies what a tile at an edge meets to [product, 6], zeros where it is outside.
CK_INLINE void conv_first_gather(const ck_conv_shape *shape, const float *image, size_t count,
                                 ptrdiff_t place[CK_CONV_PIXELS][3], float *gathered) {
    const size_t *in = shape->input;
    size_t products = shape->input_channels * conv_volume(shape->kernel);
    for (size_t i = 0; i < products * CK_CONV_PIXELS; i++) gathered[i] = 0;
    for (size_t p = 0; p < count; p++) {
        float *to = gathered + p;
        for (size_t c = 0; c < shape->input_channels; c++)
            for (size_t kd = 0; kd < shape->kernel[0]; kd++)
                for (size_t ky = 0; ky < shape->kernel[1]; ky++, to += shape->kernel[2] * CK_CONV_PIXELS) {
                    size_t d = (size_t)place[p][0] + kd * shape->dilation[0];
                    size_t y = (size_t)place[p][1] + ky * shape->dilation[1];
                    if (d >= in[0] || y >= in[1]) continue;
                    const float *row = image + ((c * in[0] + d) * in[1] + y) * in[2];
                    for (size_t kx = 0, x = (size_t)place[p][2]; kx < shape->kernel[2]; kx++, x += shape->dilation[2])
                        if (x < in[2]) to[kx * CK_CONV_PIXELS] = row[x];
                }
    }
}

static void CK_NAME(conv_first_task)(void *context, size_t index) {
    const conv_first *work = context;
    const ck_conv_shape *shape = &work->shape;
    const size_t *in = shape->input;
    size_t piece = index % work->pieces, batch = index / work->pieces;
    size_t plane = conv_volume(shape->output), first = piece * work->pixels;
    size_t last = conv_smaller(plane, first + work->pixels), output_plane = plane * CK_CHANNEL_BLOCK;
    size_t blocks = conv_blocks(shape->output_channels), volume = conv_volume(shape->kernel);
    size_t weights_stride = shape->input_channels * volume * CK_CHANNEL_BLOCK;
    const float *image = work->input + batch * shape->input_channels * conv_volume(shape->input);
    float *output = work->output + batch * blocks * output_plane;
    float gathered[CK_CONV_FIRST_LIMIT * CK_CONV_PIXELS];
    size_t products = shape->input_channels * volume;
    ptrdiff_t offsets[CK_CONV_FIRST_LIMIT], edge_offsets[CK_CONV_FIRST_LIMIT];
    for (size_t k = 0; k < products; k++) {
        size_t kx = k % shape->kernel[2], ky = k / shape->kernel[2] % shape->kernel[1];
        size_t kd = k / shape->kernel[2] / shape->kernel[1] % shape->kernel[0], c = k / volume;
        offsets[k] = (ptrdiff_t)(((c * in[0] + kd * shape->dilation[0]) * in[1] + ky * shape->dilation[1]) * in[2] +
                                 kx * shape->dilation[2]);
        edge_offsets[k] = (ptrdiff_t)(k * CK_CONV_PIXELS);
    }
    ptrdiff_t span[3];
    for (int axis = 0; axis < 3; axis++) span[axis] = (ptrdiff_t)((shape->kernel[axis] - 1) * shape->dilation[axis]);
    conv_range inner[3];
    for (int axis = 0; axis < 3; axis++) {
        size_t reach = in[axis] + shape->pad[axis];
        inner[axis].first = conv_ceil(shape->pad[axis], shape->stride[axis]);
        inner[axis].end = reach > (size_t)span[axis] ? (reach - (size_t)span[axis] - 1) / shape->stride[axis] + 1 : 0;
    }
    size_t x = first % shape->output[2], y = first / shape->output[2] % shape->output[1];
    size_t d = first / shape->output[2] / shape->output[1];
    for (size_t pixel = first, count; pixel < last; pixel += count) {
        count = conv_smaller(CK_CONV_PIXELS, last - pixel);
        conv_first_tile tile = {.products = products,
                                .count = count,
                                .end = &work->end,
                                .weights_stride = weights_stride,
                                .output_stride = output_plane};
        ptrdiff_t place[CK_CONV_PIXELS][3];
        bool at_edge = count < CK_CONV_PIXELS;
        // PERF: neighbours in a row whose taps are all inside need no look-up of their own.
        bool is_run = !at_edge && x >= inner[2].first && x + CK_CONV_PIXELS <= inner[2].end && y >= inner[1].first &&
                      y < inner[1].end && d >= inner[0].first && d < inner[0].end;
        if (is_run) {
            const float *from = image + ((d * shape->stride[0] - shape->pad[0]) * in[1] + y * shape->stride[1] -
                                         shape->pad[1]) * in[2] + x * shape->stride[2] - shape->pad[2];
            tile.offsets = offsets;
            for (size_t p = 0; p < CK_CONV_PIXELS; p++) tile.pixels[p] = from + p * shape->stride[2];
            x += CK_CONV_PIXELS;
            if (x == shape->output[2]) {
                x = 0;
                if (++y == shape->output[1]) y = 0, d++;
            }
        }
        for (size_t p = 0; p < count && !is_run; p++) {
            size_t at[3] = {d, y, x};
            for (int axis = 0; axis < 3; axis++) {
                place[p][axis] = (ptrdiff_t)(at[axis] * shape->stride[axis]) - (ptrdiff_t)shape->pad[axis];
                at_edge |= place[p][axis] < 0 || place[p][axis] + span[axis] >= (ptrdiff_t)in[axis];
            }
            if (++x == shape->output[2]) {
                x = 0;
                if (++y == shape->output[1]) y = 0, d++;
            }
        }
        if (at_edge) {
            conv_first_gather(shape, image, count, place, gathered);
            tile.offsets = edge_offsets;
            for (size_t p = 0; p < CK_CONV_PIXELS; p++) tile.pixels[p] = gathered + p;
        } else if (!is_run) {
            tile.offsets = offsets;
            for (size_t p = 0; p < CK_CONV_PIXELS; p++)
                tile.pixels[p] =
                    image + ((size_t)place[p][0] * in[1] + (size_t)place[p][1]) * in[2] + (size_t)place[p][2];
        }
        size_t vectors = blocks * CK_BLOCK_VECTORS;
        for (size_t vector = 0, taken; vector < vectors; vector += taken) {
            taken = conv_vectors(vectors - vector);
            size_t channel = vector * CK_WIDTH, block = channel / CK_CHANNEL_BLOCK, lane = channel % CK_CHANNEL_BLOCK;
            vf biases[CK_CONV_VECTORS];
            for (size_t v = 0; v < taken; v++)
                biases[v] = conv_bias(work->end.bias, channel + v * CK_WIDTH, shape->output_channels);
            float *to = output + block * output_plane + pixel * CK_CHANNEL_BLOCK + lane;
            conv_first_for(count, taken)(&tile, work->weights + block * weights_stride + lane, biases, to,
                                         work->end.residual ? work->end.residual + (to - work->output) : NULL);
        }
    }
    for (size_t block = 0; block < blocks; block++) {
        size_t channels = shape->output_channels - block * CK_CHANNEL_BLOCK;
        if (!work->end.clamps || channels < CK_CHANNEL_BLOCK)
            CK_NAME(conv_finish)(&work->end, output + block * output_plane + first * CK_CHANNEL_BLOCK, last - first,
                                 channels);
    }
}

static void CK_NAME(conv_first_run)(ck_pool *pool, const ck_conv_shape *shape, const float *input,
                                    const float *weights, const ck_epilogue *epilogue, float *output) {
    size_t pixels = conv_volume(shape->output);
    conv_first work = {.shape = *shape,
                       .end = conv_end_for(epilogue),
                       .input = input,
                       .weights = weights,
                       .output = output,
                       .pixels = CK_CONV_TILES * CK_CONV_PIXELS,
                       .pieces = conv_ceil(pixels, CK_CONV_TILES * CK_CONV_PIXELS)};
    bool forks = conv_product(shape) > CK_CONV_FORK;
    ck_pool_run(forks ? pool : NULL, shape->batch * work.pieces, CK_NAME(conv_first_task), &work);
}
