// What the convolutions of 8-bit numbers share: their work, and a tile of sums.

// Numbers of 8 bits: their scale, the bounds of what they stand for, also as numbers less the zero point, and the zero
// point less the lowest number.
typedef struct CK_I8(conv_i8_form) {
    vf_divisor scale;
    vf low, high;
    vf least, greatest;
    int32_t zero;
} CK_I8(conv_i8_form);

// How results become numbers.
typedef struct CK_I8(conv_i8_rounding) {
    CK_I8(conv_i8_form) result;
    // NULL where nothing is added.
    const uint8_t *residual;
    CK_I8(conv_i8_form) residual_form, sum;
} CK_I8(conv_i8_rounding);

typedef struct CK_I8(conv_i8) {
    const ck_conv_shape *shape;
    ck_layout layout;
    // The input's scale, and the range of its numbers less the zero point.
    vf_divisor input_scale;
    float low, high;
    // What stands for zero among the numbers.
    uint32_t zero;
    // Floats, or bytes with channels last.
    const void *input;
    const char *packed;
    // All but one of the results are NULL.
    int32_t *integers;
    float *floats;
    uint8_t *bytes;
    conv_end end;
    CK_I8(conv_i8_rounding) rounding;
    // Whether each patch is one place of the input.
    bool is_pointwise;
    // Whether the rows of the products are transformed tiles instead of patches.
    bool is_winograd;
    // The extents of the places that are quantised, and how far apart they lie in the input.
    size_t places[3];
    size_t step[3];
    // Of a group: input channels, output channels, and the inner extent of the product.
    size_t inputs, outputs, k;
    size_t panels, tiles;
    // Whether the input's bytes are the numbers, and whether its pixels are the rows of the product too.
    bool reads_bytes, reads_rows;
    CK_I8(number) *numbers;
    size_t number_stride;
    // Bytes of the sums and the patches of a piece of work, or of all patches where they are gathered ahead.
    char *patches;
    size_t patch_stride, patch_bytes;
    bool gathers_ahead;
    size_t pieces;
    ck_gemm_split split;
} CK_I8(conv_i8);

// Some patches, and some columns of a group.
typedef struct CK_I8(conv_i8_part) {
    const CK_I8(conv_i8) *work;
    const CK_I8(number) *a;
    size_t a_stride, groups;
    // NULL where no weight has a zero point.
    const uint32_t *row_sums;
    const float *scales;
    CK_I8(packed) packed;
    ck_later later;
    // Floats of a block of channels of the output.
    size_t plane;
    // The first of the group's channels, and the first patch.
    size_t channel, first;
} CK_I8(conv_i8_part);

CK_INLINE const int8_t *CK_I8(conv_i8_panel)(const CK_I8(conv_i8_part) *part, size_t panel) {
    return part->packed.panels + panel * part->groups * I8_GROUP * GEMM_COLUMNS;
}

typedef void CK_I8(conv_i8_tile_function)(const CK_I8(conv_i8_part) *, size_t row, size_t panel);

#include "conv_i8_store.inc.h"

#include "conv_i8_round.inc.h"

#define CK_CONV_I8_TILE(rows)                                                                                          \
    static void CK_I8(conv_i8_tile_##rows)(const CK_I8(conv_i8_part) *part, size_t row, size_t panel) {                \
        vu sums[2 * GEMM_ROWS];                                                                                        \
        CK_I8(tile_sums)(rows, false, part->groups, part->a + row * part->a_stride, part->a_stride,                    \
                         CK_I8(conv_i8_panel)(part, panel), part->later, sums);                                        \
        if (part->row_sums || part->work->zero != 0)                                                                   \
            CK_I8(take_zeros)(&part->packed, panel * GEMM_COLUMNS, part->row_sums ? part->row_sums + row : NULL,       \
                              &part->work->zero, 0, rows, sums);                                                       \
        if (part->work->bytes) CK_I8(conv_i8_round)(part, row, panel, rows, sums);                                     \
        else CK_I8(conv_i8_store)(part, row, panel, rows, sums);                                                       \
    }
#define CK_CONV_I8_ENTRY(rows) CK_I8(conv_i8_tile_##rows),

GEMM_FOR_ROWS(CK_CONV_I8_TILE)

static CK_I8(conv_i8_tile_function) *const CK_I8(conv_i8_tiles)[] = {NULL, GEMM_FOR_ROWS(CK_CONV_I8_ENTRY)};

CK_INLINE size_t conv_i8_rounded(size_t bytes) { return (bytes + 63) & ~(size_t)63; }
