// Products of matrices of 8-bit numbers.

typedef struct CK_I8(call) {
    size_t m, n, groups, tiles, panels;
    const CK_I8(number) *a;
    size_t a_stride;
    // Of each row less its zero point, and NULL where no weight has one; with VNNI the zero points of the rows.
    const uint32_t *row_sums, *row_zeros;
    CK_I8(packed) packed;
    // One of the results is NULL.
    int32_t *integers;
    float *floats;
    size_t c_stride;
    const float *row_scales, *column_scales;
    ck_epilogue epilogue;
    bool activates_rows;
    ck_gemm_split split;
} CK_I8(call);

typedef void CK_I8(tile_function)(const CK_I8(call) *, size_t row, size_t panel, ck_later later);

CK_INLINE void CK_I8(store)(const CK_I8(call) *call, size_t row, size_t panel, const int rows, vu *sums) {
    const size_t column = panel * GEMM_COLUMNS;
    const size_t columns = call->n - column < GEMM_COLUMNS ? call->n - column : GEMM_COLUMNS;
    const size_t high_columns = columns > CK_WIDTH ? columns - CK_WIDTH : 0;
    const size_t low_columns = columns - high_columns;
    CK_I8(take_zeros)(&call->packed, column, call->row_sums ? call->row_sums + row : NULL, call->row_zeros + row, 1, rows,
                      sums);
    if (call->integers) {
        int32_t *c = call->integers + row * call->c_stride + column;
        GEMM_UNROLL
        for (int r = 0; r < rows; r++, c += call->c_stride) {
            if (columns == GEMM_COLUMNS) {
                memcpy(c, &sums[2 * r], 2 * sizeof sums[0]);
                continue;
            }
            CK_NAME(gemm_store_part)((float *)c, (vf)sums[2 * r], low_columns);
            if (high_columns > 0) CK_NAME(gemm_store_part)((float *)c + CK_WIDTH, (vf)sums[2 * r + 1], high_columns);
        }
        return;
    }
    const ck_epilogue *epilogue = &call->epilogue;
    CK_NAME(gemm_tile) tile = {
        .c = call->floats + row * call->c_stride + column, .c_stride = call->c_stride, .columns = columns, .scale = 1,
        .bias = epilogue->bias ? epilogue->bias + column : NULL,
        .addend = epilogue->residual ? epilogue->residual + row * epilogue->residual_stride + column : NULL,
        .addend_stride = epilogue->residual_stride,
    };
    if (!call->activates_rows) tile.activation = epilogue->activation;
    vf scales[2] = {vf_set(epilogue->scale), vf_set(epilogue->scale)};
    if (call->column_scales) {
        scales[0] *= CK_NAME(gemm_load_part)(call->column_scales + column, low_columns);
        if (high_columns > 0)
            scales[1] *= CK_NAME(gemm_load_part)(call->column_scales + column + CK_WIDTH, high_columns);
    }
    vf floats[2 * GEMM_ROWS];
    GEMM_UNROLL
    for (int i = 0; i < 2 * rows; i++) {
        const float row_scale = call->row_scales ? call->row_scales[row + (size_t)(i / 2)] : 1;
        floats[i] = __builtin_convertvector((vi)sums[i], vf) * (scales[i % 2] * vf_set(row_scale));
    }
    CK_NAME(gemm_finish)(&tile, rows, floats);
}

CK_INLINE const int8_t *CK_I8(call_panel)(const CK_I8(call) *call, size_t panel) {
    return call->packed.panels + panel * call->groups * I8_GROUP * GEMM_COLUMNS;
}

CK_INLINE void CK_I8(tile_body)(const CK_I8(call) *call, size_t row, size_t panel, ck_later later, const int rows) {
    vu sums[2 * GEMM_ROWS];
    CK_I8(tile_sums)(rows, false, call->groups, call->a + row * call->a_stride, call->a_stride,
                     CK_I8(call_panel)(call, panel), later, sums);
    CK_I8(store)(call, row, panel, rows, sums);
}

#define GEMM_I8_TILE_FUNCTION(rows)                                                                                    \
    static void CK_I8(tile_##rows)(const CK_I8(call) *call, size_t row, size_t panel, ck_later later) {                \
        CK_I8(tile_body)(call, row, panel, later, rows);                                                               \
    }
#define GEMM_I8_ENTRY(rows) CK_I8(tile_##rows),

GEMM_FOR_ROWS(GEMM_I8_TILE_FUNCTION)

static CK_I8(tile_function) *const CK_I8(tile_functions)[] = {NULL, GEMM_FOR_ROWS(GEMM_I8_ENTRY)};

size_t CK_I8(i8_packed_bytes)(size_t k, size_t n) { return CK_I8(packed_bytes)(k, n); }

void CK_I8(i8_pack)(const void *b, bool is_signed, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t k, size_t n,
                    const void *zero_points, size_t zero_point_stride, void *packed) {
    const CK_I8(unpacked) weights = {b, is_signed, k, row_stride, 0, column_stride, zero_points, zero_point_stride};
    CK_I8(pack_weights)(&weights, k, n, packed);
}

size_t CK_I8(i8_gemm_scratch_bytes)(size_t m, size_t n, size_t k) {
    (void)n;
    return m * (CK_I8(row_stride)(k) * sizeof(CK_I8(number)) + 2 * sizeof(uint32_t)) + 64;
}

typedef struct CK_I8(preparation) {
    const ck_i8_matrix *a;
    size_t m, k, stride, rows_per_task;
    // NULL where the rows are used as they are.
    CK_I8(number) *rows;
    uint32_t *sums, *zeros;
} CK_I8(preparation);

// The numbers of a row, and its sum less its zero points.
CK_INLINE uint32_t CK_I8(prepare_row)(const uint8_t *from, bool is_signed, int32_t zero, size_t k, CK_I8(number) *restrict to) {
    uint32_t sum = 0;
#if CK_HAS_VNNI
    const uint8_t flip = is_signed ? 0x80 : 0;
    if (to) {
        for (size_t p = 0; p < k; p++) to[p] = from[p] ^ flip;
        for (size_t p = k; p % I8_GROUP != 0; p++) to[p] = 0;
    }
    for (size_t p = 0; p < k; p++) sum += (uint32_t)(from[p] ^ flip);
    return sum - (uint32_t)zero * (uint32_t)k;
#else
    if (is_signed)
        for (size_t p = 0; p < k; p++) sum += (uint32_t)(int32_t)(to[p] = (int16_t)((int8_t)from[p] - zero));
    else
        for (size_t p = 0; p < k; p++) sum += (uint32_t)(int32_t)(to[p] = (int16_t)(from[p] - zero));
    for (size_t p = k; p % I8_GROUP != 0; p++) to[p] = 0;
    return sum;
#endif
}

static void CK_I8(prepare_rows)(void *context, size_t task) {
    const CK_I8(preparation) *work = context;
    const ck_i8_matrix *a = work->a;
    const size_t begin = task * work->rows_per_task;
    const size_t end = work->m - begin < work->rows_per_task ? work->m : begin + work->rows_per_task;
    for (size_t i = begin; i < end; i++) {
        int32_t zero = 0;
        if (a->zero_points) {
            const size_t at = i * a->zero_point_stride;
            zero = a->is_signed ? ((const int8_t *)a->zero_points)[at] : ((const uint8_t *)a->zero_points)[at];
        }
        if (CK_HAS_VNNI && a->is_signed) zero += 128;
        work->zeros[i] = (uint32_t)zero;
        if (work->rows || work->sums) {
            const uint32_t sum = CK_I8(prepare_row)((const uint8_t *)a->elements + i * a->row_stride, a->is_signed,
                                                    zero, work->k, work->rows ? work->rows + i * work->stride : NULL);
            if (work->sums) work->sums[i] = sum;
        }
    }
}

static void CK_I8(item)(void *context, size_t item) {
    const CK_I8(call) *call = context;
    const ck_gemm_split split = call->split;
    const size_t rows = item % split.row_blocks, columns = item / split.row_blocks;
    const size_t tile_begin = ck_gemm_part(call->tiles, split.row_blocks, rows);
    const size_t tile_end = ck_gemm_part(call->tiles, split.row_blocks, rows + 1);
    const size_t panel_begin = ck_gemm_part(call->panels, split.column_blocks, columns);
    const size_t panel_end = ck_gemm_part(call->panels, split.column_blocks, columns + 1);
    const size_t row_begin = ck_gemm_part(call->m, call->tiles, tile_begin);
    const size_t row_end = ck_gemm_part(call->m, call->tiles, tile_end);
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        size_t row = row_begin;
        for (size_t t = tile_begin; t < tile_end; t++) {
            const size_t next = ck_gemm_part(call->m, call->tiles, t + 1);
            CK_I8(tile_functions)[next - row](call, row, panel,
                                              CK_I8(later)(CK_I8(call_panel)(call, panel), call->groups,
                                                           tile_end - tile_begin, t - tile_begin));
            row = next;
        }
        if (!call->floats || !call->activates_rows) continue;
        const size_t column = panel * GEMM_COLUMNS;
        CK_NAME(gemm_activate_block)(&call->epilogue.activation, call->floats + row_begin * call->c_stride + column,
                                     call->c_stride, row_end - row_begin,
                                     call->n - column < GEMM_COLUMNS ? call->n - column : GEMM_COLUMNS);
    }
}

static void CK_I8(product)(CK_I8(call) *call, size_t k, const ck_i8_matrix *a, void *scratch, ck_pool *pool) {
    const size_t m = call->m, n = call->n;
    if (m == 0 || n == 0) return;
    call->groups = CK_I8(groups)(k);
    call->tiles = CK_NAME(gemm_tiles)(m);
    call->panels = CK_NAME(gemm_panels)(n);
    CK_I8(preparation) preparation = {.a = a, .m = m, .k = k, .stride = CK_I8(row_stride)(k),
                                      .rows_per_task = 1 + 65536 / (k + 1)};
    CK_I8(number) *rows = (CK_I8(number) *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    uint32_t *words = (uint32_t *)(void *)(rows + m * preparation.stride);
    preparation.zeros = words;
    if (call->packed.has_zeros) preparation.sums = words + m;
    if (!CK_HAS_VNNI || a->is_signed || k % I8_GROUP != 0) preparation.rows = rows;
    const size_t tasks_of_rows = (m - 1) / preparation.rows_per_task + 1;
    ck_pool_run(tasks_of_rows > 4 ? pool : NULL, tasks_of_rows, CK_I8(prepare_rows), &preparation);
    call->row_zeros = preparation.zeros;
    call->row_sums = preparation.sums;
    call->a = preparation.rows ? rows : a->elements;
    call->a_stride = preparation.rows ? preparation.stride : a->row_stride;
    const unsigned threads = ck_pool_thread_count(pool);
    const double microseconds = CK_I8(microseconds)(m, n, k);
    call->split = ck_gemm_split_for(call->tiles, CK_I8(tiles_per_block)(k), call->panels, microseconds, threads);
    ck_pool_run(microseconds < CK_GEMM_FORK ? NULL : pool, call->split.row_blocks * call->split.column_blocks, CK_I8(item), call);
}

void CK_I8(i32_gemm_i8)(size_t m, size_t n, size_t k, const ck_i8_matrix *a, const void *packed, int32_t *c,
                        size_t c_row_stride, void *scratch, ck_pool *pool) {
    CK_I8(call) call = {
        .m = m, .n = n, .packed = CK_I8(packed_for)(packed, n), .integers = c, .c_stride = c_row_stride};
    CK_I8(product)(&call, k, a, scratch, pool);
}

void CK_I8(f32_gemm_i8)(size_t m, size_t n, size_t k, const ck_i8_matrix *a, const float *row_scales,
                        const void *packed, const float *column_scales, float *c, size_t c_row_stride,
                        const ck_epilogue *epilogue, void *scratch, ck_pool *pool) {
    CK_I8(call) call = {
        .m = m, .n = n, .packed = CK_I8(packed_for)(packed, n), .floats = c, .c_stride = c_row_stride,
        .row_scales = row_scales, .column_scales = column_scales,
        .epilogue = epilogue ? *epilogue : CK_NAME(gemm_no_epilogue),
    };
    call.activates_rows = !CK_NAME(gemm_activates_in_registers)(call.epilogue.activation.function);
    CK_I8(product)(&call, k, a, scratch, pool);
}
