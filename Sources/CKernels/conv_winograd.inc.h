// 3x3 convolutions of stride 1 by tiles of 4x4 results: 36 products of transformed tiles in place of 144.
//
// Packed weights: [output block, position, input block, 16 input, 16 output]; scratch: [position, input block, tile,
// 16] and [output block of the register tile, position, tile, 16].

#define CK_WINOGRAD_BLOCKS ((CK_CONV_VECTORS + CK_BLOCK_VECTORS - 1) / CK_BLOCK_VECTORS)

typedef struct conv_winograd {
    ck_conv_shape shape;
    conv_end end;
    const float *input;
    const float *weights;
    float *output;
    float *scratch;
    size_t scratch_each;
    // Tiles of a piece, down and across an image, and pieces.
    size_t tiles;
    size_t down;
    size_t across;
    size_t pieces;
    size_t parts;
} conv_winograd;

CK_INLINE bool conv_winograd_pays(const ck_conv_shape *shape) {
    if (shape->groups != 1 || shape->kernel[0] != 1 || shape->input[0] != shape->output[0] || shape->stride[0] != 1 ||
        shape->pad[0] != 0)
        return false;
    for (int axis = 1; axis < 3; axis++)
        if (shape->kernel[axis] != 3 || shape->stride[axis] != 1 || shape->dilation[axis] != 1) return false;
    size_t tiles = conv_ceil(shape->output[1], 4) * conv_ceil(shape->output[2], 4) * shape->output[0];
    return shape->input_channels >= 16 && shape->output_channels >= 32 && tiles >= 12 &&
           tiles * 16 * 2 < conv_volume(shape->output) * 7 / 2;
}

CK_INLINE size_t conv_winograd_weights_size(const ck_conv_shape *shape) {
    return conv_blocks(shape->output_channels) * conv_blocks(shape->input_channels) * 36 * CK_TAP_FLOATS;
}

CK_INLINE size_t conv_winograd_tiles(const ck_conv_shape *shape) {
    size_t all = conv_ceil(shape->output[1], 4) * conv_ceil(shape->output[2], 4) * shape->output[0];
    size_t fit = 65536 * 2 / (36 * conv_blocks(shape->input_channels) * CK_CHANNEL_BLOCK + 1);
    size_t most = conv_smaller(96, conv_larger(24, fit));
    size_t pieces = conv_ceil(all, most);
    if (pieces == 0) return 0;
    return conv_ceil(conv_ceil(all, pieces), CK_CONV_PIXELS) * CK_CONV_PIXELS;
}

CK_INLINE size_t conv_winograd_scratch(const ck_conv_shape *shape) {
    return 36 * conv_winograd_tiles(shape) * CK_CHANNEL_BLOCK *
           (conv_blocks(shape->input_channels) + CK_WINOGRAD_BLOCKS);
}

typedef double conv_doubles __attribute__((ext_vector_type(CK_CHANNEL_BLOCK)));

// Three weights, of 16 output channels each, to the transform's six.
CK_INLINE void conv_winograd_spread(const conv_doubles *g, size_t stride, conv_doubles *t) {
    conv_doubles first = g[0], second = g[stride], third = g[2 * stride];
    conv_doubles ends = (first + third) * (-1.0 / 6), middle = second * (-1.0 / 6);
    conv_doubles outer = first * (1.0 / 24) + third * (1.0 / 6), inner = second * (1.0 / 12);
    t[0] = first * (1.0 / 4);
    t[1] = ends + middle;
    t[2] = ends - middle;
    t[3] = outer + inner;
    t[4] = outer - inner;
    t[5] = third;
}

// The weights of one block of output channels, of which `real` exist.
CK_INLINE void conv_winograd_pack(size_t inputs, size_t real, const ck_loose_float *weights, float *packed) {
    size_t padded = conv_blocks(inputs) * CK_CHANNEL_BLOCK;
    for (size_t c = 0; c < padded; c++) {
        double gathered[9][CK_CHANNEL_BLOCK] = {{0}};
        for (size_t o = 0; o < real && c < inputs; o++)
            for (size_t tap = 0; tap < 9; tap++) gathered[tap][o] = (double)weights[(o * inputs + c) * 9 + tap];
        conv_doubles taps[9], columns[3][6], rows[6];
        memcpy(taps, gathered, sizeof taps);
        for (size_t x = 0; x < 3; x++) conv_winograd_spread(taps + x, 3, columns[x]);
        for (size_t i = 0; i < 6; i++) {
            conv_winograd_spread(columns[0] + i, 6, rows);
            for (size_t j = 0; j < 6; j++) {
                float *to = packed + ((i * 6 + j) * padded + c) * CK_CHANNEL_BLOCK;
                for (size_t o = 0; o < CK_CHANNEL_BLOCK; o++) to[o] = (float)rows[j][o];
            }
        }
    }
}

// Six numbers to the transform's six.
CK_INLINE void conv_winograd_in(const vf *d, vf *t) {
    vf even = vf_fma(d[2], vf_set(-4), d[4]), odd = vf_fma(d[1], vf_set(-4), d[3]);
    vf difference = d[4] - d[2], twice = (d[3] - d[1]) * 2;
    t[0] = vf_fma(d[0], vf_set(4), vf_fma(d[2], vf_set(-5), d[4]));
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = difference + twice;
    t[4] = difference - twice;
    t[5] = vf_fma(d[1], vf_set(4), vf_fma(d[3], vf_set(-5), d[5]));
}

// Six sums to four results.
CK_INLINE void conv_winograd_out(const vf *m, vf *r) {
    vf a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
    r[0] = m[0] + a + c;
    r[1] = vf_fma(d, vf_set(2), b);
    r[2] = vf_fma(c, vf_set(4), a);
    r[3] = vf_fma(d, vf_set(8), b) + m[5];
}

// A 6x6 tile of a plane to `to`, its positions `stride` apart.
CK_INLINE void conv_winograd_gather(const ck_conv_shape *shape, const float *plane, ptrdiff_t y, ptrdiff_t x,
                                    float *to, size_t stride) {
    vf middle[6][6];
    size_t height = shape->input[1], width = shape->input[2];
    bool inside = y >= 0 && x >= 0 && y + 6 <= (ptrdiff_t)height && x + 6 <= (ptrdiff_t)width;
    for (ptrdiff_t j = 0; j < 6; j++) {
        vf column[6], t[6];
        if (inside)
            _Pragma("clang loop unroll(full)") for (ptrdiff_t i = 0; i < 6; i++) column[i] =
                vf_load(plane + ((y + i) * (ptrdiff_t)width + x + j) * CK_CHANNEL_BLOCK);
        else
            for (ptrdiff_t i = 0; i < 6; i++)
                column[i] = (size_t)(y + i) < height && (size_t)(x + j) < width
                                ? vf_load(plane + ((y + i) * (ptrdiff_t)width + x + j) * CK_CHANNEL_BLOCK)
                                : vf_set(0);
        conv_winograd_in(column, t);
        for (int i = 0; i < 6; i++) middle[i][j] = t[i];
    }
    for (size_t i = 0; i < 6; i++) {
        vf t[6];
        conv_winograd_in(middle[i], t);
        for (size_t j = 0; j < 6; j++) vf_store(to + (i * 6 + j) * stride, t[j]);
    }
}

CK_INLINE void conv_winograd_scatter(const conv_winograd *work, const float *from, size_t stride, float *plane,
                                     size_t y, size_t x, vf bias) {
    vf middle[4][6];
    size_t height = work->shape.output[1], width = work->shape.output[2];
    for (size_t j = 0; j < 6; j++) {
        vf column[6], r[4];
        for (size_t i = 0; i < 6; i++) column[i] = vf_load(from + (i * 6 + j) * stride);
        conv_winograd_out(column, r);
        for (int i = 0; i < 4; i++) middle[i][j] = r[i];
    }
    for (size_t i = 0; i < 4 && y + i < height; i++) {
        vf r[4];
        conv_winograd_out(middle[i], r);
        for (size_t j = 0; j < 4 && x + j < width; j++) {
            float *to = plane + ((y + i) * width + x + j) * CK_CHANNEL_BLOCK;
            const float *residual = work->end.residual ? work->end.residual + (to - work->output) : NULL;
            conv_store(&work->end, to, r[j], bias, residual);
            if (!work->end.clamps) vf_store(to, CK_CONV_ACTIVATE(work->end.activation, vf_load(to)));
        }
    }
}

static void CK_NAME(conv_winograd_item)(const conv_winograd *work, size_t item, float *scratch) {
    const ck_conv_shape *shape = &work->shape;
    size_t part_index = item % work->parts, piece = item / work->parts % work->pieces;
    size_t batch = item / work->parts / work->pieces, first = piece * work->tiles;
    size_t count = conv_smaller(work->tiles, work->down * work->across * shape->output[0] - first);
    size_t input_blocks = conv_blocks(shape->input_channels), output_blocks = conv_blocks(shape->output_channels);
    size_t input_slice = shape->input[1] * shape->input[2] * CK_CHANNEL_BLOCK;
    size_t output_slice = shape->output[1] * shape->output[2] * CK_CHANNEL_BLOCK, depth = shape->output[0];
    size_t tile_floats = work->tiles * CK_CHANNEL_BLOCK, position_floats = input_blocks * tile_floats;
    float *sums = scratch + 36 * position_floats;

    for (size_t block = 0; block < input_blocks; block++)
        for (size_t t = 0; t < count; t++) {
            size_t x = (first + t) % work->across, y = (first + t) / work->across % work->down;
            size_t d = (first + t) / work->across / work->down;
            for (size_t lane = 0; lane < CK_CHANNEL_BLOCK; lane += CK_WIDTH)
                conv_winograd_gather(
                    shape, work->input + ((batch * input_blocks + block) * depth + d) * input_slice + lane,
                    (ptrdiff_t)(y * 4) - (ptrdiff_t)shape->pad[1], (ptrdiff_t)(x * 4) - (ptrdiff_t)shape->pad[2],
                    scratch + block * tile_floats + t * CK_CHANNEL_BLOCK + lane, position_floats);
        }

    const ck_epilogue none = {.scale = 1};
    conv_end end = conv_end_for(&none);
    conv_tile tile = {.at_edge = false};
    for (int p = 0; p < CK_CONV_PIXELS; p++) tile.offset[p] = p * CK_CHANNEL_BLOCK;
    conv_pass pass = {.plane = tile_floats,
                      .kernel = {1, 1},
                      .weights_stride = 36 * input_blocks * CK_TAP_FLOATS,
                      .output_stride = 36 * tile_floats,
                      .end = &end};
    for (size_t v = 0; v < CK_CONV_VECTORS; v++) pass.bias[v] = vf_set(0);
    size_t vectors = output_blocks * CK_BLOCK_VECTORS, parts = conv_ceil(count, CK_CONV_PIXELS);
    size_t unit = conv_larger(CK_CONV_VECTORS, CK_BLOCK_VECTORS);
    size_t step = conv_ceil(conv_ceil(vectors, work->parts), unit) * unit;
    size_t last_vector = conv_smaller(vectors, (part_index + 1) * step);
    for (size_t vector = part_index * step, taken; vector < last_vector; vector += taken) {
        taken = conv_vectors(last_vector - vector);
        size_t block = vector / CK_BLOCK_VECTORS, lane = vector % CK_BLOCK_VECTORS * CK_WIDTH;
        for (size_t position = 0; position < 36; position++)
            for (size_t from = 0; from < input_blocks; from += pass.blocks) {
                pass.blocks = conv_smaller(16, input_blocks - from);
                pass.is_first = from == 0;
                pass.is_last = from + pass.blocks == input_blocks;
                pass.last_channels = conv_smaller(
                    CK_CHANNEL_BLOCK, shape->input_channels - (from + pass.blocks - 1) * CK_CHANNEL_BLOCK);
                pass.weights =
                    work->weights + ((block * 36 + position) * input_blocks + from) * CK_TAP_FLOATS + lane;
                const float *next = pass.weights - lane + pass.blocks * CK_TAP_FLOATS;
                for (size_t part = 0, at = 0; part < parts; part++) {
                    size_t pixels = count / parts + (part < count % parts);
                    conv_fetch_later(&pass, next, taken, parts, part);
                    tile.count = (unsigned)pixels;
                    pass.input = scratch + position * position_floats + from * tile_floats + at * CK_CHANNEL_BLOCK;
                    conv_tile_for(&tile, taken)(&pass, &tile,
                                                 sums + position * tile_floats + at * CK_CHANNEL_BLOCK + lane, NULL);
                    at += pixels;
                }
            }
        for (size_t v = 0; v < taken; v++) {
            size_t channel = (vector + v) * CK_WIDTH, to = channel % CK_CHANNEL_BLOCK;
            vf bias = conv_bias(work->end.bias, channel, shape->output_channels);
            float *image = work->output + (batch * output_blocks + channel / CK_CHANNEL_BLOCK) * depth * output_slice;
            const float *from = sums + v / CK_BLOCK_VECTORS * pass.output_stride + to;
            for (size_t t = 0; t < count; t++) {
                size_t x = (first + t) % work->across, y = (first + t) / work->across % work->down;
                size_t d = (first + t) / work->across / work->down;
                conv_winograd_scatter(work, from + t * CK_CHANNEL_BLOCK, tile_floats,
                                      image + d * output_slice + to, y * 4, x * 4, bias);
                size_t real = shape->output_channels - channel / CK_CHANNEL_BLOCK * CK_CHANNEL_BLOCK;
                if (real < to + CK_WIDTH)
                    for (size_t i = y * 4; i < conv_smaller(y * 4 + 4, shape->output[1]); i++)
                        for (size_t j = x * 4; j < conv_smaller(x * 4 + 4, shape->output[2]); j++)
                            for (size_t c = conv_larger(real, to); c < to + CK_WIDTH; c++)
                                image[d * output_slice + (i * shape->output[2] + j) * CK_CHANNEL_BLOCK + c] = 0;
            }
        }
    }
}

static void CK_NAME(conv_winograd_task)(void *context, size_t index, size_t slot) {
    const conv_winograd *work = context;
    CK_NAME(conv_winograd_item)(work, index, work->scratch + slot * work->scratch_each);
}

static void CK_NAME(conv_winograd_run)(ck_pool *pool, const ck_conv_shape *shape, const float *input,
                                       const float *weights, const ck_epilogue *epilogue, float *output,
                                       float *scratch) {
    conv_winograd work = {.shape = *shape,
                          .end = conv_end_for(epilogue),
                          .input = input,
                          .weights = weights,
                          .output = output,
                          .scratch = scratch,
                          .scratch_each = conv_winograd_scratch(shape),
                          .tiles = conv_winograd_tiles(shape),
                          .down = conv_ceil(shape->output[1], 4),
                          .across = conv_ceil(shape->output[2], 4)};
    size_t tiles = work.down * work.across * shape->output[0];
    if (tiles == 0) return;
    work.pieces = conv_ceil(tiles, work.tiles);
    size_t items = shape->batch * work.pieces;
    if (items == 0) return;
    bool forks = conv_product(shape) > CK_CONV_FORK * 4;
    size_t threads = forks ? ck_pool_thread_count(pool) : 1;
    work.parts = threads > 1 && items < 4 * threads ? conv_ceil(4 * threads, items) : 1;
    work.parts = conv_larger(1, conv_smaller(work.parts, conv_blocks(shape->output_channels) / 4));
    ck_pool_run_slots(forks ? pool : NULL, items * work.parts, CK_NAME(conv_winograd_task), &work);
}
