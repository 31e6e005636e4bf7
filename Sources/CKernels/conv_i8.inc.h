// Convolutions of 8-bit numbers: the input is quantised, channels last, and patches of it are multiplied by the weights
// as matrices are. A patch of one place is quantised where it is multiplied, all others are gathered from the whole
// image.
//
// Packed weights: for each group the scales of its columns, padded, and the packed columns of its product.

#include "conv_i8_tile.inc.h"

#include "conv_i8_winograd.inc.h"

CK_INLINE size_t CK_NAME(conv_i8_group_bytes)(size_t k, size_t outputs) {
    return CK_NAME(gemm_panels)(outputs) * GEMM_COLUMNS * sizeof(float) + CK_NAME(i8_packed_bytes)(k, outputs);
}

static size_t CK_NAME(i8_conv_weights_bytes)(const ck_conv_shape *shape) {
    if (shape->groups == 0) return 0;
    if (CK_NAME(conv_i8_is_winograd)(shape)) return CK_NAME(conv_i8_winograd_bytes)(shape);
    const size_t k = shape->input_channels / shape->groups * conv_volume(shape->kernel);
    return shape->groups * CK_NAME(conv_i8_group_bytes)(k, shape->output_channels / shape->groups);
}

// One group's weights [output, input, tap], as columns of products by [tap, input].
static void CK_NAME(i8_conv_pack)(const ck_conv_shape *shape, const void *weights, bool is_signed,
                                  const void *zero_points, size_t zero_point_stride, const float *scales,
                                  size_t scale_stride, void *packed) {
    if (shape->groups == 0) return;
    if (CK_NAME(conv_i8_is_winograd)(shape)) {
        CK_NAME(conv_i8_winograd_pack)
        (shape, weights, is_signed, zero_points, zero_point_stride, scales, scale_stride, packed);
        return;
    }
    const size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    const size_t taps = conv_volume(shape->kernel), k = inputs * taps;
    const size_t panels = CK_NAME(gemm_panels)(outputs), columns = panels * GEMM_COLUMNS;
    const int8_t flip = is_signed ? 0 : INT8_MIN;
    char *to = packed;
    for (size_t group = 0; group < shape->groups; group++) {
        const int8_t *from = (const int8_t *)weights + group * outputs * k;
        for (size_t j = 0; j < columns; j++, to += sizeof(float)) {
            const float scale = j < outputs ? scales[(group * outputs + j) * scale_stride] : 0;
            memcpy(to, &scale, sizeof scale);
        }
        for (size_t j = 0; j < columns; j++, to += sizeof(int32_t)) {
            int32_t zero = 0;
            if (j < outputs) {
                const size_t at = (group * outputs + j) * zero_point_stride;
                const int8_t stored = zero_points ? ((const int8_t *)zero_points)[at] : 0;
                zero = (int8_t)(stored ^ flip);
            }
            memcpy(to, &zero, sizeof zero);
        }
        for (size_t j = 0; j < columns; j += GEMM_COLUMNS)
            for (size_t p = 0; p < k; p += 2)
                for (size_t i = 0; i < 2 * GEMM_COLUMNS; i++, to++) {
                    const size_t row = p + i % 2, column = j + i / 2;
                    int8_t number = 0;
                    if (row < k && column < outputs)
                        number = (int8_t)(from[(column * inputs + row % inputs) * taps + row / inputs] ^ flip);
                    memcpy(to, &number, 1);
                }
    }
}

CK_INLINE bool conv_i8_is_pointwise(const ck_conv_shape *shape) {
    return shape->groups == 1 && conv_volume(shape->kernel) == 1 && shape->pad[0] == 0 && shape->pad[1] == 0 &&
           shape->pad[2] == 0;
}

// Sizes, of which the scratch memory is made.
CK_INLINE CK_NAME(conv_i8) CK_NAME(conv_i8_for)(const ck_conv_shape *shape, unsigned threads) {
    CK_NAME(conv_i8) work = {.shape = shape, .is_pointwise = conv_i8_is_pointwise(shape),
                              .is_winograd = CK_NAME(conv_i8_is_winograd)(shape)};
    work.inputs = shape->input_channels / shape->groups;
    work.outputs = shape->output_channels / shape->groups;
    work.k = work.inputs * conv_volume(shape->kernel);
    for (int axis = 0; axis < 3; axis++) {
        work.places[axis] = work.is_pointwise ? shape->output[axis] : shape->input[axis];
        work.step[axis] = work.is_pointwise ? shape->stride[axis] : 1;
    }
    const size_t patches = conv_volume(shape->output);
    work.patch_stride = CK_NAME(i8_row_stride)(work.k);
    work.number_stride = work.is_pointwise ? work.patch_stride : shape->input_channels;
    work.tiles = CK_NAME(gemm_tiles)(patches);
    work.panels = CK_NAME(gemm_panels)(work.outputs);
    const double microseconds = ck_gemm_microseconds(patches, work.outputs, work.k) / 2;
    // PERF: the patches of a block stay in the second cache.
    const size_t fitting = 131072 / (work.k + 1) / GEMM_ROWS, most = GEMM_BLOCK_ROWS / GEMM_ROWS;
    work.split = ck_gemm_split_for(work.tiles, fitting < 1 ? 1 : fitting < most ? fitting : most, work.panels,
                                   microseconds, threads);
    const size_t rows = conv_ceil(work.tiles, conv_larger(work.split.row_blocks, 1)) * GEMM_ROWS;
    work.patch_bytes = conv_i8_rounded(rows * sizeof(uint32_t)) +
                       conv_i8_rounded(rows * work.patch_stride * sizeof(int16_t));
    if (work.is_winograd) CK_NAME(conv_i8_split_winograd)(&work, threads);
    return work;
}

CK_INLINE size_t CK_NAME(conv_i8_number_bytes)(const CK_NAME(conv_i8) *work) {
    if (work->is_pointwise) return 0;
    return conv_i8_rounded(conv_volume(work->places) * work->number_stride * sizeof(int16_t));
}

static size_t CK_NAME(i8_conv_scratch_bytes)(const ck_conv_shape *shape, unsigned threads) {
    if (shape->groups == 0) return 0;
    const CK_NAME(conv_i8) work = CK_NAME(conv_i8_for)(shape, threads);
    return 64 + CK_NAME(conv_i8_number_bytes)(&work) + work.patch_bytes * (threads ? threads : 1);
}

// The numbers less the zero point, whose bounds are whole, so that it is all the same whether they apply before or after
// rounding.
CK_INLINE CK_NAME(conv_shorts) CK_NAME(conv_i8_numbers)(const CK_NAME(conv_i8) *work, vf value) {
    const vf bounded = vf_min(vf_max(value / vf_set(work->input_scale), vf_set(work->low)), vf_set(work->high));
    // NUMERICS: adding 1.5 · 2^23 rounds to even what is far below 2^22.
    const vf shift = vf_set(12582912), rounded = bounded + shift - shift;
    return __builtin_convertvector(__builtin_convertvector(rounded, vi), CK_NAME(conv_shorts));
}

// A row of places of one block of channels, `step` blocks apart.
CK_INLINE void CK_NAME(conv_i8_quantize_blocks)(const CK_NAME(conv_i8) *work, const float *from, size_t step,
                                                size_t count, size_t channels, int16_t *to) {
    for (size_t i = 0; i < count; i++, from += step * CK_CHANNEL_BLOCK, to += work->number_stride) {
        CK_NAME(conv_shorts) numbers[CK_BLOCK_VECTORS];
        GEMM_UNROLL
        for (size_t v = 0; v < CK_BLOCK_VECTORS; v++)
            numbers[v] = CK_NAME(conv_i8_numbers)(work, vf_load(from + v * CK_WIDTH));
        if (channels == CK_CHANNEL_BLOCK) memcpy(to, numbers, sizeof numbers);
        else memcpy(to, numbers, channels * sizeof(int16_t));
    }
}

// A row of places of one channel, `step` elements apart.
CK_INLINE void CK_NAME(conv_i8_quantize_channel)(const CK_NAME(conv_i8) *work, const float *from, size_t step,
                                                 size_t count, int16_t *to) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = conv_smaller(count - i, CK_WIDTH);
        vf value = vf_set(0);
        if (step == 1) value = rest == CK_WIDTH ? vf_load(from + i) : CK_NAME(gemm_load_part)(from + i, rest);
        else
            for (size_t j = 0; j < rest; j++) value[j] = from[(i + j) * step];
        const CK_NAME(conv_shorts) numbers = CK_NAME(conv_i8_numbers)(work, value);
        for (size_t j = 0; j < rest; j++, to += work->number_stride) *to = numbers[j];
    }
}

// The places [begin, end), with all their channels.
static void CK_NAME(conv_i8_quantize)(const CK_NAME(conv_i8) *work, size_t begin, size_t end, int16_t *numbers) {
    const ck_conv_shape *shape = work->shape;
    const size_t pixels = conv_volume(shape->input);
    const size_t width = work->places[2], height = work->places[1];
    const bool is_blocked = work->layout == CK_BLOCKED;
    const size_t unit = is_blocked ? CK_CHANNEL_BLOCK : 1;
    for (size_t channel = 0; channel < shape->input_channels; channel += unit) {
        const size_t channels = conv_smaller(unit, shape->input_channels - channel);
        const float *from = work->input + channel * pixels;
        for (size_t at = begin; at < end;) {
            const size_t x = at % width, y = at / width % height, z = at / width / height;
            const size_t length = conv_smaller(width - x, end - at);
            const size_t source = (z * work->step[0] * shape->input[1] + y * work->step[1]) * shape->input[2] +
                                  x * work->step[2];
            int16_t *to = numbers + (at - begin) * work->number_stride + channel;
            if (!is_blocked) CK_NAME(conv_i8_quantize_channel)(work, from + source, work->step[2], length, to);
            else CK_NAME(conv_i8_quantize_blocks)(work, from + source * unit, work->step[2], length, channels, to);
            at += length;
        }
    }
}

static void CK_NAME(conv_i8_quantize_piece)(void *context, size_t index) {
    const CK_NAME(conv_i8) *work = context;
    const size_t count = conv_volume(work->places);
    const size_t begin = ck_gemm_part(count, work->pieces, index), end = ck_gemm_part(count, work->pieces, index + 1);
    CK_NAME(conv_i8_quantize)(work, begin, end, work->numbers + begin * work->number_stride);
}

// The patches [first, first + count) of a group's channels.
static void CK_NAME(conv_i8_gather)(const CK_NAME(conv_i8) *work, size_t group, size_t first, size_t count,
                                    int16_t *rows) {
    const ck_conv_shape *shape = work->shape;
    const size_t inputs = work->inputs, stride = work->number_stride;
    const bool is_dense = shape->groups == 1 && shape->dilation[2] == 1;
    const size_t width = shape->kernel[2];
    for (size_t r = 0; r < count; r++, rows += work->patch_stride) {
        const size_t ox = (first + r) % shape->output[2], oy = (first + r) / shape->output[2] % shape->output[1];
        const size_t od = (first + r) / shape->output[2] / shape->output[1];
        const conv_range taps = conv_taps(ox, shape->stride[2], shape->pad[2], shape->dilation[2], width,
                                          shape->input[2]);
        // Where the first tap within the input lies.
        const size_t x = ox * shape->stride[2] + taps.first * shape->dilation[2] - shape->pad[2];
        int16_t *to = rows;
        for (size_t kd = 0; kd < shape->kernel[0]; kd++) {
            const size_t z = od * shape->stride[0] + kd * shape->dilation[0] - shape->pad[0];
            for (size_t ky = 0; ky < shape->kernel[1]; ky++, to += width * inputs) {
                const size_t y = oy * shape->stride[1] + ky * shape->dilation[1] - shape->pad[1];
                if (z >= shape->input[0] || y >= shape->input[1] || taps.first == taps.end) {
                    memset(to, 0, width * inputs * sizeof(int16_t));
                    continue;
                }
                const int16_t *from = work->numbers +
                                      ((z * shape->input[1] + y) * shape->input[2] + x) * stride + group * inputs;
                if (taps.first > 0) memset(to, 0, taps.first * inputs * sizeof(int16_t));
                int16_t *inside = to + taps.first * inputs;
                if (is_dense) {
                    memcpy(inside, from, (taps.end - taps.first) * inputs * sizeof(int16_t));
                } else {
                    for (size_t kx = taps.first; kx < taps.end; kx++, inside += inputs)
                        memcpy(inside, from + (kx - taps.first) * shape->dilation[2] * stride,
                               inputs * sizeof(int16_t));
                }
                if (taps.end < width)
                    memset(to + taps.end * inputs, 0, (width - taps.end) * inputs * sizeof(int16_t));
            }
        }
        *to = 0;
    }
}

// The rows [row_begin, row_end) of the panels [panel_begin, panel_end) of a group.
static void CK_NAME(conv_i8_block)(const CK_NAME(conv_i8) *work, size_t group, size_t tile_begin, size_t tile_end,
                                   size_t panel_begin, size_t panel_end, char *scratch) {
    const ck_conv_shape *shape = work->shape;
    const size_t patches = conv_volume(shape->output);
    const size_t row_begin = ck_gemm_part(patches, work->tiles, tile_begin);
    const size_t row_end = ck_gemm_part(patches, work->tiles, tile_end), rows = row_end - row_begin;
    const char *packed = work->packed + group * CK_NAME(conv_i8_group_bytes)(work->k, work->outputs);
    const size_t columns = work->panels * GEMM_COLUMNS;
    CK_NAME(conv_i8_part) part = {
        .work = work, .pairs = work->k / 2 + work->k % 2, .a_stride = work->patch_stride, .scales = (const float *)(const void *)packed,
        .zeros = (const int32_t *)(const void *)packed + columns,
        .b = (const int8_t *)packed + columns * (sizeof(float) + sizeof(int32_t)),
        .plane = patches * CK_CHANNEL_BLOCK, .channel = group * work->outputs,
        .offset = row_begin * CK_CHANNEL_BLOCK};
    uint32_t *row_sums = (uint32_t *)(void *)scratch;
    int16_t *patch_rows = (int16_t *)(void *)(scratch + conv_i8_rounded(rows * sizeof(uint32_t)));
    if (work->is_pointwise) CK_NAME(conv_i8_quantize)(work, row_begin, row_end, patch_rows);
    else CK_NAME(conv_i8_gather)(work, group, row_begin, rows, patch_rows);
    part.a = patch_rows;
    bool has_zeros = false;
    for (size_t j = 0; j < columns; j++) has_zeros |= part.zeros[j] != 0;
    if (has_zeros) {
        for (size_t r = 0; r < rows; r++) {
            const int16_t *from = patch_rows + r * work->patch_stride;
            int32_t sum = 0;
            for (size_t p = 0; p < work->k; p++) sum += from[p];
            row_sums[r] = (uint32_t)sum;
        }
        part.row_sums = row_sums;
    }
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        size_t row = 0;
        for (size_t t = tile_begin; t < tile_end; t++) {
            const size_t next = ck_gemm_part(patches, work->tiles, t + 1) - row_begin;
            CK_NAME(conv_i8_tiles)[next - row](&part, row, panel);
            row = next;
        }
    }
    if (panel_end == work->panels && group + 1 == shape->groups) CK_NAME(conv_i8_fill)(&part, rows);
}

static void CK_NAME(conv_i8_work)(void *context, size_t slot) {
    CK_NAME(conv_i8) *work = context;
    const ck_gemm_split split = work->split;
    for (;;) {
        const size_t item = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);
        const size_t columns = item % split.column_blocks, rows = item / split.column_blocks % split.row_blocks;
        const size_t group = item / split.column_blocks / split.row_blocks;
        if (group >= work->shape->groups) return;
        const size_t tile_begin = ck_gemm_part(work->tiles, split.row_blocks, rows);
        const size_t tile_end = ck_gemm_part(work->tiles, split.row_blocks, rows + 1);
        const size_t panel_begin = ck_gemm_part(work->panels, split.column_blocks, columns);
        const size_t panel_end = ck_gemm_part(work->panels, split.column_blocks, columns + 1);
        char *scratch = work->patches + slot * work->patch_bytes;
        if (work->is_winograd)
            CK_NAME(conv_i8_winograd_block)(work, tile_begin, tile_end, panel_begin, panel_end, scratch);
        else CK_NAME(conv_i8_block)(work, group, tile_begin, tile_end, panel_begin, panel_end, scratch);
    }
}

// One of the outputs is NULL.
static void CK_NAME(conv_i8_run)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                                 const ck_quantization *quantization, const float *input, const void *packed,
                                 const ck_epilogue *epilogue, float *floats, int32_t *integers, void *scratch) {
    if (shape->groups == 0) return;
    const unsigned threads = ck_pool_thread_count(pool);
    CK_NAME(conv_i8) work = CK_NAME(conv_i8_for)(shape, threads);
    work.layout = layout;
    work.input = input;
    work.packed = packed;
    work.floats = floats;
    work.integers = integers;
    work.end = conv_end_for(epilogue);
    const size_t places = conv_volume(work.places), outputs = conv_volume(shape->output);
    if (shape->batch == 0 || places == 0 || outputs == 0 || work.outputs == 0) return;
    work.input_scale = *quantization->scales;
    work.low = (float)((quantization->is_signed ? -128 : 0) - CK_NAME(quantize_zero)(quantization, 0));
    work.high = work.low + 255;
    char *base = (char *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    work.numbers = (int16_t *)(void *)base;
    work.patches = base + CK_NAME(conv_i8_number_bytes)(&work);
    work.pieces = CK_NAME(piece_count)(pool, places * shape->input_channels, 32768);
    if (work.pieces > places) work.pieces = places;
    const size_t items = shape->groups * work.split.row_blocks * work.split.column_blocks;
    const size_t tasks = conv_product(shape) / shape->batch < CK_CONV_FORK ? 1 : conv_smaller(items, threads);
    const size_t channels = work.layout == CK_BLOCKED ? conv_blocks(shape->input_channels) * CK_CHANNEL_BLOCK
                                                      : shape->input_channels;
    const size_t output_size = conv_blocks(shape->output_channels) * CK_CHANNEL_BLOCK * outputs;
    for (size_t image = 0; image < shape->batch; image++) {
        if (!work.is_pointwise)
            ck_pool_run(work.pieces > 1 ? pool : NULL, work.pieces, CK_NAME(conv_i8_quantize_piece), &work);
        work.next = 0;
        ck_pool_run(tasks > 1 ? pool : NULL, tasks, CK_NAME(conv_i8_work), &work);
        work.input += channels * conv_volume(shape->input);
        if (work.integers) work.integers += output_size;
        if (work.floats) work.floats += output_size;
        if (work.end.residual) work.end.residual += output_size;
    }
}

static void CK_NAME(f32_conv_i8)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                                 const ck_quantization *quantization, const float *input, const void *packed,
                                 const ck_epilogue *epilogue, float *output, void *scratch) {
    CK_NAME(conv_i8_run)(pool, shape, layout, quantization, input, packed, epilogue, output, NULL, scratch);
}

static void CK_NAME(i32_conv_i8)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                                 const ck_quantization *quantization, const float *input, const void *packed,
                                 int32_t *output, void *scratch) {
    CK_NAME(conv_i8_run)(pool, shape, layout, quantization, input, packed, NULL, NULL, output, scratch);
}
