// Reductions along one axis. NUMERICS: sums go over blocks whose sums are added in double (rows) or float (columns).

typedef struct CK_NAME(reduce_work) {
    ck_reduction reduction;
    const float *x;
    size_t outer;
    size_t axis;
    size_t inner;
    size_t blocks;
    size_t pieces;
    float *y;
} CK_NAME(reduce_work);

CK_INLINE ck_reduction CK_NAME(fold_kind)(ck_reduction reduction) {
    switch (reduction) {
    case CK_REDUCTION_MEAN:
    case CK_REDUCTION_LOG_SUM: return CK_REDUCTION_SUM;
    case CK_REDUCTION_L2: return CK_REDUCTION_SUM_SQUARE;
    default: return reduction;
    }
}

CK_INLINE float CK_NAME(fold_start)(ck_reduction kind) {
    return kind == CK_REDUCTION_MAX    ? -INFINITY
           : kind == CK_REDUCTION_MIN  ? INFINITY
           : kind == CK_REDUCTION_PROD ? 1.0f
                                       : 0.0f;
}

CK_INLINE vf CK_NAME(fold)(ck_reduction kind, vf so_far, vf x) {
    switch (kind) {
    case CK_REDUCTION_MAX: return vf_select((x > so_far) | (x != x), x, so_far);
    case CK_REDUCTION_MIN: return vf_select((x < so_far) | (x != x), x, so_far);
    case CK_REDUCTION_PROD: return so_far * x;
    case CK_REDUCTION_SUM_SQUARE: return vf_fma(x, x, so_far);
    case CK_REDUCTION_L1: return so_far + vf_abs(x);
    default: return so_far + x;
    }
}

// What joins two results of folds.
CK_INLINE double CK_NAME(fold_join)(ck_reduction kind, double a, double b) {
    switch (kind) {
    case CK_REDUCTION_MAX: return b > a || b != b ? b : a;
    case CK_REDUCTION_MIN: return b < a || b != b ? b : a;
    case CK_REDUCTION_PROD: return a * b;
    default: return a + b;
    }
}

CK_INLINE vf CK_NAME(fold_join_vectors)(ck_reduction kind, vf a, vf b) {
    return kind == CK_REDUCTION_MAX || kind == CK_REDUCTION_MIN || kind == CK_REDUCTION_PROD
               ? CK_NAME(fold)(kind, a, b)
               : a + b;
}

CK_INLINE double CK_NAME(fold_row)(ck_reduction kind, const float *x, size_t count) {
    const float start = CK_NAME(fold_start)(kind);
    double total = start;
    for (size_t block = 0; block < count; block += 128 * CK_WIDTH) {
        const size_t left = count - block, some = left < 128 * CK_WIDTH ? left : 128 * CK_WIDTH;
        vf a = vf_set(start), b = a, c = a, d = a;
        size_t i = 0;
        for (; i + 4 * CK_WIDTH <= some; i += 4 * CK_WIDTH) {
            a = CK_NAME(fold)(kind, a, vf_load(x + block + i));
            b = CK_NAME(fold)(kind, b, vf_load(x + block + i + CK_WIDTH));
            c = CK_NAME(fold)(kind, c, vf_load(x + block + i + 2 * CK_WIDTH));
            d = CK_NAME(fold)(kind, d, vf_load(x + block + i + 3 * CK_WIDTH));
        }
        for (; i + CK_WIDTH <= some; i += CK_WIDTH) a = CK_NAME(fold)(kind, a, vf_load(x + block + i));
        if (i < some) {
            const float filler = kind == CK_REDUCTION_SUM_SQUARE || kind == CK_REDUCTION_L1 ? 0.0f : start;
            b = CK_NAME(fold)(kind, b, CK_NAME(load_filled)(x + block + i, some - i, filler));
        }
        a = CK_NAME(fold_join_vectors)(kind, CK_NAME(fold_join_vectors)(kind, a, b),
                                       CK_NAME(fold_join_vectors)(kind, c, d));
        if (kind == CK_REDUCTION_MAX || kind == CK_REDUCTION_MIN || kind == CK_REDUCTION_PROD) {
            float parts[CK_WIDTH];
            vf_store(parts, a);
            for (int lane = 0; lane < CK_WIDTH; lane++) total = CK_NAME(fold_join)(kind, total, parts[lane]);
        } else {
            total += vf_sum(a);
        }
    }
    return total;
}

static double CK_NAME(row_sum)(const float *x, size_t count) { return CK_NAME(fold_row)(CK_REDUCTION_SUM, x, count); }

static float CK_NAME(row_max)(const float *x, size_t count) {
    return (float)CK_NAME(fold_row)(CK_REDUCTION_MAX, x, count);
}

static double CK_NAME(row_fold)(ck_reduction kind, const float *x, size_t count) {
    switch (kind) {
    case CK_REDUCTION_MAX: return CK_NAME(fold_row)(CK_REDUCTION_MAX, x, count);
    case CK_REDUCTION_MIN: return CK_NAME(fold_row)(CK_REDUCTION_MIN, x, count);
    case CK_REDUCTION_PROD: return CK_NAME(fold_row)(CK_REDUCTION_PROD, x, count);
    case CK_REDUCTION_SUM_SQUARE: return CK_NAME(fold_row)(CK_REDUCTION_SUM_SQUARE, x, count);
    case CK_REDUCTION_L1: return CK_NAME(fold_row)(CK_REDUCTION_L1, x, count);
    default: return CK_NAME(row_sum)(x, count);
    }
}

// The sum of e^(x - shift).
static double CK_NAME(row_exp_sum)(const float *x, size_t count, float shift) {
    double total = 0;
    for (size_t block = 0; block < count; block += 64 * CK_WIDTH) {
        const size_t left = count - block, some = left < 64 * CK_WIDTH ? left : 64 * CK_WIDTH;
        vf sum = vf_set(0);
        size_t i = 0;
        for (; i + CK_WIDTH <= some; i += CK_WIDTH) sum += vf_exp(vf_load(x + block + i) - shift);
        if (i < some) sum += vf_exp(CK_NAME(load_filled)(x + block + i, some - i, -INFINITY) - shift);
        total += vf_sum(sum);
    }
    return total;
}

static void CK_NAME(reduce_rows)(void *context, size_t index) {
    const CK_NAME(reduce_work) *work = context;
    const size_t end = CK_NAME(piece_start)(work->outer, work->pieces, index + 1);
    const ck_reduction kind = CK_NAME(fold_kind)(work->reduction);
    for (size_t row = CK_NAME(piece_start)(work->outer, work->pieces, index); row < end; row++) {
        const float *x = work->x + row * work->axis;
        double result;
        if (kind == CK_REDUCTION_LOG_SUM_EXP) {
            const float highest = CK_NAME(row_max)(x, work->axis);
            const float shift = isfinite(highest) ? highest : 0;
            result = shift + log(CK_NAME(row_exp_sum)(x, work->axis, shift));
        } else {
            result = CK_NAME(row_fold)(kind, x, work->axis);
            if (work->reduction == CK_REDUCTION_MEAN) result /= (double)work->axis;
            if (work->reduction == CK_REDUCTION_L2) result = sqrt(result);
            if (work->reduction == CK_REDUCTION_LOG_SUM) result = log(result);
        }
        work->y[row] = (float)result;
    }
}

CK_INLINE void CK_NAME(fold_columns)(ck_reduction kind, int vectors, size_t head, const float *x, size_t axis,
                                     size_t inner, vf *totals) {
    for (int v = 0; v < vectors; v++) totals[v] = vf_set(CK_NAME(fold_start)(kind));
    for (size_t block = 0; block < axis; block += 64) {
        const size_t end = axis - block < 64 ? axis : block + 64;
        vf sums[4];
        for (int v = 0; v < vectors; v++) sums[v] = vf_set(CK_NAME(fold_start)(kind));
        for (size_t i = block; i < end; i++)
            for (int v = 0; v < vectors; v++)
                sums[v] = CK_NAME(fold)(kind, sums[v], CK_NAME(load_column)(x + i * inner + v * CK_WIDTH, head));
        for (int v = 0; v < vectors; v++) totals[v] = CK_NAME(fold_join_vectors)(kind, totals[v], sums[v]);
    }
}

CK_INLINE void CK_NAME(reduce_columns)(ck_reduction reduction, ck_reduction kind, int vectors, size_t head,
                                       const float *x, size_t axis, size_t inner, float *y) {
    vf results[4];
    if (kind == CK_REDUCTION_LOG_SUM_EXP) {
        vf shifts[4];
        CK_NAME(fold_columns)(CK_REDUCTION_MAX, vectors, head, x, axis, inner, shifts);
        for (int v = 0; v < vectors; v++) {
            shifts[v] = vf_select(vf_abs(shifts[v]) < INFINITY, shifts[v], vf_set(0));
            results[v] = vf_set(0);
        }
        for (size_t i = 0; i < axis; i++)
            for (int v = 0; v < vectors; v++)
                results[v] += vf_exp(CK_NAME(load_column)(x + i * inner + v * CK_WIDTH, head) - shifts[v]);
        for (int v = 0; v < vectors; v++) results[v] = vf_log(results[v]) + shifts[v];
    } else {
        CK_NAME(fold_columns)(kind, vectors, head, x, axis, inner, results);
        for (int v = 0; v < vectors; v++) {
            if (reduction == CK_REDUCTION_MEAN) results[v] /= (float)axis;
            if (reduction == CK_REDUCTION_L2) results[v] = __builtin_elementwise_sqrt(results[v]);
            if (reduction == CK_REDUCTION_LOG_SUM) results[v] = vf_log(results[v]);
        }
    }
    for (int v = 0; v < vectors; v++) CK_NAME(store_column)(y + v * CK_WIDTH, results[v], head);
}

CK_INLINE void CK_NAME(reduce_block)(ck_reduction kind, const CK_NAME(reduce_work) *work, const float *x, float *y,
                                     size_t columns) {
    const ck_reduction reduction = work->reduction;
    size_t i = 0;
    if (columns == 4 * CK_WIDTH) {
        CK_NAME(reduce_columns)(reduction, kind, 4, 0, x, work->axis, work->inner, y);
        return;
    }
    for (; i + CK_WIDTH <= columns; i += CK_WIDTH)
        CK_NAME(reduce_columns)(reduction, kind, 1, 0, x + i, work->axis, work->inner, y + i);
    if (i < columns)
        CK_NAME(reduce_columns)(reduction, kind, 1, columns - i, x + i, work->axis, work->inner, y + i);
}

static void CK_NAME(reduce_task)(void *context, size_t index) {
    const CK_NAME(reduce_work) *work = context;
    const size_t items = work->outer * work->blocks;
    const size_t end = CK_NAME(piece_start)(items, work->pieces, index + 1);
    for (size_t item = CK_NAME(piece_start)(items, work->pieces, index); item < end; item++) {
        const size_t row = item / work->blocks, column = item % work->blocks * (4 * CK_WIDTH);
        const size_t left = work->inner - column, columns = left < 4 * CK_WIDTH ? left : 4 * CK_WIDTH;
        const float *x = work->x + row * work->axis * work->inner + column;
        float *y = work->y + row * work->inner + column;
        switch (CK_NAME(fold_kind)(work->reduction)) {
#define CK_CASE(kind)                                                                                                  \
    case kind: CK_NAME(reduce_block)(kind, work, x, y, columns); break;
            CK_CASE(CK_REDUCTION_SUM)
            CK_CASE(CK_REDUCTION_MAX)
            CK_CASE(CK_REDUCTION_MIN)
            CK_CASE(CK_REDUCTION_PROD)
            CK_CASE(CK_REDUCTION_SUM_SQUARE)
            CK_CASE(CK_REDUCTION_L1)
            CK_CASE(CK_REDUCTION_LOG_SUM_EXP)
#undef CK_CASE
        default: break;
        }
    }
}

static void CK_NAME(f32_reduce)(ck_reduction reduction, const float *x, size_t outer, size_t axis, size_t inner,
                                float *y, ck_pool *pool) {
    CK_NAME(reduce_work) work = {reduction, x, outer, axis, inner, 1, 1, y};
    if (outer == 0 || inner == 0) return;
    if (inner == 1) {
        work.pieces = CK_NAME(piece_count)(pool, outer, CK_NAME(items_per_piece)(axis));
        ck_pool_run(pool, work.pieces, CK_NAME(reduce_rows), &work);
        return;
    }
    work.blocks = (inner - 1) / (4 * CK_WIDTH) + 1;
    work.pieces = CK_NAME(piece_count)(pool, outer * work.blocks, CK_NAME(items_per_piece)(axis * 4 * CK_WIDTH));
    ck_pool_run(pool, work.pieces, CK_NAME(reduce_task), &work);
}

typedef struct CK_NAME(arg_work) {
    bool lowest;
    bool last;
    const float *x;
    size_t outer;
    size_t axis;
    size_t inner;
    size_t pieces;
    int64_t *y;
} CK_NAME(arg_work);

CK_INLINE bool CK_NAME(arg_wins)(bool last, float x, float best) {
    return last ? x >= best || x != x : x > best || (x != x && best == best);
}

// One row with a place for each lane; a place counts vectors.
CK_INLINE int64_t CK_NAME(arg_row)(bool lowest, bool last, const float *x, size_t count) {
    const vi sign = lowest ? (vi)(int32_t)0x80000000 : (vi)0;
    float best = lowest ? -x[0] : x[0];
    size_t place = 0, i = 0;
    if (count >= 4 * CK_WIDTH && count / CK_WIDTH < INT32_MAX) {
        vf highest = (vf)((vi)vf_load(x) ^ sign);
        vi at = 0;
        int32_t step = 1;
        for (i = CK_WIDTH; i + CK_WIDTH <= count; i += CK_WIDTH, step++) {
            const vf value = (vf)((vi)vf_load(x + i) ^ sign);
            const vi wins = last ? (value >= highest) | (value != value)
                                 : (value > highest) | ((value != value) & (highest == highest));
            highest = vf_select(wins, value, highest);
            at = wins ? (vi)step : at;
        }
        float values[CK_WIDTH];
        vf_store(values, highest);
        best = values[0];
        place = (size_t)at[0] * CK_WIDTH;
        for (int lane = 1; lane < CK_WIDTH; lane++) {
            const size_t here = (size_t)at[lane] * CK_WIDTH + (size_t)lane;
            const bool is_same = values[lane] == best || (values[lane] != values[lane] && best != best);
            if (is_same ? (here > place) == last : CK_NAME(arg_wins)(last, values[lane], best)) {
                best = values[lane];
                place = here;
            }
        }
    } else {
        i = 1;
    }
    for (; i < count; i++) {
        const float value = lowest ? -x[i] : x[i];
        if (!CK_NAME(arg_wins)(last, value, best)) continue;
        best = value;
        place = i;
    }
    return (int64_t)place;
}

static void CK_NAME(arg_task)(void *context, size_t index) {
    const CK_NAME(arg_work) *work = context;
    const size_t end = CK_NAME(piece_start)(work->outer, work->pieces, index + 1);
    for (size_t row = CK_NAME(piece_start)(work->outer, work->pieces, index); row < end; row++) {
        const float *x = work->x + row * work->axis * work->inner;
        int64_t *y = work->y + row * work->inner;
        if (work->inner == 1) {
            *y = work->last ? CK_NAME(arg_row)(work->lowest, true, x, work->axis)
                            : CK_NAME(arg_row)(work->lowest, false, x, work->axis);
            continue;
        }
        for (size_t block = 0; block < work->inner; block += 64) {
            const size_t columns = work->inner - block < 64 ? work->inner - block : 64;
            float best[64];
            for (size_t j = 0; j < columns; j++) {
                best[j] = work->lowest ? -x[block + j] : x[block + j];
                y[block + j] = 0;
            }
            for (size_t i = 1; i < work->axis; i++)
                for (size_t j = 0; j < columns; j++) {
                    const float value = work->lowest ? -x[i * work->inner + block + j] : x[i * work->inner + block + j];
                    const bool wins = CK_NAME(arg_wins)(work->last, value, best[j]);
                    best[j] = wins ? value : best[j];
                    y[block + j] = wins ? (int64_t)i : y[block + j];
                }
        }
    }
}

static void CK_NAME(f32_arg)(bool lowest, bool last, const float *x, size_t outer, size_t axis, size_t inner,
                             int64_t *y, ck_pool *pool) {
    if (outer == 0 || inner == 0 || axis == 0) return;
    CK_NAME(arg_work) work = {lowest, last, x, outer, axis, inner, 1, y};
    work.pieces = CK_NAME(piece_count)(pool, outer, CK_NAME(items_per_piece)(axis * inner));
    ck_pool_run(pool, work.pieces, CK_NAME(arg_task), &work);
}
