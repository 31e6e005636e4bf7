#include "copy.inc.h"

#include "resize.inc.h"

typedef struct CK_NAME(gather_work) {
    const uint8_t *from;
    size_t outer;
    size_t rows;
    size_t row_bytes;
    const void *indices;
    size_t index_bytes;
    size_t count;
    uint8_t *to;
    size_t pieces;
} CK_NAME(gather_work);

static void CK_NAME(gather_task)(void *context, size_t index) {
    const CK_NAME(gather_work) *work = context;
    const size_t items = work->outer * work->count, bytes = work->row_bytes;
    const size_t end = CK_NAME(piece_start)(items, work->pieces, index + 1);
    for (size_t item = CK_NAME(piece_start)(items, work->pieces, index); item < end; item++) {
        const size_t place = item % work->count;
        int64_t row = work->index_bytes == 4 ? ((const int32_t *)work->indices)[place]
                                             : ((const int64_t *)work->indices)[place];
        if (row < 0) row += (int64_t)work->rows;
        const uint8_t *from = work->from + (item / work->count * work->rows + (size_t)row) * bytes;
        uint8_t *to = work->to + item * bytes;
        if (bytes == 4) memcpy(to, from, 4);
        else if (bytes == 8) memcpy(to, from, 8);
        else memcpy(to, from, bytes);
    }
}

static void CK_NAME(gather_rows)(const void *from, size_t outer, size_t rows, size_t row_bytes, const void *indices,
                                 size_t index_bytes, size_t count, void *to, ck_pool *pool) {
    if (outer == 0 || count == 0 || row_bytes == 0) return;
    CK_NAME(gather_work) work = {from, outer, rows, row_bytes, indices, index_bytes, count, to, 1};
    work.pieces = CK_NAME(piece_count)(pool, outer * count, CK_NAME(items_per_piece)(row_bytes / 4 + 4));
    ck_pool_run(pool, work.pieces, CK_NAME(gather_task), &work);
}

static void CK_NAME(fill_span)(size_t element_bytes, const void *value, size_t count, void *to) {
    const uint8_t *bytes = value;
    bool is_same = true;
    for (size_t i = 1; i < element_bytes; i++) is_same = is_same && bytes[i] == bytes[0];
    if (count == 0) return;
    if (is_same) {
        memset(to, bytes[0], count * element_bytes);
        return;
    }
    switch (element_bytes) {
#define CK_CASE(size)                                                                                                  \
    case size:                                                                                                         \
        for (size_t i = 0; i < count; i++) memcpy((uint8_t *)to + i * size, value, size);                              \
        break;
        CK_CASE(2)
        CK_CASE(4)
        CK_CASE(8)
        CK_CASE(16)
#undef CK_CASE
    default: break;
    }
}

typedef struct CK_NAME(fill_work) {
    size_t element_bytes;
    const void *value;
    size_t count;
    uint8_t *to;
    size_t pieces;
} CK_NAME(fill_work);

static void CK_NAME(fill_task)(void *context, size_t index) {
    const CK_NAME(fill_work) *work = context;
    const size_t start = CK_NAME(piece_start)(work->count, work->pieces, index);
    const size_t end = CK_NAME(piece_start)(work->count, work->pieces, index + 1);
    CK_NAME(fill_span)(work->element_bytes, work->value, end - start, work->to + start * work->element_bytes);
}

static void CK_NAME(fill)(size_t element_bytes, const void *value, size_t count, void *to, ck_pool *pool) {
    CK_NAME(fill_work) work = {element_bytes, value, count, to, CK_NAME(piece_count)(pool, count, 131072)};
    ck_pool_run(pool, work.pieces, CK_NAME(fill_task), &work);
}

typedef struct CK_NAME(pad_work) {
    ck_pad pad;
    const void *value;
    const uint8_t *from;
    uint8_t *to;
    // Elements of source and destination for one step along each axis.
    size_t from_steps[CK_MOVEMENT_RANK];
    size_t to_steps[CK_MOVEMENT_RANK];
    size_t pieces;
} CK_NAME(pad_work);

static void CK_NAME(pad_axis)(const CK_NAME(pad_work) *work, size_t axis, const uint8_t *from, uint8_t *to) {
    const ck_pad *pad = &work->pad;
    const size_t bytes = pad->element_bytes, to_step = work->to_steps[axis], size = pad->sizes[axis];
    CK_NAME(fill_span)(bytes, work->value, pad->before[axis] * to_step, to);
    to += pad->before[axis] * to_step * bytes;
    if (axis + 1 == pad->rank) {
        if (size > 0) memcpy(to, from, size * bytes);
        to += size * bytes;
    } else {
        for (size_t i = 0; i < size; i++, to += to_step * bytes)
            CK_NAME(pad_axis)(work, axis + 1, from + i * work->from_steps[axis] * bytes, to);
    }
    CK_NAME(fill_span)(bytes, work->value, pad->after[axis] * to_step, to);
}

static void CK_NAME(pad_task)(void *context, size_t index) {
    const CK_NAME(pad_work) *work = context;
    const size_t bytes = work->pad.element_bytes, size = work->pad.sizes[0];
    const size_t start = CK_NAME(piece_start)(size, work->pieces, index);
    CK_NAME(pad_work) part = *work;
    part.pad.sizes[0] = CK_NAME(piece_start)(size, work->pieces, index + 1) - start;
    CK_NAME(pad_axis)(&part, 0, work->from + start * work->from_steps[0] * bytes,
                      work->to + start * work->to_steps[0] * bytes);
}

static void CK_NAME(pad_constant)(const ck_pad *pad, const void *value, const void *from, void *to, ck_pool *pool) {
    CK_NAME(pad_work) work = {.value = value, .from = from, .to = to, .pieces = 1};
    ck_pad *merged = &work.pad;
    merged->element_bytes = pad->element_bytes;
    for (size_t axis = 0; axis < pad->rank; axis++) {
        const size_t last = merged->rank;
        const bool is_padded = pad->before[axis] + pad->after[axis] > 0;
        if (last > 0 && !is_padded && merged->before[last - 1] + merged->after[last - 1] == 0) {
            merged->sizes[last - 1] *= pad->sizes[axis];
            continue;
        }
        merged->sizes[last] = pad->sizes[axis];
        merged->before[last] = pad->before[axis];
        merged->after[last] = pad->after[axis];
        merged->rank++;
    }
    if (merged->rank == 0) merged->sizes[merged->rank++] = 1;
    size_t from_step = 1, to_step = 1;
    for (size_t axis = merged->rank; axis-- > 0;) {
        work.from_steps[axis] = from_step;
        work.to_steps[axis] = to_step;
        from_step *= merged->sizes[axis];
        to_step *= merged->before[axis] + merged->sizes[axis] + merged->after[axis];
    }
    if (to_step == 0) return;
    if (merged->rank > 1 && merged->before[0] + merged->after[0] == 0)
        work.pieces = CK_NAME(piece_count)(pool, merged->sizes[0], CK_NAME(items_per_piece)(work.to_steps[0]));
    ck_pool_run(pool, work.pieces, CK_NAME(pad_task), &work);
}
