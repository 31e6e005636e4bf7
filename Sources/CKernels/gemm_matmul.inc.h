// Products of two operands that are known at run time only: panels of B are packed as they are needed.

// PERF: rows of B are read by whole groups of panels, so that each cache line is read once.
#define GEMM_GROUP 4

typedef struct CK_NAME(matmul_call) {
    size_t batch, m, n, k, k_block, tiles, panels;
    const ck_f32_matrices *a;
    const ck_f32_matrices *b;
    float *c;
    size_t c_stride;
    const size_t *c_offsets;
    ck_epilogue epilogue;
    bool activates_rows, packs_a, packs_b, multiplies_columns;
    float *scratch;
    size_t scratch_stride;
    ck_gemm_split split;
} CK_NAME(matmul_call);

// PERF: more rows than for weights, because each block of rows packs B anew; shorter blocks of k, so that a group of
// panels and the rows fit in the second cache.
#define MATMUL_BLOCK_ROWS 192
#define MATMUL_K_BLOCK 384

CK_INLINE size_t CK_NAME(matmul_k_block)(size_t k) { return CK_NAME(gemm_block_of_k)(k, MATMUL_K_BLOCK); }

CK_INLINE size_t CK_NAME(matmul_rows_scratch)(size_t m, size_t k) {
    const size_t most = MATMUL_BLOCK_ROWS;
    return (m < most ? m : most) * CK_NAME(matmul_k_block)(k) + 16;
}

CK_INLINE size_t CK_NAME(matmul_thread_scratch)(size_t m, size_t k) {
    return CK_NAME(matmul_rows_scratch)(m, k) + GEMM_GROUP * GEMM_COLUMNS * CK_NAME(matmul_k_block)(k);
}

static size_t CK_NAME(f32_matmul_scratch_size)(size_t batch, size_t m, size_t n, size_t k, unsigned threads) {
    if (batch == 0 || m == 0 || n == 0) return 0;
    return CK_NAME(matmul_thread_scratch)(m, k) * (threads > 0 ? threads : 1);
}

typedef struct CK_NAME(matmul_part) {
    const float *a, *b;
    float *c;
    const float *residual;
    size_t tile_begin, tile_end, panel_begin, panel_end;
} CK_NAME(matmul_part);

static void CK_NAME(matmul_block)(const CK_NAME(matmul_call) *call, const CK_NAME(matmul_part) *part, size_t k0,
                                  float *scratch) {
    const size_t count = call->k - k0 < call->k_block ? call->k - k0 : call->k_block;
    const bool first = k0 == 0, last = k0 + count == call->k;
    const size_t row_begin = ck_gemm_part(call->m, call->tiles, part->tile_begin);
    const size_t row_end = ck_gemm_part(call->m, call->tiles, part->tile_end);
    const ptrdiff_t a_row = call->a->row_stride, a_column = call->a->column_stride;
    const ptrdiff_t b_row = call->b->row_stride, b_column = call->b->column_stride;
    float *packed_a = scratch;
    float *packed_b = scratch + CK_NAME(matmul_rows_scratch)(call->m, call->k);
    if (call->packs_a)
        for (size_t t = part->tile_begin; t < part->tile_end; t++) {
            const size_t row = ck_gemm_part(call->m, call->tiles, t);
            const size_t rows = ck_gemm_part(call->m, call->tiles, t + 1) - row;
            CK_NAME(gemm_pack_rows)(part->a + (ptrdiff_t)row * a_row + (ptrdiff_t)k0 * a_column, a_row, a_column, rows,
                                    count, packed_a + (row - row_begin) * count);
        }
    const ck_epilogue *epilogue = &call->epilogue;
    CK_NAME(gemm_tile_function) *const *functions = CK_NAME(gemm_tile_functions)[0][call->packs_a];
    CK_NAME(gemm_tile) tile = {.k = count, .a_stride = (size_t)a_row, .c_stride = call->c_stride,
                               .scale = epilogue->scale};
    if (last && !call->activates_rows) tile.activation = epilogue->activation;
    for (size_t group = part->panel_begin; group < part->panel_end; group += GEMM_GROUP) {
        const size_t group_end = part->panel_end - group < GEMM_GROUP ? part->panel_end : group + GEMM_GROUP;
        for (size_t p = 0; call->packs_b && p < count; p += 64)
            for (size_t panel = group; panel < group_end; panel++) {
                const size_t column = panel * GEMM_COLUMNS;
                CK_NAME(gemm_pack_panel)(part->b + (ptrdiff_t)(k0 + p) * b_row + (ptrdiff_t)column * b_column, b_row,
                                         b_column, count - p < 64 ? count - p : 64,
                                         call->n - column < GEMM_COLUMNS ? call->n - column : GEMM_COLUMNS,
                                         packed_b + ((panel - group) * count + p) * GEMM_COLUMNS);
            }
        for (size_t panel = group; panel < group_end; panel++) {
            const size_t column = panel * GEMM_COLUMNS;
            tile.columns = call->n - column < GEMM_COLUMNS ? call->n - column : GEMM_COLUMNS;
            tile.b_stride = GEMM_COLUMNS;
            const float *b = part->b + (ptrdiff_t)k0 * b_row + (ptrdiff_t)column * b_column;
            if (call->packs_b) {
                tile.b = packed_b + (panel - group) * count * GEMM_COLUMNS;
            } else if (tile.columns == GEMM_COLUMNS) {
                tile.b = b;
                tile.b_stride = (size_t)b_row;
            } else {
                CK_NAME(gemm_pack_panel)(b, b_row, b_column, count, tile.columns, packed_b);
                tile.b = packed_b;
            }
            tile.bias = first && epilogue->bias ? epilogue->bias + column : NULL;
            size_t row = row_begin;
            for (size_t t = part->tile_begin; t < part->tile_end; t++) {
                const size_t rows = ck_gemm_part(call->m, call->tiles, t + 1) - row;
                tile.a = call->packs_a ? packed_a + (row - row_begin) * count
                                       : part->a + (ptrdiff_t)row * a_row + (ptrdiff_t)k0;
                tile.c = part->c + row * call->c_stride + column;
                tile.addend = tile.c;
                tile.addend_stride = call->c_stride;
                if (first) {
                    tile.addend = part->residual ? part->residual + row * epilogue->residual_stride + column : NULL;
                    tile.addend_stride = epilogue->residual_stride;
                }
                functions[rows](&tile);
                row += rows;
            }
        }
        if (last && call->activates_rows) {
            const size_t from = group * GEMM_COLUMNS, to = group_end * GEMM_COLUMNS;
            CK_NAME(gemm_activate_block)(&epilogue->activation, part->c + row_begin * call->c_stride + from,
                                         call->c_stride, row_end - row_begin, (to < call->n ? to : call->n) - from);
        }
    }
}

// Four dot products of a row of A with columns of B.
CK_INLINE void CK_NAME(matmul_dots)(const float *a, const float *b, ptrdiff_t b_column, size_t k, float *dots) {
    vf sums[8];
    GEMM_UNROLL
    for (int i = 0; i < 8; i++) sums[i] = vf_set(0);
    size_t p = 0;
    for (; p + 2 * CK_WIDTH <= k; p += 2 * CK_WIDTH) {
        const vf low = vf_load(a + p), high = vf_load(a + p + CK_WIDTH);
        GEMM_UNROLL
        for (int i = 0; i < 4; i++) {
            const float *column = b + i * b_column + p;
            sums[i] = vf_fma(low, vf_load(column), sums[i]);
            sums[i + 4] = vf_fma(high, vf_load(column + CK_WIDTH), sums[i + 4]);
        }
    }
    for (; p < k; p += CK_WIDTH) {
        const vf x = CK_NAME(gemm_load_part)(a + p, k - p);
        GEMM_UNROLL
        for (int i = 0; i < 4; i++)
            sums[i] = vf_fma(x, CK_NAME(gemm_load_part)(b + i * b_column + p, k - p), sums[i]);
    }
    GEMM_UNROLL
    for (int i = 0; i < 4; i++) dots[i] = vf_sum(sums[i] + sums[i + 4]);
}

// Few rows by columns of B that lie whole in memory: nothing is packed.
static void CK_NAME(matmul_columns)(const CK_NAME(matmul_call) *call, const CK_NAME(matmul_part) *part) {
    const ck_epilogue *epilogue = &call->epilogue;
    const ptrdiff_t b_column = call->b->column_stride;
    CK_NAME(gemm_tile) tile = {.scale = epilogue->scale};
    if (!call->activates_rows) tile.activation = epilogue->activation;
    for (size_t panel = part->panel_begin; panel < part->panel_end; panel++) {
        const size_t first = panel * GEMM_COLUMNS;
        tile.columns = call->n - first < GEMM_COLUMNS ? call->n - first : GEMM_COLUMNS;
        tile.bias = epilogue->bias ? epilogue->bias + first : NULL;
        for (size_t row = 0; row < call->m; row++) {
            const float *a = part->a + (ptrdiff_t)row * call->a->row_stride;
            const float *b = part->b + (ptrdiff_t)first * b_column;
            float dots[GEMM_COLUMNS] = {0};
            size_t j = 0;
            for (; j + 4 <= tile.columns; j += 4, b += 4 * b_column)
                CK_NAME(matmul_dots)(a, b, b_column, call->k, dots + j);
            for (; j < tile.columns; j++, b += b_column) {
                float same[4];
                CK_NAME(matmul_dots)(a, b, 0, call->k, same);
                dots[j] = same[0];
            }
            tile.c = part->c + row * call->c_stride + first;
            tile.addend = part->residual ? part->residual + row * epilogue->residual_stride + first : NULL;
            vf sums[2] = {vf_load(dots), vf_load(dots + CK_WIDTH)};
            CK_NAME(gemm_finish)(&tile, 1, sums);
            if (call->activates_rows) 
                CK_NAME(map_span)(&epilogue->activation, tile.c, tile.c, tile.columns);
        }
    }
}

static void CK_NAME(matmul_item)(void *context, size_t item, size_t slot) {
    const CK_NAME(matmul_call) *call = context;
    const size_t row_blocks = call->split.row_blocks, column_blocks = call->split.column_blocks;
    const size_t columns = item % column_blocks;
    const size_t rows = item / column_blocks % row_blocks, matrix = item / column_blocks / row_blocks;
    const ck_epilogue *epilogue = &call->epilogue;
    CK_NAME(matmul_part) part = {
        .a = call->a->elements + (call->a->offsets ? call->a->offsets[matrix] : 0),
        .b = call->b->elements + (call->b->offsets ? call->b->offsets[matrix] : 0),
        .c = call->c + (call->c_offsets ? call->c_offsets[matrix] : matrix * call->m * call->c_stride),
        .residual = epilogue->residual ? epilogue->residual + matrix * call->m * epilogue->residual_stride : NULL,
        .tile_begin = ck_gemm_part(call->tiles, row_blocks, rows),
        .tile_end = ck_gemm_part(call->tiles, row_blocks, rows + 1),
        .panel_begin = ck_gemm_part(call->panels, column_blocks, columns),
        .panel_end = ck_gemm_part(call->panels, column_blocks, columns + 1),
    };
    if (call->multiplies_columns) {
        CK_NAME(matmul_columns)(call, &part);
        return;
    }
    size_t k0 = 0;
    do {
        CK_NAME(matmul_block)(call, &part, k0, call->scratch + slot * call->scratch_stride);
        k0 += call->k_block;
    } while (k0 < call->k);
}

static void CK_NAME(f32_matmul)(size_t batch, size_t m, size_t n, size_t k, const ck_f32_matrices *a,
                                const ck_f32_matrices *b, float *c, size_t c_row_stride, const size_t *c_offsets,
                                const ck_epilogue *epilogue, float *scratch, ck_pool *pool) {
    if (batch == 0 || m == 0 || n == 0) return;
    CK_NAME(matmul_call) call = {
        .batch = batch, .m = m, .n = n, .k = k, .k_block = CK_NAME(matmul_k_block)(k), .tiles = CK_NAME(gemm_tiles)(m),
        .panels = CK_NAME(gemm_panels)(n), .a = a, .b = b, .c = c, .c_stride = c_row_stride, .c_offsets = c_offsets,
        .epilogue = epilogue ? *epilogue : CK_NAME(gemm_no_epilogue), .scratch = scratch,
        .scratch_stride = CK_NAME(matmul_thread_scratch)(m, k),
    };
    call.activates_rows = !CK_NAME(gemm_activates_in_registers)(call.epilogue.activation.function);
    call.packs_a = a->column_stride != 1;
    call.packs_b = b->column_stride != 1 || call.tiles > 2;
    call.multiplies_columns = m <= 4 && b->row_stride == 1 && b->column_stride != 1 && a->column_stride == 1;
    // PERF: a few rows of B at a time, each of which the processor prefetches over its whole length.
    if (!call.packs_b && m <= 2) call.k_block = CK_NAME(gemm_block_of_k)(k, 32);
    const unsigned threads = ck_pool_thread_count(pool);
    const double microseconds = ck_gemm_microseconds(m, n, k);
    const double total = microseconds * (double)batch;
    const bool enough = batch >= 8 * (size_t)threads;
    call.split = ck_gemm_split_for(call.tiles, MATMUL_BLOCK_ROWS / GEMM_ROWS, call.panels, microseconds,
                                   enough ? 1 : threads);
    ck_pool_run_slots(total < 40 ? NULL : pool, batch * call.split.row_blocks * call.split.column_blocks,
                      CK_NAME(matmul_item), &call);
}
