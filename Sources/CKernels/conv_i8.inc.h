// Convolutions of 8-bit numbers: floats are quantised, channels last, and patches of numbers are multiplied by the weights
// as matrices are. A patch of one place is quantised where it is multiplied or, of bytes, read where it lies; all others
// are gathered from the whole image.

#include "conv_i8_tile.inc.h"

// PERF: four products at a time outdo the fewer ones of Winograd's, which need 16 bits.
#if !CK_HAS_VNNI
#include "conv_i8_winograd.inc.h"
#endif

#include "conv_i8_pack.inc.h"

#include "conv_i8_numbers.inc.h"

#include "conv_i8_patches.inc.h"

// Whether each patch is a place of the input; one behind its end is padding.
CK_INLINE bool conv_i8_is_pointwise(const ck_conv_shape *shape) {
    for (int axis = 0; axis < 3; axis++) {
        const size_t places = shape->output[axis];
        if (shape->pad[axis] != 0 || (places > 0 && (places - 1) * shape->stride[axis] >= shape->input[axis]))
            return false;
    }
    return shape->groups == 1 && conv_volume(shape->kernel) == 1;
}

// How the input's numbers become rows of the product.
CK_INLINE void CK_I8(conv_i8_read)(CK_I8(conv_i8) *work) {
    const ck_conv_shape *shape = work->shape;
    const bool is_pointwise = conv_i8_is_pointwise(shape);
    work->reads_bytes = CK_HAS_VNNI && work->layout == CK_CHANNELS_LAST;
    work->reads_rows = work->reads_bytes && is_pointwise && conv_volume(shape->stride) == 1;
    work->is_pointwise = is_pointwise && !work->reads_bytes;
    for (int axis = 0; axis < 3; axis++) {
        work->places[axis] = work->is_pointwise ? shape->output[axis] : shape->input[axis];
        work->step[axis] = work->is_pointwise ? shape->stride[axis] : 1;
    }
    work->patch_stride = CK_I8(row_stride)(work->k);
    work->number_stride = work->is_pointwise ? work->patch_stride : shape->input_channels;
    if (work->reads_bytes) work->number_stride = ck_pixel_bytes(shape->input_channels);
    if (work->reads_rows) work->patch_stride = work->number_stride;
}

// Sizes, of which the scratch memory is made.
static CK_I8(conv_i8) CK_I8(conv_i8_for)(const ck_conv_shape *shape, ck_layout layout, unsigned threads) {
    CK_I8(conv_i8) work = {.shape = shape, .layout = layout};
    work.inputs = shape->input_channels / shape->groups;
    work.outputs = shape->output_channels / shape->groups;
    work.k = work.inputs * conv_volume(shape->kernel);
    CK_I8(conv_i8_read)(&work);
    const size_t patches = conv_volume(shape->output);
    work.tiles = CK_NAME(gemm_tiles)(patches);
    work.panels = CK_NAME(gemm_panels)(work.outputs);
    work.split = ck_gemm_split_for(work.tiles, CK_I8(tiles_per_block)(work.k), work.panels,
                                   CK_I8(microseconds)(patches, work.outputs, work.k), threads);
#if !CK_HAS_VNNI
    work.is_winograd = CK_I8(conv_i8_is_winograd)(shape);
    if (work.is_winograd) {
        CK_I8(conv_i8_split_winograd)(&work, threads);
        return work;
    }
#endif
    // PERF: columns that are shared out would each gather the patches again.
    work.gathers_ahead = !work.is_pointwise && !work.reads_rows && work.split.column_blocks > 1;
    const size_t rows = conv_ceil(work.tiles, conv_larger(work.split.row_blocks, 1)) * GEMM_ROWS;
    work.patch_bytes = conv_i8_rounded(rows * sizeof(uint32_t));
    if (!work.reads_rows && !work.gathers_ahead)
        work.patch_bytes += conv_i8_rounded(rows * work.patch_stride * sizeof(CK_I8(number)));
    return work;
}

CK_INLINE size_t CK_I8(conv_i8_number_bytes)(const CK_I8(conv_i8) *work) {
    if (work->is_pointwise || work->reads_bytes) return 0;
    return conv_i8_rounded(conv_volume(work->places) * work->number_stride * sizeof(CK_I8(number)));
}

// Bytes of all patches, where they are gathered ahead.
CK_INLINE size_t CK_I8(conv_i8_ahead_bytes)(const CK_I8(conv_i8) *work) {
    if (!work->gathers_ahead) return 0;
    const size_t patches = work->shape->groups * conv_volume(work->shape->output);
    return conv_i8_rounded(patches * work->patch_stride * sizeof(CK_I8(number)));
}

size_t CK_I8(i8_conv_scratch_bytes)(const ck_conv_shape *shape, ck_layout layout, unsigned threads) {
    if (shape->groups == 0) return 0;
    const CK_I8(conv_i8) work = CK_I8(conv_i8_for)(shape, layout, threads);
    return 64 + CK_I8(conv_i8_number_bytes)(&work) + CK_I8(conv_i8_ahead_bytes)(&work) +
           work.patch_bytes * (threads ? threads : 1);
}

// The rows of the product for the patches [first, first + count).
CK_INLINE const CK_I8(number) *CK_I8(conv_i8_rows)(const CK_I8(conv_i8) *work, size_t group, size_t first, size_t count,
                                                  CK_I8(number) *scratch) {
    if (work->reads_rows) return work->numbers + first * work->patch_stride;
    if (work->gathers_ahead) return CK_I8(conv_i8_patch_rows)(work, group) + first * work->patch_stride;
    if (work->is_pointwise) CK_I8(conv_i8_quantize)(work, first, first + count, scratch);
    else CK_I8(conv_i8_gather)(work, group, first, count, scratch);
    return scratch;
}

// The rows of the tiles [tile_begin, tile_end) and the panels [panel_begin, panel_end) of a group.
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
        .plane = patches * CK_CHANNEL_BLOCK, .channel = group * work->outputs, .first = row_begin};
    uint32_t *row_sums = (uint32_t *)(void *)scratch;
    scratch += conv_i8_rounded(rows * sizeof(uint32_t));
    part.a = CK_I8(conv_i8_rows)(work, group, row_begin, rows, (CK_I8(number) *)(void *)scratch);
    if (part.packed.has_zeros) {
        CK_I8(conv_i8_sum_rows)(work, part.a, part.a_stride, rows, row_sums);
        part.row_sums = row_sums;
    }
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        size_t row = 0;
        for (size_t t = tile_begin; t < tile_end; t++) {
            const size_t next = ck_gemm_part(patches, work->tiles, t + 1) - row_begin;
            part.later = CK_I8(later)(CK_I8(conv_i8_panel)(&part, panel), part.groups, tile_end - tile_begin, t - tile_begin);
            CK_I8(conv_i8_tiles)[next - row](&part, row, panel);
            row = next;
        }
    }
    if (panel_end == work->panels && group + 1 == shape->groups) CK_I8(conv_i8_fill)(&part, rows);
}

static void CK_I8(conv_i8_item)(void *context, size_t item, size_t slot) {
    const CK_I8(conv_i8) *work = context;
    const ck_gemm_split split = work->split;
    const size_t columns = item % split.column_blocks, rows = item / split.column_blocks % split.row_blocks;
    const size_t group = item / split.column_blocks / split.row_blocks;
    const size_t tile_begin = ck_gemm_part(work->tiles, split.row_blocks, rows);
    const size_t tile_end = ck_gemm_part(work->tiles, split.row_blocks, rows + 1);
    const size_t panel_begin = ck_gemm_part(work->panels, split.column_blocks, columns);
    const size_t panel_end = ck_gemm_part(work->panels, split.column_blocks, columns + 1);
    char *scratch = work->patches + CK_I8(conv_i8_ahead_bytes)(work) + slot * work->patch_bytes;
#if !CK_HAS_VNNI
    if (work->is_winograd) {
        CK_I8(conv_i8_winograd_block)(work, tile_begin, tile_end, panel_begin, panel_end, scratch);
        return;
    }
#endif
    CK_I8(conv_i8_block)(work, group, tile_begin, tile_end, panel_begin, panel_end, scratch);
}

#include "conv_i8_run.inc.h"
