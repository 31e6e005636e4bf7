enum { CK_NAME(resize_block) = 512 };

typedef struct CK_NAME(resize_work) {
    const float *x;
    size_t planes;
    const ck_resize_axis *rows;
    const ck_resize_axis *columns;
    float *y;
    size_t pieces;
} CK_NAME(resize_work);

static void CK_NAME(resize_row)(const ck_resize_axis *columns, size_t start, size_t count, const float *x, float *to) {
    const uint32_t *low = columns->low + start;
    if (!columns->weight) {
        for (size_t i = 0; i < count; i++) to[i] = x[low[i]];
        return;
    }
    const uint32_t *high = columns->high + start;
    const float *weight = columns->weight + start;
    for (size_t i = 0; i < count; i++) to[i] = x[low[i]] * (1 - weight[i]) + x[high[i]] * weight[i];
}

// Each row of the source is resized along its columns once for all rows that it takes part in.
static void CK_NAME(resize_plane)(const CK_NAME(resize_work) *work, const float *x, float *y) {
    const ck_resize_axis *rows = work->rows, *columns = work->columns;
    float stages[2][CK_NAME(resize_block)];
    for (size_t start = 0; start < columns->to; start += CK_NAME(resize_block)) {
        const size_t left = columns->to - start;
        const size_t count = left < CK_NAME(resize_block) ? left : CK_NAME(resize_block);
        size_t staged[2] = {SIZE_MAX, SIZE_MAX};
        for (size_t row = 0; row < rows->to; row++) {
            float *to = y + row * columns->to + start;
            const size_t low = rows->low[row], high = rows->weight ? rows->high[row] : low;
            int place = staged[1] == low;
            if (staged[place] != low) {
                place = staged[0] == high;
                CK_NAME(resize_row)(columns, start, count, x + low * columns->from, stages[place]);
                staged[place] = low;
            }
            if (!rows->weight || rows->weight[row] == 0) {
                memcpy(to, stages[place], count * sizeof *to);
                continue;
            }
            const int other = high == low ? place : !place;
            if (staged[other] != high) {
                CK_NAME(resize_row)(columns, start, count, x + high * columns->from, stages[other]);
                staged[other] = high;
            }
            const float weight = rows->weight[row];
            for (size_t i = 0; i < count; i += CK_WIDTH) {
                const size_t head = count - i < CK_WIDTH ? count - i : 0;
                const vf a = CK_NAME(load_column)(stages[place] + i, head) * (1 - weight);
                CK_NAME(store_column)(to + i, vf_fma(CK_NAME(load_column)(stages[other] + i, head), vf_set(weight), a),
                                      head);
            }
        }
    }
}

static void CK_NAME(resize_task)(void *context, size_t index) {
    const CK_NAME(resize_work) *work = context;
    const size_t from = work->rows->from * work->columns->from, to = work->rows->to * work->columns->to;
    const size_t end = CK_NAME(piece_start)(work->planes, work->pieces, index + 1);
    for (size_t plane = CK_NAME(piece_start)(work->planes, work->pieces, index); plane < end; plane++)
        CK_NAME(resize_plane)(work, work->x + plane * from, work->y + plane * to);
}

static void CK_NAME(f32_resize)(const float *x, size_t planes, const ck_resize_axis *rows,
                                const ck_resize_axis *columns, float *y, ck_pool *pool) {
    if (planes == 0 || rows->to == 0 || columns->to == 0) return;
    CK_NAME(resize_work) work = {x, planes, rows, columns, y, 1};
    work.pieces = CK_NAME(piece_count)(pool, planes, CK_NAME(items_per_piece)(rows->to * columns->to));
    ck_pool_run(pool, work.pieces, CK_NAME(resize_task), &work);
}
