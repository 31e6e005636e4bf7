typedef struct CK_NAME(softmax_work) {
    bool logarithm;
    const float *x;
    size_t outer;
    size_t axis;
    size_t inner;
    size_t blocks;
    size_t pieces;
    float *y;
} CK_NAME(softmax_work);

static void CK_NAME(softmax_row)(bool logarithm, const float *x, size_t count, float *y) {
    vf a = vf_set(-INFINITY), b = a;
    size_t i = 0;
    for (; i + 2 * CK_WIDTH <= count; i += 2 * CK_WIDTH) {
        a = vf_max(a, vf_load(x + i));
        b = vf_max(b, vf_load(x + i + CK_WIDTH));
    }
    if (i + CK_WIDTH <= count) {
        a = vf_max(a, vf_load(x + i));
        i += CK_WIDTH;
    }
    if (i < count) b = vf_max(b, CK_NAME(load_filled)(x + i, count - i, -INFINITY));
    const float highest = vf_highest(vf_max(a, b));
    vf sum = vf_set(0), sum_b = sum;
    for (i = 0; i + 2 * CK_WIDTH <= count; i += 2 * CK_WIDTH) {
        const vf e = vf_exp_flushed(vf_load(x + i) - highest);
        const vf f = vf_exp_flushed(vf_load(x + i + CK_WIDTH) - highest);
        if (!logarithm) {
            vf_store(y + i, e);
            vf_store(y + i + CK_WIDTH, f);
        }
        sum += e;
        sum_b += f;
    }
    if (i + CK_WIDTH <= count) {
        const vf e = vf_exp_flushed(vf_load(x + i) - highest);
        if (!logarithm) vf_store(y + i, e);
        sum += e;
        i += CK_WIDTH;
    }
    if (i < count) {
        const vf e = vf_exp_flushed(CK_NAME(load_filled)(x + i, count - i, -INFINITY) - highest);
        if (!logarithm) vf_store_head(y + i, e, count - i);
        sum_b += e;
    }
    const float total = vf_sum(sum + sum_b);
    const float scale = 1.0f / total;
    const float shift = logarithm ? highest + logf(total) : 0;
    const float *from = logarithm ? x : y;
    for (i = 0; i + CK_WIDTH <= count; i += CK_WIDTH)
        vf_store(y + i, logarithm ? vf_load(from + i) - shift : vf_load(from + i) * scale);
    if (i < count) {
        const vf value = vf_load_head(from + i, count - i);
        vf_store_head(y + i, logarithm ? value - shift : value * scale, count - i);
    }
}

CK_INLINE void CK_NAME(softmax_columns)(bool logarithm, int vectors, size_t head, const float *x, size_t axis,
                                        size_t inner, float *y) {
    vf highest[4], sums[4];
    for (int v = 0; v < vectors; v++) {
        highest[v] = vf_set(-INFINITY);
        sums[v] = vf_set(0);
    }
    for (size_t i = 0; i < axis; i++)
        for (int v = 0; v < vectors; v++)
            highest[v] = vf_max(highest[v], CK_NAME(load_column)(x + i * inner + v * CK_WIDTH, head));
    for (size_t i = 0; i < axis; i++)
        for (int v = 0; v < vectors; v++) {
            const size_t at = i * inner + v * CK_WIDTH;
            const vf e = vf_exp_flushed(CK_NAME(load_column)(x + at, head) - highest[v]);
            sums[v] += e;
            if (!logarithm) CK_NAME(store_column)(y + at, e, head);
        }
    for (int v = 0; v < vectors; v++) sums[v] = logarithm ? highest[v] + vf_log(sums[v]) : 1.0f / sums[v];
    for (size_t i = 0; i < axis; i++)
        for (int v = 0; v < vectors; v++) {
            const size_t at = i * inner + v * CK_WIDTH;
            const vf value = CK_NAME(load_column)((logarithm ? x : y) + at, head);
            CK_NAME(store_column)(y + at, logarithm ? value - sums[v] : value * sums[v], head);
        }
}

static void CK_NAME(softmax_block)(bool logarithm, const float *x, size_t axis, size_t inner, float *y,
                                   size_t columns) {
    if (columns == 4 * CK_WIDTH) {
        CK_NAME(softmax_columns)(logarithm, 4, 0, x, axis, inner, y);
        return;
    }
    size_t i = 0;
    for (; i + CK_WIDTH <= columns; i += CK_WIDTH)
        CK_NAME(softmax_columns)(logarithm, 1, 0, x + i, axis, inner, y + i);
    if (i < columns) CK_NAME(softmax_columns)(logarithm, 1, columns - i, x + i, axis, inner, y + i);
}

static void CK_NAME(softmax_task)(void *context, size_t index) {
    const CK_NAME(softmax_work) *work = context;
    const size_t items = work->outer * work->blocks;
    const size_t end = CK_NAME(piece_start)(items, work->pieces, index + 1);
    for (size_t item = CK_NAME(piece_start)(items, work->pieces, index); item < end; item++) {
        const size_t row = item / work->blocks, column = item % work->blocks * (4 * CK_WIDTH);
        const size_t left = work->inner - column, at = row * work->axis * work->inner + column;
        if (work->inner == 1) CK_NAME(softmax_row)(work->logarithm, work->x + at, work->axis, work->y + at);
        else
            CK_NAME(softmax_block)(work->logarithm, work->x + at, work->axis, work->inner, work->y + at,
                                   left < 4 * CK_WIDTH ? left : 4 * CK_WIDTH);
    }
}

static void CK_NAME(f32_softmax)(bool logarithm, const float *x, size_t outer, size_t axis, size_t inner, float *y,
                                 ck_pool *pool) {
    if (outer == 0 || axis == 0 || inner == 0) return;
    CK_NAME(softmax_work) work = {logarithm, x, outer, axis, inner, (inner - 1) / (4 * CK_WIDTH) + 1, 1, y};
    const size_t columns = inner < 4 * CK_WIDTH ? inner : 4 * CK_WIDTH;
    work.pieces = CK_NAME(piece_count)(pool, outer * work.blocks, CK_NAME(items_per_piece)(axis * columns) / 2 + 1);
    ck_pool_run(pool, work.pieces, CK_NAME(softmax_task), &work);
}
