// What the convolutions of 8-bit numbers share: a tile of sums, and how they are stored in blocks of channels.

typedef struct CK_I8(conv_i8) {
    const ck_conv_shape *shape;
    ck_layout layout;
    // The input's scale, and the range of its numbers less the zero point.
    vf_divisor input_scale;
    float low, high;
    // What stands for zero among the numbers.
    uint32_t zero;
    const float *input;
    const char *packed;
    // One of the results is NULL.
    int32_t *integers;
    float *floats;
    conv_end end;
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
    CK_I8(number) *numbers;
    size_t number_stride;
    char *patches;
    size_t patch_stride, patch_bytes;
    size_t pieces;
    ck_gemm_split split;
    size_t next;
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
    // Floats of a block of channels of the output.
    size_t plane;
    // The first of the group's channels, and where its first patch's place lies in each block.
    size_t channel, offset;
} CK_I8(conv_i8_part);

typedef void CK_I8(conv_i8_tile_function)(const CK_I8(conv_i8_part) *, size_t row, size_t panel);

// Stores one vector of columns channel by channel: where it ends within the group or lies in two blocks of channels, and
// for activations that are more than bounds.
static __attribute__((noinline)) void CK_I8(conv_i8_store_channels)(const CK_I8(conv_i8_part) *part, size_t row,
                                                                      size_t column, size_t rows, const vu *sums) {
    const CK_I8(conv_i8) *work = part->work;
    const conv_end *end = &work->end;
    const size_t left = work->outputs - column, count = left < CK_WIDTH ? left : CK_WIDTH;
    const size_t first = part->channel + column;
    const vf scale = vf_load(part->scales + column) * work->input_scale.value * end->scale;
    const vf bias = end->bias ? CK_NAME(gemm_load_part)(end->bias + first, count) : vf_set(0);
    for (size_t r = 0; r < rows; r++) {
        size_t at[CK_WIDTH];
        float residual[CK_WIDTH] = {0};
        for (size_t i = 0; i < count; i++) {
            at[i] = (first + i) / CK_CHANNEL_BLOCK * part->plane + part->offset + (row + r) * CK_CHANNEL_BLOCK +
                    (first + i) % CK_CHANNEL_BLOCK;
            if (end->residual) residual[i] = end->residual[at[i]];
        }
        if (work->integers) {
            for (size_t i = 0; i < count; i++) work->integers[at[i]] = (int32_t)sums[2 * r][i];
            continue;
        }
        vf value = vf_fma(__builtin_convertvector((vi)sums[2 * r], vf), scale, bias) + vf_load(residual);
        value = vf_min(end->high, vf_max(end->low, value));
        if (!end->clamps) value = CK_CONV_ACTIVATE(end->activation, value);
        for (size_t i = 0; i < count; i++) work->floats[at[i]] = value[i];
    }
}

CK_INLINE void CK_I8(conv_i8_store)(const CK_I8(conv_i8_part) *part, size_t row, size_t panel, const int rows,
                                      vu *sums) {
    const CK_I8(conv_i8) *work = part->work;
    const conv_end *end = &work->end;
    const size_t column = panel * GEMM_COLUMNS;
    GEMM_UNROLL
    for (int h = 0; h < 2; h++) {
        const size_t at = column + (size_t)h * CK_WIDTH, channel = part->channel + at;
        if (at >= work->outputs) return;
        const size_t lane = channel % CK_CHANNEL_BLOCK;
        if (at + CK_WIDTH > work->outputs || lane + CK_WIDTH > CK_CHANNEL_BLOCK || !end->clamps) {
            vu stored[2 * GEMM_ROWS];
            GEMM_UNROLL
            for (int r = 0; r < rows; r++) stored[2 * r] = sums[2 * r + h];
            CK_I8(conv_i8_store_channels)(part, row, at, (size_t)rows, stored);
            continue;
        }
        const size_t to = channel / CK_CHANNEL_BLOCK * part->plane + part->offset + row * CK_CHANNEL_BLOCK + lane;
        if (work->integers) {
            GEMM_UNROLL
            for (int r = 0; r < rows; r++)
                vf_store((float *)(work->integers + to + (size_t)r * CK_CHANNEL_BLOCK), (vf)sums[2 * r + h]);
            continue;
        }
        const vf scale = vf_load(part->scales + at) * work->input_scale.value * end->scale;
        const vf bias = end->bias ? vf_load(end->bias + channel) : vf_set(0);
        const float *residual = end->residual ? end->residual + to : NULL;
        GEMM_UNROLL
        for (int r = 0; r < rows; r++) {
            vf value = vf_fma(__builtin_convertvector((vi)sums[2 * r + h], vf), scale, bias);
            if (residual) value += vf_load(residual + (size_t)r * CK_CHANNEL_BLOCK);
            vf_store(work->floats + to + (size_t)r * CK_CHANNEL_BLOCK, vf_min(end->high, vf_max(end->low, value)));
        }
    }
}

// Zeros behind the last channel.
CK_INLINE void CK_I8(conv_i8_fill)(const CK_I8(conv_i8_part) *part, size_t rows) {
    const CK_I8(conv_i8) *work = part->work;
    const size_t channels = work->shape->output_channels;
    float *output = work->integers ? (float *)work->integers : work->floats;
    output += channels / CK_CHANNEL_BLOCK * part->plane + part->offset;
    for (size_t r = 0; channels % CK_CHANNEL_BLOCK != 0 && r < rows; r++)
        for (size_t c = channels % CK_CHANNEL_BLOCK; c < CK_CHANNEL_BLOCK; c++) output[r * CK_CHANNEL_BLOCK + c] = 0;
}

#define CK_CONV_I8_TILE(rows)                                                                                          \
    static void CK_I8(conv_i8_tile_##rows)(const CK_I8(conv_i8_part) *part, size_t row, size_t panel) {                \
        vu sums[2 * GEMM_ROWS];                                                                                        \
        CK_I8(tile_sums)(rows, false, part->groups, part->a + row * part->a_stride, part->a_stride,                    \
                         part->packed.panels + panel * part->groups * I8_GROUP * GEMM_COLUMNS, sums);                  \
        CK_I8(take_zeros)(&part->packed, panel * GEMM_COLUMNS, part->row_sums ? part->row_sums + row : NULL,           \
                          &part->work->zero, 0, rows, sums);                                                           \
        CK_I8(conv_i8_store)(part, row, panel, rows, sums);                                                            \
    }
#define CK_CONV_I8_ENTRY(rows) CK_I8(conv_i8_tile_##rows),

GEMM_FOR_ROWS(CK_CONV_I8_TILE)

static CK_I8(conv_i8_tile_function) *const CK_I8(conv_i8_tiles)[] = {NULL, GEMM_FOR_ROWS(CK_CONV_I8_ENTRY)};

CK_INLINE size_t conv_i8_rounded(size_t bytes) { return (bytes + 63) & ~(size_t)63; }
