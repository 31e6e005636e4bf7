// Each channel of blocks scaled and shifted.

typedef struct CK_NAME(scale_work) {
    const float *x;
    const float *scale;
    const float *shift;
    size_t positions;
    size_t rows;
    size_t tiles;
    conv_end end;
    float *y;
} CK_NAME(scale_work);

// Positions of a piece.
#define CK_SCALE_TILE 1024

static void CK_NAME(scale_task)(void *context, size_t index) {
    const CK_NAME(scale_work) *work = context;
    const size_t block = index / work->tiles, first = index % work->tiles * CK_SCALE_TILE;
    const size_t row = block % work->rows * CK_CHANNEL_BLOCK;
    const size_t count = conv_smaller(CK_SCALE_TILE, work->positions - first) * CK_CHANNEL_BLOCK;
    const float *x = work->x + (block * work->positions + first) * CK_CHANNEL_BLOCK;
    float *y = work->y + (block * work->positions + first) * CK_CHANNEL_BLOCK;
    const vf low = work->end.low, high = work->end.high;
    vf scale[CK_BLOCK_VECTORS], shift[CK_BLOCK_VECTORS];
    for (int v = 0; v < CK_BLOCK_VECTORS; v++) {
        scale[v] = vf_load(work->scale + row + v * CK_WIDTH);
        shift[v] = work->shift ? vf_load(work->shift + row + v * CK_WIDTH) : vf_set(0);
    }
    for (size_t i = 0; i < count; i += CK_CHANNEL_BLOCK)
        _Pragma("clang loop unroll(full)") for (int v = 0; v < CK_BLOCK_VECTORS; v++) {
            const vf value = vf_fma(vf_load(x + i + v * CK_WIDTH), scale[v], shift[v]);
            vf_store(y + i + v * CK_WIDTH, vf_min(high, vf_max(low, value)));
        }
    if (!work->end.clamps) CK_NAME(map_span)(&work->end.activation, y, y, count);
}

static void CK_NAME(f32_scale_blocks)(const float *x, size_t blocks, size_t positions, const float *scale,
                                      const float *shift, size_t rows, const ck_activation *activation, float *y,
                                      ck_pool *pool) {
    if (blocks == 0 || positions == 0 || rows == 0) return;
    ck_epilogue epilogue = {.scale = 1};
    if (activation) epilogue.activation = *activation;
    CK_NAME(scale_work) work = {.x = x, .scale = scale, .shift = shift, .positions = positions, .rows = rows,
                                .tiles = conv_ceil(positions, CK_SCALE_TILE), .end = conv_end_for(&epilogue), .y = y};
    const bool forks = blocks * positions > 4096;
    ck_pool_run(forks ? pool : NULL, blocks * work.tiles, CK_NAME(scale_task), &work);
}
