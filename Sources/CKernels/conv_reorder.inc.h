// Plain to blocked and back.

typedef struct conv_reorder {
    size_t channels;
    size_t positions;
    size_t blocks;
    size_t tiles;
    const float *input;
    float *output;
} conv_reorder;

#define CK_REORDER_TILE 512

typedef float conv_quad __attribute__((ext_vector_type(4)));

CK_INLINE conv_quad conv_quad_load(const float *from) {
    conv_quad value;
    memcpy(&value, from, sizeof value);
    return value;
}

CK_INLINE void conv_quad_store(float *to, conv_quad value) { memcpy(to, &value, sizeof value); }

CK_INLINE void conv_quad_transpose(conv_quad *rows) {
    conv_quad a = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
    conv_quad b = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
    conv_quad c = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
    conv_quad d = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
    rows[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    rows[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    rows[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    rows[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

static void CK_NAME(conv_block_task)(void *context, size_t index) {
    const conv_reorder *work = context;
    size_t tile = index % work->tiles, block = index / work->tiles % work->blocks;
    size_t batch = index / work->tiles / work->blocks, positions = work->positions;
    size_t first = tile * CK_REORDER_TILE, end = conv_smaller(first + CK_REORDER_TILE, positions);
    size_t channels = conv_smaller(CK_CHANNEL_BLOCK, work->channels - block * CK_CHANNEL_BLOCK);
    const float *from = work->input + (batch * work->channels + block * CK_CHANNEL_BLOCK) * positions;
    float *to = work->output + (batch * work->blocks + block) * positions * CK_CHANNEL_BLOCK;
    size_t i = first;
    if (channels == CK_CHANNEL_BLOCK)
        for (; i + 4 <= end; i += 4)
            for (size_t c = 0; c < CK_CHANNEL_BLOCK; c += 4) {
                conv_quad rows[4];
                for (int r = 0; r < 4; r++) rows[r] = conv_quad_load(from + (c + (size_t)r) * positions + i);
                conv_quad_transpose(rows);
                for (int r = 0; r < 4; r++) conv_quad_store(to + (i + (size_t)r) * CK_CHANNEL_BLOCK + c, rows[r]);
            }
    for (; i < end; i++)
        for (size_t c = 0; c < CK_CHANNEL_BLOCK; c++)
            to[i * CK_CHANNEL_BLOCK + c] = c < channels ? from[c * positions + i] : 0;
}

static void CK_NAME(conv_unblock_task)(void *context, size_t index) {
    const conv_reorder *work = context;
    size_t tile = index % work->tiles, block = index / work->tiles % work->blocks;
    size_t batch = index / work->tiles / work->blocks, positions = work->positions;
    size_t first = tile * CK_REORDER_TILE, end = conv_smaller(first + CK_REORDER_TILE, positions);
    size_t channels = conv_smaller(CK_CHANNEL_BLOCK, work->channels - block * CK_CHANNEL_BLOCK);
    const float *from = work->input + (batch * work->blocks + block) * positions * CK_CHANNEL_BLOCK;
    float *to = work->output + (batch * work->channels + block * CK_CHANNEL_BLOCK) * positions;
    size_t i = first;
    if (channels == CK_CHANNEL_BLOCK)
        for (; i + 4 <= end; i += 4)
            for (size_t c = 0; c < CK_CHANNEL_BLOCK; c += 4) {
                conv_quad rows[4];
                for (int r = 0; r < 4; r++) rows[r] = conv_quad_load(from + (i + (size_t)r) * CK_CHANNEL_BLOCK + c);
                conv_quad_transpose(rows);
                for (int r = 0; r < 4; r++) conv_quad_store(to + (c + (size_t)r) * positions + i, rows[r]);
            }
    for (; i < end; i++)
        for (size_t c = 0; c < channels; c++) to[c * positions + i] = from[i * CK_CHANNEL_BLOCK + c];
}

CK_INLINE void conv_reordered(ck_pool *pool, size_t batch, size_t channels, size_t positions, const float *input,
                              float *output, ck_task *task) {
    conv_reorder work = {.channels = channels,
                         .positions = positions,
                         .blocks = conv_blocks(channels),
                         .tiles = conv_ceil(positions, CK_REORDER_TILE),
                         .input = input,
                         .output = output};
    bool forks = batch * channels * positions > 100000;
    ck_pool_run(forks ? pool : NULL, batch * work.blocks * work.tiles, task, &work);
}

static void CK_NAME(f32_block)(ck_pool *pool, size_t batch, size_t channels, size_t positions, const float *input,
                               float *output) {
    conv_reordered(pool, batch, channels, positions, input, output, CK_NAME(conv_block_task));
}

static void CK_NAME(f32_unblock)(ck_pool *pool, size_t batch, size_t channels, size_t positions, const float *input,
                                 float *output) {
    conv_reordered(pool, batch, channels, positions, input, output, CK_NAME(conv_unblock_task));
}

typedef struct conv_picking {
    size_t channels;
    size_t positions;
    size_t tiles;
    const int32_t *order;
    const float *input;
    float *output;
} conv_picking;

static void CK_NAME(conv_pick_task)(void *context, size_t index) {
    const conv_picking *work = context;
    size_t blocks = conv_blocks(work->channels), plane = work->positions * CK_CHANNEL_BLOCK;
    size_t tile = index % work->tiles, block = index / work->tiles % blocks, batch = index / work->tiles / blocks;
    size_t first = tile * CK_REORDER_TILE, end = conv_smaller(first + CK_REORDER_TILE, work->positions);
    size_t channels = conv_smaller(CK_CHANNEL_BLOCK, work->channels - block * CK_CHANNEL_BLOCK);
    const float *sources[CK_CHANNEL_BLOCK];
    for (size_t c = 0; c < channels; c++) {
        size_t channel = (size_t)work->order[block * CK_CHANNEL_BLOCK + c];
        sources[c] = work->input + (batch * blocks + channel / CK_CHANNEL_BLOCK) * plane + channel % CK_CHANNEL_BLOCK;
    }
    float *to = work->output + (batch * blocks + block) * plane;
    for (size_t i = first * CK_CHANNEL_BLOCK; i < end * CK_CHANNEL_BLOCK; i += CK_CHANNEL_BLOCK) {
        for (size_t c = 0; c < channels; c++) to[i + c] = sources[c][i];
        for (size_t c = channels; c < CK_CHANNEL_BLOCK; c++) to[i + c] = 0;
    }
}

static void CK_NAME(f32_pick_channels)(ck_pool *pool, size_t batch, size_t channels, size_t positions,
                                       const int32_t *order, const float *input, float *output) {
    conv_picking work = {channels, positions, conv_ceil(positions, CK_REORDER_TILE), order, input, output};
    bool forks = batch * channels * positions > 100000;
    ck_pool_run(forks ? pool : NULL, batch * conv_blocks(channels) * work.tiles, CK_NAME(conv_pick_task), &work);
}
