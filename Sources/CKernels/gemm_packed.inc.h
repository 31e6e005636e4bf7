// Products of packed weights, shared between threads by blocks of rows and of panels.

// PERF: the rows of a block of k stay in the second cache while all panels pass.
#define GEMM_BLOCK_ROWS 72

#ifndef CK_GEMM_SPLIT
#define CK_GEMM_SPLIT

// How `tiles` × `panels` tiles are cut into items of work.
typedef struct ck_gemm_split {
    size_t row_blocks;
    size_t column_blocks;
} ck_gemm_split;

// Where part `index` of `parts` nearly equal parts begins.
static inline size_t ck_gemm_part(size_t count, size_t parts, size_t index) {
    const size_t rest = count % parts;
    return count / parts * index + (index < rest ? index : rest);
}

// PERF: microseconds from which a product is worth more than one thread.
#define CK_GEMM_FORK 6

static inline ck_gemm_split ck_gemm_split_for(size_t tiles, size_t tiles_per_block, size_t panels, double microseconds,
                                              unsigned threads) {
    ck_gemm_split split = {(tiles + tiles_per_block - 1) / tiles_per_block, 1};
    if (threads < 2 || microseconds < CK_GEMM_FORK) return split;
    const size_t most = 8 * (size_t)threads;
    const size_t enough = microseconds / 15 < (double)most ? (size_t)(microseconds / 15) : most;
    const size_t wanted = enough > threads ? enough : threads;
    if (split.row_blocks >= wanted) return split;
    split.column_blocks = (wanted + split.row_blocks - 1) / split.row_blocks;
    if (split.column_blocks > panels) {
        split.column_blocks = panels;
        const size_t rows = (wanted + panels - 1) / panels;
        if (rows > split.row_blocks) split.row_blocks = rows < tiles ? rows : tiles;
    }
    return split;
}

// The microseconds that a product takes about.
static inline double ck_gemm_microseconds(size_t m, size_t n, size_t k) {
    const double arithmetic = 2.0 * (double)m * (double)n * (double)k / 8e4;
    const double memory = 4.0 * (double)n * (double)k / 3e4;
    return arithmetic > memory ? arithmetic : memory;
}

#endif

typedef struct CK_NAME(gemm_call) {
    size_t m, n, k, k_block, tiles, panels;
    const float *a;
    size_t a_stride;
    const void *packed;
    bool bf16;
    // Of weights of few bits, which are made floats panel by panel; no bits for others.
    unsigned bits;
    size_t bits_block;
    float *c;
    size_t c_stride;
    ck_epilogue epilogue;
    bool activates_rows;
    // Whether each block's rows are packed first.
    bool packs_rows;
    float *scratch;
    size_t scratch_stride;
    ck_gemm_split split;
} CK_NAME(gemm_call);

static const ck_epilogue CK_NAME(gemm_no_epilogue) = {1, NULL, NULL, 0, {CK_IDENTITY, 0, 0}};

CK_INLINE size_t CK_NAME(gemm_tiles)(size_t m) { return m / GEMM_ROWS + (m % GEMM_ROWS != 0); }

// PERF: rows that lie a multiple of 4 KiB apart share one set of the first cache, whose eight ways hold six rows but
// not fourteen: packing costs 2 to 10 % with six rows on Zen 3, and gains 20 to 40 % with fourteen on Zen 4.
CK_INLINE bool CK_NAME(gemm_packs_rows)(size_t m, size_t n, size_t k, size_t a_stride) {
    return GEMM_ROWS > 8 && m > 8 && n >= 8 * GEMM_COLUMNS && k >= 64 && a_stride % 1024 == 0;
}

CK_INLINE size_t CK_NAME(gemm_rows_scratch)(size_t m, size_t k) {
    const size_t most = GEMM_BLOCK_ROWS;
    return (m < most ? m : most) * CK_NAME(gemm_k_block)(k) + 16;
}

static size_t CK_NAME(f32_gemm_scratch_size)(size_t m, size_t n, size_t k, size_t a_row_stride, unsigned threads) {
    if (!CK_NAME(gemm_packs_rows)(m, n, k, a_row_stride)) return 0;
    return CK_NAME(gemm_rows_scratch)(m, k) * (threads > 0 ? threads : 1);
}

static size_t CK_NAME(f32_gemm_bits_scratch_size)(size_t m, size_t n, size_t k, size_t a_row_stride, unsigned threads) {
    const size_t one = CK_NAME(f32_gemm_scratch_size)(m, n, k, a_row_stride, 1) + CK_NAME(bits_scratch)(k);
    return one * (threads > 0 ? threads : 1);
}

static void CK_NAME(gemm_activate_block)(const ck_activation *activation, float *c, size_t c_stride, size_t rows,
                                         size_t columns) {
    for (size_t r = 0; r < rows; r++) CK_NAME(map_span)(activation, c + r * c_stride, c + r * c_stride, columns);
}

// The tiles of a block of rows and panels for one block of k. `floats` has room for a panel of weights of few bits.
static void CK_NAME(gemm_packed_block)(const CK_NAME(gemm_call) *call, size_t k0, size_t tile_begin, size_t tile_end,
                                       size_t panel_begin, size_t panel_end, float *packed_a, float *floats) {
    const size_t count = call->k - k0 < call->k_block ? call->k - k0 : call->k_block;
    const bool first = k0 == 0, last = k0 + count == call->k;
    const size_t row_begin = ck_gemm_part(call->m, call->tiles, tile_begin);
    const size_t row_end = ck_gemm_part(call->m, call->tiles, tile_end);
    if (packed_a)
        for (size_t t = tile_begin; t < tile_end; t++) {
            const size_t row = ck_gemm_part(call->m, call->tiles, t);
            const size_t rows = ck_gemm_part(call->m, call->tiles, t + 1) - row;
            CK_NAME(gemm_pack_rows)(call->a + row * call->a_stride + k0, (ptrdiff_t)call->a_stride, 1, rows, count,
                                    packed_a + (row - row_begin) * count);
        }
    const ck_epilogue *epilogue = &call->epilogue;
    CK_NAME(gemm_tile_function) *const *functions = CK_NAME(gemm_tile_functions)[call->bf16][packed_a != NULL];
    CK_NAME(gemm_tile) tile = {.k = count, .a_stride = call->a_stride, .b_stride = GEMM_COLUMNS,
                               .c_stride = call->c_stride, .scale = epilogue->scale};
    if (last && !call->activates_rows) tile.activation = epilogue->activation;
    size_t unactivated = panel_begin;
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        const size_t column = panel * GEMM_COLUMNS;
        const size_t at = k0 * call->panels * GEMM_COLUMNS + column * count;
        CK_NAME(bits_panel) bits = {0};
        if (call->bits) {
            bits = CK_NAME(bits_panel_at)(call->packed, panel, call->k, call->bits, call->bits_block, k0);
            if (row_end - row_begin > GEMM_BITS_ROWS) CK_NAME(bits_expand)(&bits, count, floats);
            tile.b = floats;
        } else {
            tile.b = (const char *)call->packed + at * (call->bf16 ? sizeof(uint16_t) : sizeof(float));
        }
        tile.columns = call->n - column < GEMM_COLUMNS ? call->n - column : GEMM_COLUMNS;
        tile.bias = first && epilogue->bias ? epilogue->bias + column : NULL;
        // PERF: each tile fetches a part of the next panel into the second cache, so that the first does not wait for all of
        // it: 10 to 35 % where weights come from farther away. One tile alone reads panels as fast as they come.
        const size_t step_bytes = GEMM_COLUMNS * (call->bf16 ? sizeof(uint16_t) : sizeof(float));
        const bool fetches_later = tile_end - tile_begin > 1 && !call->bits;
        size_t row = row_begin;
        for (size_t t = tile_begin; t < tile_end; t++) {
            const size_t rows = ck_gemm_part(call->m, call->tiles, t + 1) - row;
            tile.a = packed_a ? packed_a + (row - row_begin) * count : call->a + row * call->a_stride + k0;
            tile.c = call->c + row * call->c_stride + column;
            if (fetches_later)
                tile.later = ck_later_part((const char *)tile.b + count * step_bytes, count, step_bytes,
                                           tile_end - tile_begin, t - tile_begin);
            tile.addend = tile.c;
            tile.addend_stride = call->c_stride;
            if (first) {
                tile.addend = epilogue->residual ? epilogue->residual + row * epilogue->residual_stride + column : NULL;
                tile.addend_stride = epilogue->residual_stride;
            }
            if (call->bits && row_end - row_begin <= GEMM_BITS_ROWS)
                CK_NAME(bits_tile_functions)[bits.is_byte][rows](&tile, &bits);
            else functions[rows](&tile);
            row += rows;
        }
        if (last && call->activates_rows && (panel + 1 == panel_end || panel - unactivated == 7)) {
            const size_t from = unactivated * GEMM_COLUMNS;
            CK_NAME(gemm_activate_block)(&epilogue->activation, call->c + row_begin * call->c_stride + from,
                                         call->c_stride, row_end - row_begin, column + tile.columns - from);
            unactivated = panel + 1;
        }
    }
}

static void CK_NAME(gemm_packed_item)(void *context, size_t item, size_t slot) {
    const CK_NAME(gemm_call) *call = context;
    const ck_gemm_split split = call->split;
    float *scratch = call->scratch ? call->scratch + slot * call->scratch_stride : NULL;
    float *floats = call->bits ? scratch : NULL;
    float *packed_a = call->packs_rows ? scratch + (call->bits ? CK_NAME(bits_scratch)(call->k) : 0) : NULL;
    // PERF: a thread has its own columns, so that it reads half of the weights, which are more than the rows.
    const size_t rows = item % split.row_blocks, columns = item / split.row_blocks;
    size_t k0 = 0;
    do {
        CK_NAME(gemm_packed_block)(call, k0, ck_gemm_part(call->tiles, split.row_blocks, rows),
                                   ck_gemm_part(call->tiles, split.row_blocks, rows + 1),
                                   ck_gemm_part(call->panels, split.column_blocks, columns),
                                   ck_gemm_part(call->panels, split.column_blocks, columns + 1), packed_a, floats);
        k0 += call->k_block;
    } while (k0 < call->k);
}

// Shares out a call whose operands and epilogue are there.
static void CK_NAME(gemm_run)(CK_NAME(gemm_call) *call, float *scratch, ck_pool *pool) {
    const size_t m = call->m, n = call->n, k = call->k;
    if (m == 0 || n == 0) return;
    call->k_block = CK_NAME(gemm_k_block)(k);
    call->tiles = CK_NAME(gemm_tiles)(m);
    call->panels = CK_NAME(gemm_panels)(n);
    call->activates_rows = !CK_NAME(gemm_activates_in_registers)(call->epilogue.activation.function);
    call->packs_rows = scratch && CK_NAME(gemm_packs_rows)(m, n, k, call->a_stride);
    call->scratch = scratch;
    call->scratch_stride = (call->packs_rows ? CK_NAME(gemm_rows_scratch)(m, k) : 0) +
                           (call->bits ? CK_NAME(bits_scratch)(k) : 0);
    const unsigned threads = ck_pool_thread_count(pool);
    const double microseconds = ck_gemm_microseconds(m, n, k);
    call->split = ck_gemm_split_for(call->tiles, GEMM_BLOCK_ROWS / GEMM_ROWS, call->panels, microseconds, threads);
    ck_pool_run_slots(microseconds < CK_GEMM_FORK ? NULL : pool, call->split.row_blocks * call->split.column_blocks,
                      CK_NAME(gemm_packed_item), call);
}

static void CK_NAME(f32_gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, const float *packed,
                              float *c, size_t c_row_stride, const ck_epilogue *epilogue, float *scratch,
                              ck_pool *pool) {
    CK_NAME(gemm_call) call = {.m = m, .n = n, .k = k, .a = a, .a_stride = a_row_stride, .packed = packed, .c = c,
                               .c_stride = c_row_stride,
                               .epilogue = epilogue ? *epilogue : CK_NAME(gemm_no_epilogue)};
    CK_NAME(gemm_run)(&call, scratch, pool);
}

static void CK_NAME(f32_gemm_bf16)(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride,
                                   const uint16_t *packed, float *c, size_t c_row_stride, const ck_epilogue *epilogue,
                                   float *scratch, ck_pool *pool) {
    CK_NAME(gemm_call) call = {.m = m, .n = n, .k = k, .a = a, .a_stride = a_row_stride, .packed = packed, .bf16 = true,
                               .c = c, .c_stride = c_row_stride,
                               .epilogue = epilogue ? *epilogue : CK_NAME(gemm_no_epilogue)};
    CK_NAME(gemm_run)(&call, scratch, pool);
}

static void CK_NAME(f32_gemm_bits)(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride,
                                   const void *packed, unsigned bits, size_t block, float *c, size_t c_row_stride,
                                   const ck_epilogue *epilogue, float *scratch, ck_pool *pool) {
    CK_NAME(gemm_call) call = {.m = m, .n = n, .k = k, .a = a, .a_stride = a_row_stride, .packed = packed, .bits = bits,
                               .bits_block = block, .c = c, .c_stride = c_row_stride,
                               .epilogue = epilogue ? *epilogue : CK_NAME(gemm_no_epilogue)};
    CK_NAME(gemm_run)(&call, scratch, pool);
}
