// Exact products of 8-bit numbers: both operands are widened to 16 bits, whose products are added in pairs of k.
//
// Packed weights: one int32 zero point for each padded column, then panels [panel][pair of k][GEMM_COLUMNS][2] of int8
// (unsigned weights less 128, as their zero points are).

typedef int16_t CK_NAME(i16s) __attribute__((ext_vector_type(2 * CK_WIDTH)));
typedef int8_t CK_NAME(i8s) __attribute__((ext_vector_type(2 * CK_WIDTH)));

typedef struct CK_NAME(i8_call) {
    size_t m, n, pairs, tiles, panels;
    const int16_t *a;
    size_t a_stride;
    const uint32_t *row_sums;
    const void *packed;
    // One of the results is NULL.
    int32_t *integers;
    float *floats;
    size_t c_stride;
    const float *row_scales, *column_scales;
    ck_epilogue epilogue;
    bool activates_rows;
    ck_gemm_split split;
    atomic_size_t next;
} CK_NAME(i8_call);

typedef void CK_NAME(i8_tile_function)(const CK_NAME(i8_call) *, size_t row, size_t panel);

CK_INLINE vu CK_NAME(i8_multiply)(CK_NAME(i16s) a, CK_NAME(i16s) b) {
#if defined(__x86_64__) && CK_WIDTH == 16
    return (vu)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(__x86_64__) && CK_WIDTH == 8
    return (vu)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__x86_64__) && CK_WIDTH == 4
    return (vu)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    const vi low = ((vi)a << 16 >> 16) * ((vi)b << 16 >> 16);
    return (vu)low + (vu)(((vi)a >> 16) * ((vi)b >> 16));
#endif
}

CK_INLINE CK_NAME(i16s) CK_NAME(i8_widen)(const void *from, const bool is_wide) {
    CK_NAME(i16s) wide;
    if (is_wide) {
        memcpy(&wide, from, sizeof wide);
        return wide;
    }
    CK_NAME(i8s) narrow;
    memcpy(&narrow, from, sizeof narrow);
    return __builtin_convertvector(narrow, CK_NAME(i16s));
}

CK_INLINE void CK_NAME(i8_store)(const CK_NAME(i8_call) *call, size_t row, size_t panel, const int rows, vu *sums) {
    const size_t column = panel * GEMM_COLUMNS;
    const size_t columns = call->n - column < GEMM_COLUMNS ? call->n - column : GEMM_COLUMNS;
    const size_t high_columns = columns > CK_WIDTH ? columns - CK_WIDTH : 0;
    const size_t low_columns = columns - high_columns;
    vu zeros[2];
    memcpy(zeros, (const int32_t *)call->packed + column, sizeof zeros);
    GEMM_UNROLL
    for (int i = 0; i < 2 * rows; i++) sums[i] -= zeros[i % 2] * (vu)call->row_sums[row + (size_t)(i / 2)];
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

// The sums of a tile's rows of A, which lie `stride` apart, by a panel of B, of 8 bits or 16.
CK_INLINE void CK_NAME(i8_tile_sums)(const int rows, const bool is_wide, size_t pairs, const int16_t *from,
                                     size_t stride, const void *panel, vu *sums) {
    const char *b = panel;
    const size_t half = GEMM_COLUMNS * (is_wide ? sizeof(int16_t) : 1);
    const int16_t *a[(GEMM_ROWS + 2) / 3];
    GEMM_UNROLL
    for (int i = 0; i < (rows + 2) / 3; i++) a[i] = from + 3 * (size_t)i * stride;
    GEMM_UNROLL
    for (int i = 0; i < 2 * rows; i++) sums[i] = (vu)0;
    for (size_t left = pairs; left > 0; left--, b += 2 * half) {
        const CK_NAME(i16s) low = CK_NAME(i8_widen)(b, is_wide), high = CK_NAME(i8_widen)(b + half, is_wide);
        GEMM_UNROLL
        for (int r = 0; r < rows; r++) {
            int32_t pair;
            memcpy(&pair, a[r / 3] + (size_t)(r % 3) * stride, sizeof pair);
            const CK_NAME(i16s) x = (CK_NAME(i16s))(vi)pair;
            sums[2 * r] += CK_NAME(i8_multiply)(x, low);
            sums[2 * r + 1] += CK_NAME(i8_multiply)(x, high);
        }
        GEMM_UNROLL
        for (int i = 0; i < (rows + 2) / 3; i++) a[i] += 2;
    }
}

CK_INLINE void CK_NAME(i8_tile_body)(const CK_NAME(i8_call) *call, size_t row, size_t panel, const int rows) {
    const int8_t *b = (const int8_t *)((const int32_t *)call->packed + call->panels * GEMM_COLUMNS);
    vu sums[2 * GEMM_ROWS];
    CK_NAME(i8_tile_sums)(rows, false, call->pairs, call->a + row * call->a_stride, call->a_stride,
                          b + panel * call->pairs * 2 * GEMM_COLUMNS, sums);
    CK_NAME(i8_store)(call, row, panel, rows, sums);
}

#define GEMM_I8_TILE_FUNCTION(rows)                                                                                    \
    static void CK_NAME(i8_tile_##rows)(const CK_NAME(i8_call) *call, size_t row, size_t panel) {                      \
        CK_NAME(i8_tile_body)(call, row, panel, rows);                                                                 \
    }
#define GEMM_I8_ENTRY(rows) CK_NAME(i8_tile_##rows),

GEMM_FOR_ROWS(GEMM_I8_TILE_FUNCTION)

static CK_NAME(i8_tile_function) *const CK_NAME(i8_tile_functions)[] = {NULL, GEMM_FOR_ROWS(GEMM_I8_ENTRY)};

static size_t CK_NAME(i8_packed_bytes)(size_t k, size_t n) {
    const size_t columns = CK_NAME(gemm_panels)(n) * GEMM_COLUMNS;
    return columns * sizeof(int32_t) + columns * (k + k % 2);
}

static void CK_NAME(i8_pack)(const void *b, bool is_signed, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t k,
                             size_t n, const void *zero_points, size_t zero_point_stride, void *packed) {
    const size_t columns = CK_NAME(gemm_panels)(n) * GEMM_COLUMNS;
    const int8_t *numbers = b, *zeros = zero_points;
    const uint8_t flip = is_signed ? 0 : 0x80;
    int8_t *to = packed;
    for (size_t j = 0; j < columns; j++, to += sizeof(int32_t)) {
        const uint8_t stored = zeros && j < n ? (uint8_t)zeros[j * zero_point_stride] : 0;
        const int32_t zero = j < n ? (int8_t)(stored ^ flip) : 0;
        memcpy(to, &zero, sizeof zero);
    }
    for (size_t j = 0; j < n; j += GEMM_COLUMNS)
        for (size_t p = 0; p < k; p += 2)
            for (size_t i = 0; i < 2 * GEMM_COLUMNS; i++, to++) {
                const size_t row = p + i % 2, column = j + i / 2;
                const ptrdiff_t at = (ptrdiff_t)row * row_stride + (ptrdiff_t)column * column_stride;
                *to = row < k && column < n ? (int8_t)((uint8_t)numbers[at] ^ flip) : 0;
            }
}

// PERF: never a multiple of the distance at which rows share a set of the first cache.
CK_INLINE size_t CK_NAME(i8_row_stride)(size_t k) { return (k / 32 + 1) * 32 + ((k / 32 + 1) % 16 == 0 ? 32 : 0); }

static size_t CK_NAME(i8_gemm_scratch_bytes)(size_t m, size_t n, size_t k) {
    (void)n;
    return m * (CK_NAME(i8_row_stride)(k) * sizeof(int16_t) + sizeof(uint32_t)) + 64;
}

typedef struct CK_NAME(i8_widening) {
    const ck_i8_matrix *a;
    size_t m, k, stride, rows_per_task;
    int16_t *rows;
    uint32_t *sums;
} CK_NAME(i8_widening);

static void CK_NAME(i8_widen_rows)(void *context, size_t task) {
    const CK_NAME(i8_widening) *work = context;
    const ck_i8_matrix *a = work->a;
    const size_t begin = task * work->rows_per_task;
    const size_t end = work->m - begin < work->rows_per_task ? work->m : begin + work->rows_per_task;
    for (size_t i = begin; i < end; i++) {
        int16_t *restrict to = work->rows + i * work->stride;
        const size_t zero_at = i * a->zero_point_stride;
        uint32_t sum = 0;
        if (a->is_signed) {
            const int8_t *from = (const int8_t *)a->elements + i * a->row_stride;
            const int16_t zero = a->zero_points ? ((const int8_t *)a->zero_points)[zero_at] : 0;
            for (size_t p = 0; p < work->k; p++) sum += (uint32_t)(int32_t)(to[p] = (int16_t)(from[p] - zero));
        } else {
            const uint8_t *from = (const uint8_t *)a->elements + i * a->row_stride;
            const int16_t zero = a->zero_points ? ((const uint8_t *)a->zero_points)[zero_at] : 0;
            for (size_t p = 0; p < work->k; p++) sum += (uint32_t)(int32_t)(to[p] = (int16_t)(from[p] - zero));
        }
        to[work->k] = 0;
        work->sums[i] = sum;
    }
}

static void CK_NAME(i8_work)(void *context, size_t slot) {
    (void)slot;
    CK_NAME(i8_call) *call = context;
    const ck_gemm_split split = call->split;
    for (;;) {
        const size_t item = atomic_fetch_add_explicit(&call->next, 1, memory_order_relaxed);
        if (item >= split.row_blocks * split.column_blocks) return;
        const size_t rows = item / split.column_blocks, columns = item % split.column_blocks;
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
                CK_NAME(i8_tile_functions)[next - row](call, row, panel);
                row = next;
            }
            if (!call->floats || !call->activates_rows) continue;
            const size_t column = panel * GEMM_COLUMNS;
            CK_NAME(gemm_activate_block)(&call->epilogue.activation, call->floats + row_begin * call->c_stride + column,
                                         call->c_stride, row_end - row_begin,
                                         call->n - column < GEMM_COLUMNS ? call->n - column : GEMM_COLUMNS);
        }
    }
}

static void CK_NAME(i8_product)(CK_NAME(i8_call) *call, size_t k, const ck_i8_matrix *a, void *scratch, ck_pool *pool) {
    const size_t m = call->m, n = call->n;
    if (m == 0 || n == 0) return;
    call->pairs = k / 2 + k % 2;
    call->tiles = CK_NAME(gemm_tiles)(m);
    call->panels = CK_NAME(gemm_panels)(n);
    call->a_stride = CK_NAME(i8_row_stride)(k);
    int16_t *rows = (int16_t *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    uint32_t *sums = (uint32_t *)(void *)(rows + m * call->a_stride);
    call->a = rows;
    call->row_sums = sums;
    CK_NAME(i8_widening) widening = {a, m, k, call->a_stride, 1 + 65536 / (k + 1), rows, sums};
    const size_t widenings = (m - 1) / widening.rows_per_task + 1;
    ck_pool_run(widenings > 4 ? pool : NULL, widenings, CK_NAME(i8_widen_rows), &widening);
    const unsigned threads = ck_pool_thread_count(pool);
    const double microseconds = ck_gemm_microseconds(m, n, k) / 2;
    // PERF: the widened rows of a block stay in the second cache.
    const size_t fitting = 131072 / (k + 1) / GEMM_ROWS, most = GEMM_BLOCK_ROWS / GEMM_ROWS;
    call->split = ck_gemm_split_for(call->tiles, fitting < 1 ? 1 : fitting < most ? fitting : most, call->panels,
                                    microseconds, threads);
    atomic_init(&call->next, 0);
    const size_t items = call->split.row_blocks * call->split.column_blocks;
    const size_t tasks = microseconds < 40 ? 1 : items < threads ? items : threads;
    ck_pool_run(tasks > 1 ? pool : NULL, tasks, CK_NAME(i8_work), call);
}

static void CK_NAME(i32_gemm_i8)(size_t m, size_t n, size_t k, const ck_i8_matrix *a, const void *packed, int32_t *c,
                                 size_t c_row_stride, void *scratch, ck_pool *pool) {
    CK_NAME(i8_call) call = {.m = m, .n = n, .packed = packed, .integers = c, .c_stride = c_row_stride};
    CK_NAME(i8_product)(&call, k, a, scratch, pool);
}

static void CK_NAME(f32_gemm_i8)(size_t m, size_t n, size_t k, const ck_i8_matrix *a, const float *row_scales,
                                 const void *packed, const float *column_scales, float *c, size_t c_row_stride,
                                 const ck_epilogue *epilogue, void *scratch, ck_pool *pool) {
    CK_NAME(i8_call) call = {
        .m = m, .n = n, .packed = packed, .floats = c, .c_stride = c_row_stride, .row_scales = row_scales,
        .column_scales = column_scales, .epilogue = epilogue ? *epilogue : CK_NAME(gemm_no_epilogue),
    };
    call.activates_rows = !CK_NAME(gemm_activates_in_registers)(call.epilogue.activation.function);
    CK_NAME(i8_product)(&call, k, a, scratch, pool);
}
