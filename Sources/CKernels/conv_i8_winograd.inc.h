// Convolutions of 8-bit numbers with kernels of 3x3 and stride 1, by tiles of 2x2 results: 16 products in the place of
// 36, of numbers of 16 bits, and no less exact.
//
// Twice the weights' transform has whole numbers below 2304 in two dimensions, the input's has some below 1024; the sums
// are four times those of the convolution.
//
// Packed weights: the scales of the columns, padded, then [panel][16 places of a tile][pair of channels][GEMM_COLUMNS][2]
// of int16.

#define CK_CONV_I8_PLACES 16
// Results of one panel's columns that are kept between the products and their transform.
#define CK_CONV_I8_TILES 126

CK_INLINE bool CK_I8(conv_i8_is_winograd)(const ck_conv_shape *shape) {
    if (shape->groups != 1 || shape->kernel[0] != 1 || shape->pad[0] != 0 || shape->stride[0] != 1 ||
        shape->input[0] != shape->output[0])
        return false;
    for (int axis = 1; axis < 3; axis++)
        if (shape->kernel[axis] != 3 || shape->stride[axis] != 1 || shape->dilation[axis] != 1) return false;
    // NUMERICS: four times the largest sum of products of numbers less zero points stays within 32 bits up to 917.
    const size_t channels = shape->input_channels;
    if (channels < 32 || channels > 896 || channels % 32 != 0 || shape->output_channels < 32) return false;
    const size_t tiles = conv_ceil(shape->output[1], 2) * conv_ceil(shape->output[2], 2) * shape->output[0];
    return tiles >= 12 && tiles * 16 * 3 < conv_volume(shape->output) * 9 * 2;
}

CK_INLINE size_t CK_I8(conv_i8_winograd_bytes)(const ck_conv_shape *shape) {
    const size_t columns = CK_NAME(gemm_panels)(shape->output_channels) * GEMM_COLUMNS;
    return columns * (sizeof(float) + CK_CONV_I8_PLACES * shape->input_channels * sizeof(int16_t));
}

// Twice the transform of three numbers, `step` apart.
CK_INLINE void conv_i8_transform_weights(const int32_t *from, size_t step, int32_t to[4]) {
    to[0] = 2 * from[0];
    to[1] = from[0] + from[step] + from[2 * step];
    to[2] = from[0] - from[step] + from[2 * step];
    to[3] = 2 * from[2 * step];
}

static void CK_I8(conv_i8_winograd_pack)(const ck_conv_shape *shape, const void *weights, bool is_signed,
                                           const void *zero_points, size_t zero_point_stride, const float *scales,
                                           size_t scale_stride, void *packed) {
    const size_t inputs = shape->input_channels, outputs = shape->output_channels;
    const size_t columns = CK_NAME(gemm_panels)(outputs) * GEMM_COLUMNS, place_size = inputs * GEMM_COLUMNS;
    float *to = packed;
    for (size_t j = 0; j < columns; j++) to[j] = j < outputs ? scales[j * scale_stride] : 0;
    int16_t *panel = (int16_t *)(void *)(to + columns);
    for (size_t j = 0; j < columns; j++) {
        int32_t zero = 0;
        if (zero_points && j < outputs)
            zero = is_signed ? ((const int8_t *)zero_points)[j * zero_point_stride]
                             : ((const uint8_t *)zero_points)[j * zero_point_stride];
        int16_t *column = panel + j / GEMM_COLUMNS * CK_CONV_I8_PLACES * place_size + j % GEMM_COLUMNS * 2;
        for (size_t c = 0; c < inputs; c++) {
            int32_t numbers[9] = {0}, rows[4][3], transformed[4];
            for (size_t tap = 0; tap < 9 && j < outputs; tap++) {
                const size_t at = (j * inputs + c) * 9 + tap;
                numbers[tap] = (is_signed ? ((const int8_t *)weights)[at] : ((const uint8_t *)weights)[at]) - zero;
            }
            for (size_t x = 0; x < 3; x++) {
                conv_i8_transform_weights(numbers + x, 3, transformed);
                for (size_t y = 0; y < 4; y++) rows[y][x] = transformed[y];
            }
            for (size_t y = 0; y < 4; y++) {
                conv_i8_transform_weights(rows[y], 1, transformed);
                for (size_t x = 0; x < 4; x++)
                    column[(y * 4 + x) * place_size + c / 2 * 2 * GEMM_COLUMNS + c % 2] = (int16_t)transformed[x];
            }
        }
    }
}

// Tiles that a piece of work has at a time, so that their transforms stay in the second cache.
CK_INLINE size_t conv_i8_winograd_tiles(size_t channels) {
    const size_t fitting = 8192 / channels;
    return fitting < 12 ? 12 : fitting > CK_CONV_I8_TILES ? CK_CONV_I8_TILES : fitting;
}

// How the tiles and the columns are shared out, and the scratch memory of a thread.
CK_INLINE void CK_I8(conv_i8_split_winograd)(CK_I8(conv_i8) *work, unsigned threads) {
    const ck_conv_shape *shape = work->shape;
    work->tiles = conv_ceil(shape->output[1], 2) * conv_ceil(shape->output[2], 2) * shape->output[0];
    const size_t most = conv_i8_winograd_tiles(shape->input_channels);
    const double microseconds = CK_I8(microseconds)(work->tiles * CK_CONV_I8_PLACES, work->outputs, work->inputs);
    work->split = ck_gemm_split_for(work->tiles, most, work->panels, microseconds, threads);
    work->patch_stride = CK_I8(row_stride)(shape->input_channels);
    work->patch_bytes = CK_CONV_I8_PLACES * (CK_CONV_I8_TILES * 2 * sizeof(vu) +
                                             conv_i8_rounded(most * work->patch_stride * sizeof(int16_t)));
}

// The transform of one tile's channels, [place][channel] with `place_stride` between places.
CK_INLINE void CK_I8(conv_i8_transform_input)(const CK_I8(conv_i8) *work, size_t z, ptrdiff_t y, ptrdiff_t x,
                                                int16_t *to, size_t place_stride) {
    const ck_conv_shape *shape = work->shape;
    const size_t channels = shape->input_channels, height = shape->input[1], width = shape->input[2];
    const int16_t *from = work->numbers + z * height * width * channels;
    const ptrdiff_t start = (y * (ptrdiff_t)width + x) * (ptrdiff_t)channels;
    const bool is_inside = y >= 0 && x >= 0 && (size_t)y + 4 <= height && (size_t)x + 4 <= width;
    for (size_t c = 0; c < channels; c += 2 * CK_WIDTH) {
        CK_I8(i16s) d[4][4], rows[4][4];
        GEMM_UNROLL
        for (int i = 0; i < 4; i++)
            GEMM_UNROLL
            for (int j = 0; j < 4; j++) {
                d[i][j] = (CK_I8(i16s))0;
                if (is_inside || ((size_t)(y + i) < height && (size_t)(x + j) < width))
                    memcpy(&d[i][j],
                           from + (start + ((ptrdiff_t)i * (ptrdiff_t)width + j) * (ptrdiff_t)channels + (ptrdiff_t)c),
                           sizeof d[i][j]);
            }
        GEMM_UNROLL
        for (int j = 0; j < 4; j++) {
            rows[0][j] = d[0][j] - d[2][j];
            rows[1][j] = d[1][j] + d[2][j];
            rows[2][j] = d[2][j] - d[1][j];
            rows[3][j] = d[1][j] - d[3][j];
        }
        GEMM_UNROLL
        for (int i = 0; i < 4; i++) {
            const CK_I8(i16s) results[4] = {rows[i][0] - rows[i][2], rows[i][1] + rows[i][2], rows[i][2] - rows[i][1],
                                              rows[i][1] - rows[i][3]};
            GEMM_UNROLL
            for (int j = 0; j < 4; j++)
                memcpy(to + (size_t)(i * 4 + j) * place_stride + c, &results[j], sizeof results[j]);
        }
    }
}

#define CK_CONV_I8_WIDE_TILE(rows)                                                                                     \
    static void CK_I8(conv_i8_wide_tile_##rows)(size_t pairs, const int16_t *a, size_t stride, const int16_t *b,     \
                                                  vu *to) {                                                            \
        vu sums[2 * GEMM_ROWS];                                                                                        \
        CK_I8(tile_sums)(rows, true, pairs, a, stride, b, (ck_later){(const char *)b, 0}, sums);                       \
        GEMM_UNROLL                                                                                                    \
        for (int i = 0; i < 2 * rows; i++) to[i] = sums[i];                                                            \
    }
#define CK_CONV_I8_WIDE_ENTRY(rows) CK_I8(conv_i8_wide_tile_##rows),

typedef void CK_I8(conv_i8_wide_function)(size_t pairs, const int16_t *a, size_t stride, const int16_t *b, vu *to);

GEMM_FOR_ROWS(CK_CONV_I8_WIDE_TILE)

static CK_I8(conv_i8_wide_function) *const CK_I8(conv_i8_wide_tiles)[] = {NULL,
                                                                             GEMM_FOR_ROWS(CK_CONV_I8_WIDE_ENTRY)};

CK_INLINE void CK_I8(conv_i8_transform_back)(const vu *sums, size_t stride, vu results[4]) {
    vu rows[2][4];
    GEMM_UNROLL
    for (size_t j = 0; j < 4; j++) {
        const vu a = sums[j * stride], b = sums[(4 + j) * stride], c = sums[(8 + j) * stride];
        rows[0][j] = a + b + c;
        rows[1][j] = b - c - sums[(12 + j) * stride];
    }
    GEMM_UNROLL
    for (int i = 0; i < 2; i++) {
        results[2 * i] = (vu)((vi)(rows[i][0] + rows[i][1] + rows[i][2]) >> 2);
        results[2 * i + 1] = (vu)((vi)(rows[i][1] - rows[i][2] - rows[i][3]) >> 2);
    }
}

// Some tiles of an image, and panels of columns.
static void CK_I8(conv_i8_winograd_block)(const CK_I8(conv_i8) *work, size_t begin, size_t end, size_t panel_begin,
                                            size_t panel_end, char *scratch) {
    const ck_conv_shape *shape = work->shape;
    const size_t across = conv_ceil(shape->output[2], 2), down = conv_ceil(shape->output[1], 2), count = end - begin;
    const size_t channels = shape->input_channels, stride = work->patch_stride, place_stride = count * stride;
    const size_t places = conv_volume(shape->output), columns = work->panels * GEMM_COLUMNS;
    vu *sums = (vu *)(void *)scratch;
    int16_t *transformed = (int16_t *)(void *)(scratch + CK_CONV_I8_PLACES * CK_CONV_I8_TILES * 2 * sizeof(vu));
    for (size_t t = 0; t < count; t++) {
        const size_t x = (begin + t) % across, y = (begin + t) / across % down, z = (begin + t) / across / down;
        CK_I8(conv_i8_transform_input)(work, z, (ptrdiff_t)(2 * y) - (ptrdiff_t)shape->pad[1],
                                         (ptrdiff_t)(2 * x) - (ptrdiff_t)shape->pad[2], transformed + t * stride,
                                         place_stride);
    }
    CK_I8(conv_i8_part) part = {.work = work, .scales = (const float *)(const void *)work->packed,
                                  .plane = places * CK_CHANNEL_BLOCK};
    const size_t row_tiles = CK_NAME(gemm_tiles)(count), place_size = channels * GEMM_COLUMNS;
    const int16_t *weights = (const int16_t *)(const void *)(part.scales + columns);
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        for (size_t place = 0; place < CK_CONV_I8_PLACES; place++) {
            const int16_t *b = weights + (panel * CK_CONV_I8_PLACES + place) * place_size;
            for (size_t t = 0, row = 0; t < row_tiles; t++) {
                const size_t next = ck_gemm_part(count, row_tiles, t + 1);
                CK_I8(conv_i8_wide_tiles)[next - row](channels / 2, transformed + place * place_stride + row * stride,
                                                       stride, b, sums + (place * count + row) * 2);
                row = next;
            }
        }
        for (size_t t = 0; t < count; t++) {
            const size_t x = (begin + t) % across, y = (begin + t) / across % down, z = (begin + t) / across / down;
            vu results[2][4];
            GEMM_UNROLL
            for (size_t h = 0; h < 2; h++)
                CK_I8(conv_i8_transform_back)(sums + t * 2 + h, count * 2, results[h]);
            for (size_t i = 0; i < 2 && 2 * y + i < shape->output[1]; i++) {
                const size_t pixels = conv_smaller(2, shape->output[2] - 2 * x);
                part.first = (z * shape->output[1] + 2 * y + i) * shape->output[2] + 2 * x;
                vu stored[4] = {results[0][2 * i], results[1][2 * i], results[0][2 * i + 1], results[1][2 * i + 1]};
                if (work->bytes) CK_I8(conv_i8_round)(&part, 0, panel, pixels, stored);
                else if (pixels == 2) CK_I8(conv_i8_store)(&part, 0, panel, 2, stored);
                else CK_I8(conv_i8_store)(&part, 0, panel, 1, stored);
                if (panel + 1 == work->panels) CK_I8(conv_i8_fill)(&part, pixels);
            }
        }
    }
}
