// Convolutions of 8-bit numbers: the input is quantised, channels last, and patches of it are multiplied by the weights
// as matrices are. A patch of one place is quantised where it is multiplied, all others are gathered from the whole
// image.
//
// Packed weights: for each group the scales of its columns, padded, and the packed columns of its product.

#include "conv_i8_tile.inc.h"

// PERF: four products at a time outdo the fewer ones of Winograd's, which need 16 bits.
#if !CK_HAS_VNNI
#include "conv_i8_winograd.inc.h"
#endif

CK_INLINE size_t CK_I8(conv_i8_group_bytes)(size_t k, size_t outputs) {
    return CK_I8(packed_columns)(outputs) * sizeof(float) + CK_I8(packed_bytes)(k, outputs);
}

size_t CK_I8(i8_conv_weights_bytes)(const ck_conv_shape *shape) {
    if (shape->groups == 0) return 0;
#if !CK_HAS_VNNI
    if (CK_I8(conv_i8_is_winograd)(shape)) return CK_I8(conv_i8_winograd_bytes)(shape);
#endif
    const size_t k = shape->input_channels / shape->groups * conv_volume(shape->kernel);
    return shape->groups * CK_I8(conv_i8_group_bytes)(k, shape->output_channels / shape->groups);
}

void CK_I8(i8_conv_pack)(const ck_conv_shape *shape, const void *weights, bool is_signed, const void *zero_points,
                         size_t zero_point_stride, const float *scales, size_t scale_stride, void *packed) {
    if (shape->groups == 0) return;
#if !CK_HAS_VNNI
    if (CK_I8(conv_i8_is_winograd)(shape)) {
        CK_I8(conv_i8_winograd_pack)
        (shape, weights, is_signed, zero_points, zero_point_stride, scales, scale_stride, packed);
        return;
    }
#endif
    const size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    const size_t taps = conv_volume(shape->kernel), k = inputs * taps;
    const size_t columns = CK_I8(packed_columns)(outputs);
    char *to = packed;
    for (size_t group = 0; group < shape->groups; group++) {
        for (size_t j = 0; j < columns; j++) {
            const float scale = j < outputs ? scales[(group * outputs + j) * scale_stride] : 0;
            memcpy(to + j * sizeof scale, &scale, sizeof scale);
        }
        // Columns of products by [tap, input].
        const CK_I8(unpacked) columns_of_group = {
            (const int8_t *)weights + group * outputs * k, is_signed, inputs, (ptrdiff_t)taps, 1, (ptrdiff_t)k,
            zero_points ? (const int8_t *)zero_points + group * outputs * zero_point_stride : NULL, zero_point_stride};
        CK_I8(pack_weights)(&columns_of_group, k, outputs, to + columns * sizeof(float));
        to += CK_I8(conv_i8_group_bytes)(k, outputs);
    }
}

CK_INLINE bool conv_i8_is_pointwise(const ck_conv_shape *shape) {
    return shape->groups == 1 && conv_volume(shape->kernel) == 1 && shape->pad[0] == 0 && shape->pad[1] == 0 &&
           shape->pad[2] == 0;
}

// Sizes, of which the scratch memory is made.
CK_INLINE CK_I8(conv_i8) CK_I8(conv_i8_for)(const ck_conv_shape *shape, unsigned threads) {
    CK_I8(conv_i8) work = {.shape = shape, .is_pointwise = conv_i8_is_pointwise(shape)};
    work.inputs = shape->input_channels / shape->groups;
    work.outputs = shape->output_channels / shape->groups;
    work.k = work.inputs * conv_volume(shape->kernel);
    for (int axis = 0; axis < 3; axis++) {
        work.places[axis] = work.is_pointwise ? shape->output[axis] : shape->input[axis];
        work.step[axis] = work.is_pointwise ? shape->stride[axis] : 1;
    }
    const size_t patches = conv_volume(shape->output);
    work.patch_stride = CK_I8(row_stride)(work.k);
    work.number_stride = work.is_pointwise ? work.patch_stride : shape->input_channels;
    work.tiles = CK_NAME(gemm_tiles)(patches);
    work.panels = CK_NAME(gemm_panels)(work.outputs);
    work.split = ck_gemm_split_for(work.tiles, CK_I8(tiles_per_block)(work.k), work.panels,
                                   CK_I8(microseconds)(patches, work.outputs, work.k), threads);
    const size_t rows = conv_ceil(work.tiles, conv_larger(work.split.row_blocks, 1)) * GEMM_ROWS;
    work.patch_bytes = conv_i8_rounded(rows * sizeof(uint32_t)) +
                       conv_i8_rounded(rows * work.patch_stride * sizeof(CK_I8(number)));
#if !CK_HAS_VNNI
    work.is_winograd = CK_I8(conv_i8_is_winograd)(shape);
    if (work.is_winograd) CK_I8(conv_i8_split_winograd)(&work, threads);
#endif
    return work;
}

CK_INLINE size_t CK_I8(conv_i8_number_bytes)(const CK_I8(conv_i8) *work) {
    if (work->is_pointwise) return 0;
    return conv_i8_rounded(conv_volume(work->places) * work->number_stride * sizeof(CK_I8(number)));
}

size_t CK_I8(i8_conv_scratch_bytes)(const ck_conv_shape *shape, unsigned threads) {
    if (shape->groups == 0) return 0;
    const CK_I8(conv_i8) work = CK_I8(conv_i8_for)(shape, threads);
    return 64 + CK_I8(conv_i8_number_bytes)(&work) + work.patch_bytes * (threads ? threads : 1);
}

// The numbers less the zero point, whose bounds are whole, so that it is all the same whether they apply before or after
// rounding; with VNNI less their lower bound.
CK_INLINE CK_I8(numbers) CK_I8(conv_i8_numbers)(const CK_I8(conv_i8) *work, vf value) {
    const vf bounded = vf_min(vf_max(vf_divide(value, work->input_scale), vf_set(work->low)), vf_set(work->high));
    // NUMERICS: adding 1.5 · 2^23 rounds to even what is far below 2^22.
    const vf shift = vf_set(12582912), rounded = bounded + shift - shift;
    const vf numbers = CK_HAS_VNNI ? rounded - vf_set(work->low) : rounded;
    return __builtin_convertvector(__builtin_convertvector(numbers, vi), CK_I8(numbers));
}

// A row of places of one block of channels, `step` blocks apart.
CK_INLINE void CK_I8(conv_i8_quantize_blocks)(const CK_I8(conv_i8) *work, const float *from, size_t step,
                                                size_t count, size_t channels, CK_I8(number) *to) {
    for (size_t i = 0; i < count; i++, from += step * CK_CHANNEL_BLOCK, to += work->number_stride) {
        CK_I8(numbers) numbers[CK_BLOCK_VECTORS];
        GEMM_UNROLL
        for (size_t v = 0; v < CK_BLOCK_VECTORS; v++)
            numbers[v] = CK_I8(conv_i8_numbers)(work, vf_load(from + v * CK_WIDTH));
        if (channels == CK_CHANNEL_BLOCK) memcpy(to, numbers, sizeof numbers);
        else memcpy(to, numbers, channels * sizeof(*to));
    }
}

// A row of places of one channel, `step` elements apart.
CK_INLINE void CK_I8(conv_i8_quantize_channel)(const CK_I8(conv_i8) *work, const float *from, size_t step,
                                                 size_t count, CK_I8(number) *to) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = conv_smaller(count - i, CK_WIDTH);
        vf value = vf_set(0);
        if (step == 1) value = rest == CK_WIDTH ? vf_load(from + i) : CK_NAME(gemm_load_part)(from + i, rest);
        else
            for (size_t j = 0; j < rest; j++) value[j] = from[(i + j) * step];
        const CK_I8(numbers) numbers = CK_I8(conv_i8_numbers)(work, value);
        for (size_t j = 0; j < rest; j++, to += work->number_stride) *to = numbers[j];
    }
}

// The places [begin, end), with all their channels.
static void CK_I8(conv_i8_quantize)(const CK_I8(conv_i8) *work, size_t begin, size_t end, CK_I8(number) *numbers) {
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
            CK_I8(number) *to = numbers + (at - begin) * work->number_stride + channel;
            if (!is_blocked) CK_I8(conv_i8_quantize_channel)(work, from + source, work->step[2], length, to);
            else CK_I8(conv_i8_quantize_blocks)(work, from + source * unit, work->step[2], length, channels, to);
            at += length;
        }
    }
}

static void CK_I8(conv_i8_quantize_piece)(void *context, size_t index) {
    const CK_I8(conv_i8) *work = context;
    const size_t count = conv_volume(work->places);
    const size_t begin = ck_gemm_part(count, work->pieces, index), end = ck_gemm_part(count, work->pieces, index + 1);
    CK_I8(conv_i8_quantize)(work, begin, end, work->numbers + begin * work->number_stride);
}

// The patches [first, first + count) of a group's channels.
static void CK_I8(conv_i8_gather)(const CK_I8(conv_i8) *work, size_t group, size_t first, size_t count,
                                    CK_I8(number) *rows) {
    const ck_conv_shape *shape = work->shape;
    const size_t inputs = work->inputs, stride = work->number_stride;
    const bool is_dense = shape->groups == 1 && shape->dilation[2] == 1;
    const size_t width = shape->kernel[2];
    const int zero = (int)work->zero;
    for (size_t r = 0; r < count; r++, rows += work->patch_stride) {
        const size_t ox = (first + r) % shape->output[2], oy = (first + r) / shape->output[2] % shape->output[1];
        const size_t od = (first + r) / shape->output[2] / shape->output[1];
        const conv_range taps = conv_taps(ox, shape->stride[2], shape->pad[2], shape->dilation[2], width,
                                          shape->input[2]);
        // Where the first tap within the input lies.
        const size_t x = ox * shape->stride[2] + taps.first * shape->dilation[2] - shape->pad[2];
        CK_I8(number) *to = rows;
        for (size_t kd = 0; kd < shape->kernel[0]; kd++) {
            const size_t z = od * shape->stride[0] + kd * shape->dilation[0] - shape->pad[0];
            for (size_t ky = 0; ky < shape->kernel[1]; ky++, to += width * inputs) {
                const size_t y = oy * shape->stride[1] + ky * shape->dilation[1] - shape->pad[1];
                if (z >= shape->input[0] || y >= shape->input[1] || taps.first == taps.end) {
                    memset(to, zero, width * inputs * sizeof *to);
                    continue;
                }
                const CK_I8(number) *from = work->numbers +
                                      ((z * shape->input[1] + y) * shape->input[2] + x) * stride + group * inputs;
                if (taps.first > 0) memset(to, zero, taps.first * inputs * sizeof *to);
                CK_I8(number) *inside = to + taps.first * inputs;
                if (is_dense) {
                    memcpy(inside, from, (taps.end - taps.first) * inputs * sizeof *to);
                } else {
                    for (size_t kx = taps.first; kx < taps.end; kx++, inside += inputs)
                        memcpy(inside, from + (kx - taps.first) * shape->dilation[2] * stride,
                               inputs * sizeof *to);
                }
                if (taps.end < width)
                    memset(to + taps.end * inputs, zero, (width - taps.end) * inputs * sizeof *to);
            }
        }
        for (size_t p = work->k; p % I8_GROUP != 0; p++) *to++ = 0;
    }
}

// The rows [row_begin, row_end) of the panels [panel_begin, panel_end) of a group.
static void CK_I8(conv_i8_block)(const CK_I8(conv_i8) *work, size_t group, size_t tile_begin, size_t tile_end,
                                   size_t panel_begin, size_t panel_end, char *scratch) {
    const ck_conv_shape *shape = work->shape;
    const size_t patches = conv_volume(shape->output);
    const size_t row_begin = ck_gemm_part(patches, work->tiles, tile_begin);
    const size_t row_end = ck_gemm_part(patches, work->tiles, tile_end), rows = row_end - row_begin;
    const char *packed = work->packed + group * CK_I8(conv_i8_group_bytes)(work->k, work->outputs);
    CK_I8(conv_i8_part) part = {
        .work = work, .groups = CK_I8(groups)(work->k), .a_stride = work->patch_stride,
        .scales = (const float *)(const void *)packed,
        .packed = CK_I8(packed_for)(packed + work->panels * GEMM_COLUMNS * sizeof(float), work->outputs),
        .plane = patches * CK_CHANNEL_BLOCK, .channel = group * work->outputs,
        .offset = row_begin * CK_CHANNEL_BLOCK};
    uint32_t *row_sums = (uint32_t *)(void *)scratch;
    CK_I8(number) *patch_rows = (CK_I8(number) *)(void *)(scratch + conv_i8_rounded(rows * sizeof(uint32_t)));
    if (work->is_pointwise) CK_I8(conv_i8_quantize)(work, row_begin, row_end, patch_rows);
    else CK_I8(conv_i8_gather)(work, group, row_begin, rows, patch_rows);
    part.a = patch_rows;
    if (part.packed.has_zeros) {
        for (size_t r = 0; r < rows; r++) {
            const CK_I8(number) *from = patch_rows + r * work->patch_stride;
            uint32_t sum = 0;
            for (size_t p = 0; p < work->k; p++) sum += (uint32_t)(int32_t)from[p];
            row_sums[r] = sum - work->zero * (uint32_t)work->k;
        }
        part.row_sums = row_sums;
    }
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        size_t row = 0;
        for (size_t t = tile_begin; t < tile_end; t++) {
            const size_t next = ck_gemm_part(patches, work->tiles, t + 1) - row_begin;
            CK_I8(conv_i8_tiles)[next - row](&part, row, panel);
            row = next;
        }
    }
    if (panel_end == work->panels && group + 1 == shape->groups) CK_I8(conv_i8_fill)(&part, rows);
}

static void CK_I8(conv_i8_work)(void *context, size_t slot) {
    CK_I8(conv_i8) *work = context;
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
#if !CK_HAS_VNNI
        if (work->is_winograd) {
            CK_I8(conv_i8_winograd_block)(work, tile_begin, tile_end, panel_begin, panel_end, scratch);
            continue;
        }
#endif
        CK_I8(conv_i8_block)(work, group, tile_begin, tile_end, panel_begin, panel_end, scratch);
    }
}

// One of the outputs is NULL.
static void CK_I8(conv_i8_run)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                                 const ck_quantization *quantization, const float *input, const void *packed,
                                 const ck_epilogue *epilogue, float *floats, int32_t *integers, void *scratch) {
    if (shape->groups == 0) return;
    const unsigned threads = ck_pool_thread_count(pool);
    CK_I8(conv_i8) work = CK_I8(conv_i8_for)(shape, threads);
    work.layout = layout;
    work.input = input;
    work.packed = packed;
    work.floats = floats;
    work.integers = integers;
    work.end = conv_end_for(epilogue);
    const size_t places = conv_volume(work.places), outputs = conv_volume(shape->output);
    if (shape->batch == 0 || places == 0 || outputs == 0 || work.outputs == 0) return;
    work.input_scale = vf_divisor_for(*quantization->scales);
    work.low = (float)((quantization->is_signed ? -128 : 0) - CK_NAME(quantize_zero)(quantization, 0));
    work.high = work.low + 255;
    work.zero = CK_HAS_VNNI ? (uint32_t)-work.low : 0;
    char *base = (char *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    work.numbers = (CK_I8(number) *)(void *)base;
    work.patches = base + CK_I8(conv_i8_number_bytes)(&work);
    work.pieces = CK_NAME(piece_count)(pool, places * shape->input_channels, 32768);
    if (work.pieces > places) work.pieces = places;
    const size_t items = shape->groups * work.split.row_blocks * work.split.column_blocks;
    const size_t tasks = conv_product(shape) / shape->batch < CK_CONV_FORK ? 1 : conv_smaller(items, threads);
    const size_t channels = work.layout == CK_BLOCKED ? conv_blocks(shape->input_channels) * CK_CHANNEL_BLOCK
                                                      : shape->input_channels;
    const size_t output_size = conv_blocks(shape->output_channels) * CK_CHANNEL_BLOCK * outputs;
    for (size_t image = 0; image < shape->batch; image++) {
        if (!work.is_pointwise)
            ck_pool_run(work.pieces > 1 ? pool : NULL, work.pieces, CK_I8(conv_i8_quantize_piece), &work);
        work.next = 0;
        ck_pool_run(tasks > 1 ? pool : NULL, tasks, CK_I8(conv_i8_work), &work);
        work.input += channels * conv_volume(shape->input);
        if (work.integers) work.integers += output_size;
        if (work.floats) work.floats += output_size;
        if (work.end.residual) work.end.residual += output_size;
    }
}

void CK_I8(f32_conv_i8)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                                 const ck_quantization *quantization, const float *input, const void *packed,
                                 const ck_epilogue *epilogue, float *output, void *scratch) {
    CK_I8(conv_i8_run)(pool, shape, layout, quantization, input, packed, epilogue, output, NULL, scratch);
}

void CK_I8(i32_conv_i8)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                                 const ck_quantization *quantization, const float *input, const void *packed,
                                 int32_t *output, void *scratch) {
    CK_I8(conv_i8_run)(pool, shape, layout, quantization, input, packed, NULL, NULL, output, scratch);
}
