// Blocked to blocked: register tiles of pixels by channels over taps and input channels.
//
// Packed weights: [group, output block, kd, input block, kh, kw, 16 input, 16 output].

#define CK_TAP_FLOATS (CK_CHANNEL_BLOCK * CK_CHANNEL_BLOCK)
// Columns of taps whose pixels are looked up.
#define CK_CONV_COLUMNS 16
// Tiles of one piece of work.
#define CK_CONV_TILES 64
#if CK_WIDTH == 16
#define CK_CONV_VECTORS 4
#else
#define CK_CONV_VECTORS 2
#endif

// Pixels whose results are neighbours in the output: where each begins in the input's plane, padding counted.
typedef struct conv_tile {
    ptrdiff_t offset[CK_CONV_PIXELS];
    ptrdiff_t y[CK_CONV_PIXELS];
    ptrdiff_t x[CK_CONV_PIXELS];
    unsigned count;
    // Whether a tap of a pixel is outside the input; if so, which pixels have each column of taps inside.
    bool at_edge;
    uint8_t columns[CK_CONV_COLUMNS];
} conv_tile;

// Some of the input channels and one depth of the kernel, for one group of output channels.
typedef struct conv_pass {
    const float *input;
    size_t plane;
    size_t blocks;
    size_t last_channels;
    size_t kernel[2];
    ptrdiff_t tap_y;
    ptrdiff_t tap_x;
    size_t input_y;
    size_t input_x;
    ptrdiff_t dilation[2];
    const float *weights;
    size_t weights_stride;
    // What is read later, of which each tap fetches so many lines.
    const float *later;
    size_t later_lines;
    size_t output_stride;
    bool is_first;
    bool is_last;
    vf bias[CK_CONV_VECTORS];
    const conv_end *end;
} conv_pass;

static const float CK_NAME(conv_zeros)[CK_CHANNEL_BLOCK] = {0};

CK_INLINE unsigned conv_inside(const int P, const ptrdiff_t *starts, ptrdiff_t offset, size_t limit) {
    unsigned inside = 0;
    for (int p = 0; p < P; p++) inside |= (unsigned)((size_t)(starts[p] + offset) < limit) << p;
    return inside;
}

// sums[p][v] += pixels[p][at + c] * weights[c][v] over the channels.
CK_INLINE void conv_multiply(const int P, const int V, vf sums[CK_CONV_PIXELS][CK_CONV_VECTORS],
                             const float *const *pixels, ptrdiff_t at, const float *weights, size_t stride,
                             size_t channels) {
#define CK_CONV_STEP(C)                                                                                                \
    {                                                                                                                  \
        vf w[CK_CONV_VECTORS];                                                                                         \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++) w[v] =                                          \
            vf_load(weights + (C) * CK_CHANNEL_BLOCK + (size_t)(v / CK_BLOCK_VECTORS) * stride +                       \
                    v % CK_BLOCK_VECTORS * CK_WIDTH);                                                                  \
        _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {                                               \
            vf x = vf_set(pixels[p][at + (ptrdiff_t)(C)]);                                                             \
            _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++)                                             \
                sums[p][v] = vf_fma(x, w[v], sums[p][v]);                                                              \
        }                                                                                                              \
    }
    // PERF: hidden from the optimiser, which would otherwise keep, move and spill one pointer for each pixel and tap.
    __asm__("" : "+r"(at));
    if (channels == CK_CHANNEL_BLOCK) {
        _Pragma("clang loop unroll(full)") for (int c = 0; c < CK_CHANNEL_BLOCK; c++) CK_CONV_STEP(c)
        return;
    }
    _Pragma("clang loop unroll(disable)") for (size_t c = 0; c < channels; c++) CK_CONV_STEP(c)
}

// Fetches lines of what is read later into the second cache; where the next ones are.
CK_INLINE const float *conv_fetch(const float *later, size_t lines) {
    for (size_t line = 0; line < lines; line++, later += CK_CHANNEL_BLOCK) __builtin_prefetch(later, 0, 2);
    return later;
}

// P pixels by V vectors; `at_edge` where taps are outside the input.
CK_INLINE void conv_direct_tile(const int P, const int V, const bool at_edge, const conv_pass *pass,
                                const conv_tile *tile, float *output, const float *residual) {
    vf sums[CK_CONV_PIXELS][CK_CONV_VECTORS];
    const float *starts[CK_CONV_PIXELS];
    const unsigned all = (1u << P) - 1;
    const float *weights = pass->weights, *later = pass->later;
    const size_t rows = pass->kernel[0], columns = pass->kernel[1], stride = pass->weights_stride;
    const ptrdiff_t tap_x = pass->tap_x;
#define CK_CONV_EACH                                                                                                   \
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++)                                                     \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < V; v++)
#define CK_CONV_AT                                                                                                     \
    ((size_t)(v / CK_BLOCK_VECTORS) * pass->output_stride +                                                            \
     (size_t)(p * CK_CHANNEL_BLOCK + v % CK_BLOCK_VECTORS * CK_WIDTH))
    CK_CONV_EACH sums[p][v] = vf_set(0);
    if (!pass->is_first)
        CK_CONV_EACH sums[p][v] = vf_load(output + CK_CONV_AT);
    _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) starts[p] = pass->input + tile->offset[p];
    for (size_t b = 0; b < pass->blocks; b++) {
        size_t channels = b + 1 == pass->blocks ? pass->last_channels : CK_CHANNEL_BLOCK;
        ptrdiff_t row = (ptrdiff_t)(b * pass->plane);
        for (size_t ky = 0; ky < rows; ky++, row += pass->tap_y) {
            ptrdiff_t tap = row;
            if (!at_edge) {
                for (size_t kx = 0; kx < columns; kx++, tap += tap_x, weights += CK_TAP_FLOATS) {
                    later = conv_fetch(later, pass->later_lines);
                    conv_multiply(P, V, sums, starts, tap, weights, stride, channels);
                }
                continue;
            }
            unsigned above = conv_inside(P, tile->y, (ptrdiff_t)ky * pass->dilation[0], pass->input_y);
            for (size_t kx = 0; kx < columns; kx++, tap += tap_x, weights += CK_TAP_FLOATS) {
                later = conv_fetch(later, pass->later_lines);
                unsigned inside = above & (kx < CK_CONV_COLUMNS
                                               ? tile->columns[kx]
                                               : conv_inside(P, tile->x, (ptrdiff_t)kx * pass->dilation[1],
                                                             pass->input_x));
                if ((inside & all) == 0) continue;
                const float *pixels[CK_CONV_PIXELS];
                _Pragma("clang loop unroll(full)") for (int p = 0; p < P; p++) {
                    uintptr_t mask = 0 - (uintptr_t)(inside >> p & 1);
                    pixels[p] = (const float *)(((uintptr_t)(starts[p] + tap) & mask) |
                                                ((uintptr_t)CK_NAME(conv_zeros) & ~mask));
                }
                conv_multiply(P, V, sums, pixels, 0, weights, stride, channels);
            }
        }
    }
    if (!pass->is_last) {
        CK_CONV_EACH vf_store(output + CK_CONV_AT, sums[p][v]);
        return;
    }
    const vf scale = pass->end->scale, low = pass->end->low, high = pass->end->high;
    CK_CONV_EACH sums[p][v] = vf_fma(sums[p][v], scale, pass->bias[v]);
    if (residual)
        CK_CONV_EACH sums[p][v] += vf_load(residual + CK_CONV_AT);
    CK_CONV_EACH vf_store(output + CK_CONV_AT, vf_min(high, vf_max(low, sums[p][v])));
}

#define CK_CONV_TILE(P, V)                                                                                             \
    static __attribute__((noinline)) void CK_NAME(conv_tile_##P##_##V)(                                                \
        const conv_pass *pass, const conv_tile *tile, float *output, const float *residual) {                          \
        conv_direct_tile(P, V, false, pass, tile, output, residual);                                                   \
    }                                                                                                                  \
    static __attribute__((noinline)) void CK_NAME(conv_edge_##P##_##V)(                                                \
        const conv_pass *pass, const conv_tile *tile, float *output, const float *residual) {                          \
        conv_direct_tile(P, V, true, pass, tile, output, residual);                                                    \
    }
#define CK_CONV_TILES_OF(V)                                                                                            \
    CK_CONV_TILE(1, V) CK_CONV_TILE(2, V) CK_CONV_TILE(3, V) CK_CONV_TILE(4, V) CK_CONV_TILE(5, V) CK_CONV_TILE(6, V)

typedef void conv_tile_function(const conv_pass *pass, const conv_tile *tile, float *output, const float *residual);

#define CK_CONV_ROW_OF(V)                                                                                              \
    {CK_NAME(conv_tile_1_##V), CK_NAME(conv_tile_2_##V), CK_NAME(conv_tile_3_##V), CK_NAME(conv_tile_4_##V),           \
     CK_NAME(conv_tile_5_##V), CK_NAME(conv_tile_6_##V), CK_NAME(conv_edge_1_##V), CK_NAME(conv_edge_2_##V),           \
     CK_NAME(conv_edge_3_##V), CK_NAME(conv_edge_4_##V), CK_NAME(conv_edge_5_##V), CK_NAME(conv_edge_6_##V)}

CK_CONV_TILES_OF(2)
#if CK_WIDTH == 16
CK_CONV_TILES_OF(1)
CK_CONV_TILES_OF(4)
#endif

CK_INLINE conv_tile_function *conv_tile_for(const conv_tile *tile, size_t vectors) {
    static conv_tile_function *const two[] = CK_CONV_ROW_OF(2);
    size_t index = tile->count - 1 + (tile->at_edge ? CK_CONV_PIXELS : 0);
#if CK_WIDTH == 16
    static conv_tile_function *const one[] = CK_CONV_ROW_OF(1), *const four[] = CK_CONV_ROW_OF(4);
    if (vectors != 2) return vectors == 1 ? one[index] : four[index];
#endif
    (void)vectors;
    return two[index];
}

// Vectors of output channels that the next register tile takes, of those that are left.
CK_INLINE size_t conv_vectors(size_t left) {
#if CK_WIDTH == 16
    return left >= 4 ? 4 : left >= 2 ? 2 : 1;
#else
    (void)left;
    return 2;
#endif
}

// Lets one of some tiles fetch its part of the weights that the next pass reads, which lie as this pass's do from `next`.
CK_INLINE void conv_fetch_later(conv_pass *pass, const float *next, size_t taken, size_t tiles, size_t tile) {
    const size_t streams = conv_ceil(taken, CK_BLOCK_VECTORS), parts = conv_larger(1, tiles / streams);
    const size_t taps = pass->blocks * pass->kernel[0] * pass->kernel[1], index = tile / streams;
    const size_t lines = conv_ceil(CK_CHANNEL_BLOCK, parts);
    pass->later_lines = index * lines < CK_CHANNEL_BLOCK ? lines : 0;
    pass->later = next + tile % streams * pass->weights_stride + index * taps * lines * CK_CHANNEL_BLOCK;
}

// Groups of 1, 2, 4 or 8 channels as groups of 16 whose weights are zero between them.
CK_INLINE bool conv_merges(const ck_conv_shape *shape) {
    if (shape->groups <= 1 || shape->input_channels != shape->output_channels) return false;
    size_t channels = shape->input_channels / shape->groups;
    return channels != 0 && channels < CK_CHANNEL_BLOCK && CK_CHANNEL_BLOCK % channels == 0 &&
           shape->input_channels % CK_CHANNEL_BLOCK == 0;
}

CK_INLINE ck_conv_shape conv_merged(const ck_conv_shape *shape) {
    ck_conv_shape merged = *shape;
    if (conv_merges(shape)) merged.groups = shape->input_channels / CK_CHANNEL_BLOCK;
    return merged;
}

typedef struct conv_direct {
    ck_conv_shape shape;
    conv_end end;
    const float *input;
    const float *weights;
    float *output;
    // Pixels of a piece, pieces of a plane, and parts of the output channels.
    size_t pixels;
    size_t pieces;
    size_t parts;
} conv_direct;

CK_INLINE size_t conv_direct_weights_size(const ck_conv_shape *given) {
    if (given->groups == 0) return 0;
    ck_conv_shape shape = conv_merged(given);
    return shape.groups * conv_blocks(shape.output_channels / shape.groups) *
           conv_blocks(shape.input_channels / shape.groups) * conv_volume(shape.kernel) * CK_TAP_FLOATS;
}

// The pixels [first, first + count) of an output plane as register tiles; their number.
CK_INLINE size_t conv_make_tiles(const ck_conv_shape *shape, size_t first, size_t count, conv_tile *tiles) {
    size_t tile_count = conv_ceil(count, CK_CONV_PIXELS);
    size_t oy = first / shape->output[2], ox = first % shape->output[2];
    ptrdiff_t span_y = (ptrdiff_t)((shape->kernel[1] - 1) * shape->dilation[1]);
    ptrdiff_t span_x = (ptrdiff_t)((shape->kernel[2] - 1) * shape->dilation[2]);
    for (size_t t = 0; t < tile_count; t++) {
        conv_tile *tile = tiles + t;
        tile->count = (unsigned)(count / tile_count + (t < count % tile_count));
        tile->at_edge = false;
        for (unsigned p = 0; p < tile->count; p++) {
            ptrdiff_t y = (ptrdiff_t)(oy * shape->stride[1]) - (ptrdiff_t)shape->pad[1];
            ptrdiff_t x = (ptrdiff_t)(ox * shape->stride[2]) - (ptrdiff_t)shape->pad[2];
            tile->y[p] = y;
            tile->x[p] = x;
            tile->offset[p] = (y * (ptrdiff_t)shape->input[2] + x) * CK_CHANNEL_BLOCK;
            if (y < 0 || x < 0 || y + span_y >= (ptrdiff_t)shape->input[1] || x + span_x >= (ptrdiff_t)shape->input[2])
                tile->at_edge = true;
            if (++ox == shape->output[2]) ox = 0, oy++;
        }
        for (size_t k = 0; tile->at_edge && k < shape->kernel[2] && k < CK_CONV_COLUMNS; k++)
            tile->columns[k] = (uint8_t)conv_inside((int)tile->count, tile->x,
                                                    (ptrdiff_t)(k * shape->dilation[2]), shape->input[2]);
    }
    return tile_count;
}

static void CK_NAME(conv_direct_task)(void *context, size_t index) {
    const conv_direct *work = context;
    const ck_conv_shape *shape = &work->shape;
    size_t part = index % work->parts, piece = index / work->parts % work->pieces;
    size_t od = index / work->parts / work->pieces % shape->output[0];
    size_t rest = index / work->parts / work->pieces / shape->output[0];
    size_t group = rest % shape->groups, batch = rest / shape->groups;

    size_t plane_pixels = shape->output[1] * shape->output[2], first_pixel = piece * work->pixels;
    conv_tile tiles[CK_CONV_TILES];
    size_t tile_count =
        conv_make_tiles(shape, first_pixel, conv_smaller(work->pixels, plane_pixels - first_pixel), tiles);

    size_t input_channels = shape->input_channels / shape->groups;
    size_t output_channels = shape->output_channels / shape->groups;
    size_t input_blocks = conv_blocks(input_channels), output_blocks = conv_blocks(output_channels);
    size_t input_slice = shape->input[1] * shape->input[2] * CK_CHANNEL_BLOCK;
    size_t taps = shape->kernel[1] * shape->kernel[2];
    conv_range depths = conv_taps(od, shape->stride[0], shape->pad[0], shape->dilation[0], shape->kernel[0],
                                  shape->input[0]);
    size_t chunk = conv_larger(1, 16 / conv_larger(taps, 1));
    size_t output_plane = shape->output[0] * plane_pixels * CK_CHANNEL_BLOCK;
    size_t output_base = (batch * shape->groups + group) * output_blocks * output_plane +
                         (od * plane_pixels + first_pixel) * CK_CHANNEL_BLOCK;

    conv_pass pass = {.plane = shape->input[0] * input_slice,
                      .kernel = {shape->kernel[1], shape->kernel[2]},
                      .tap_y = (ptrdiff_t)(shape->dilation[1] * shape->input[2] * CK_CHANNEL_BLOCK),
                      .tap_x = (ptrdiff_t)(shape->dilation[2] * CK_CHANNEL_BLOCK),
                      .input_y = shape->input[1],
                      .input_x = shape->input[2],
                      .dilation = {(ptrdiff_t)shape->dilation[1], (ptrdiff_t)shape->dilation[2]},
                      .weights_stride = shape->kernel[0] * input_blocks * taps * CK_TAP_FLOATS,
                      .output_stride = output_plane,
                      .end = &work->end};
    size_t vectors = output_blocks * CK_BLOCK_VECTORS;
    size_t unit = conv_larger(CK_CONV_VECTORS, CK_BLOCK_VECTORS);
    size_t step = conv_ceil(conv_ceil(vectors, work->parts), unit) * unit;
    size_t last_vector = conv_smaller(vectors, (part + 1) * step);
    for (size_t vector = part * step, taken; vector < last_vector; vector += taken) {
        taken = conv_vectors(last_vector - vector);
        size_t block = vector / CK_BLOCK_VECTORS, lane = vector % CK_BLOCK_VECTORS * CK_WIDTH;
        float *output = work->output + output_base + block * output_plane + lane;
        const float *residual = work->end.residual ? work->end.residual + (output - work->output) : NULL;
        for (size_t v = 0; v < taken; v++)
            pass.bias[v] = conv_bias(work->end.bias ? work->end.bias + group * output_channels : NULL,
                                     (vector + v) * CK_WIDTH, output_channels);
        pass.is_first = true;
        size_t depth = depths.first, from = 0;
        do {
            bool is_empty = depth >= depths.end;
            size_t blocks = is_empty ? 0 : conv_smaller(chunk, input_blocks - from);
            size_t slice = od * shape->stride[0] + depth * shape->dilation[0] - shape->pad[0];
            pass.blocks = blocks;
            pass.last_channels = conv_smaller(CK_CHANNEL_BLOCK, input_channels - from * CK_CHANNEL_BLOCK -
                                                                    (blocks ? blocks - 1 : 0) * CK_CHANNEL_BLOCK);
            if (!is_empty)
                pass.input = work->input + ((batch * shape->groups + group) * input_blocks + from) * pass.plane +
                             slice * input_slice;
            pass.weights = work->weights + (group * output_blocks + block) * pass.weights_stride +
                           (depth * input_blocks + from) * taps * CK_TAP_FLOATS + lane;
            from += blocks;
            if (from >= input_blocks) from = 0, depth++;
            pass.is_last = is_empty || depth >= depths.end;
            float *to = output;
            const float *next = pass.weights - lane + blocks * taps * CK_TAP_FLOATS;
            if (pass.is_last) next = work->weights + (group * output_blocks + block) * pass.weights_stride +
                                     conv_ceil(taken, CK_BLOCK_VECTORS) * pass.weights_stride;
            for (size_t t = 0; t < tile_count; t++) {
                size_t count = tiles[t].count;
                conv_fetch_later(&pass, next, taken, tile_count, t);
                conv_tile_for(tiles + t, taken)(&pass, tiles + t, to, residual ? residual + (to - output) : NULL);
                to += count * CK_CHANNEL_BLOCK;
            }
            pass.is_first = false;
        } while (!pass.is_last);
        for (size_t v = 0; v < taken; v += CK_BLOCK_VECTORS) {
            size_t first = (vector + v) / CK_BLOCK_VECTORS * CK_CHANNEL_BLOCK;
            if (work->end.clamps && first + CK_CHANNEL_BLOCK <= output_channels) continue;
            if ((vector + taken) % CK_BLOCK_VECTORS != 0) continue;
            CK_NAME(conv_finish)(&work->end, work->output + output_base + first / CK_CHANNEL_BLOCK * output_plane,
                                 conv_smaller(work->pixels, plane_pixels - first_pixel), output_channels - first);
        }
    }
}

static void CK_NAME(conv_direct_run)(ck_pool *pool, const ck_conv_shape *given, const float *input,
                                     const float *weights, const ck_epilogue *epilogue, float *output) {
    conv_direct work = {
        .shape = conv_merged(given),
        .end = conv_end_for(epilogue),
        .input = input,
        .weights = weights,
        .output = output};
    ck_conv_shape *shape = &work.shape;
    bool is_pointwise = true;
    for (int i = 0; i < 3; i++)
        is_pointwise &= shape->kernel[i] == 1 && shape->stride[i] == 1 && shape->pad[i] == 0 &&
                        shape->input[i] == shape->output[i];
    if (is_pointwise) {
        shape->input[2] = shape->output[2] = conv_volume(shape->input);
        shape->input[0] = shape->input[1] = shape->output[0] = shape->output[1] = 1;
    }
    size_t pixels = shape->output[1] * shape->output[2];
    if (shape->batch * shape->output_channels * pixels * shape->output[0] == 0) return;
    size_t threads = ck_pool_thread_count(pool);
    size_t input_channels = shape->input_channels / shape->groups;
    size_t pixel_floats = conv_larger(1, input_channels) * conv_smaller(shape->stride[1], shape->kernel[1]) *
                          shape->stride[2];
    size_t fit = conv_larger(16, 65536 / pixel_floats / CK_CONV_PIXELS);
    size_t limit = conv_smaller(CK_CONV_TILES, fit) * CK_CONV_PIXELS;
    work.pieces = conv_ceil(pixels, limit);
    work.pixels = conv_smaller(
        limit, conv_ceil(conv_ceil(pixels, work.pieces), CK_CONV_PIXELS) * CK_CONV_PIXELS);
    work.pieces = conv_ceil(pixels, work.pixels);
    size_t items = shape->batch * shape->groups * shape->output[0] * work.pieces;
    size_t most = conv_blocks(shape->output_channels / shape->groups);
    bool forks = threads > 1 && conv_product(shape) > CK_CONV_FORK;
    work.parts = forks && items < 4 * threads ? conv_smaller(most, conv_ceil(4 * threads, items)) : 1;
    ck_pool_run(forks ? pool : NULL, items * work.parts, CK_NAME(conv_direct_task), &work);
}
