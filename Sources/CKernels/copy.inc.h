// Boxes of elements: axes in the order of the destination, merged where both sides step through them as through one.

#include "transpose.inc.h"

typedef struct CK_NAME(copy_work) {
    ck_copy box;
    const uint8_t *from;
    uint8_t *to;
    // Parts of the last axis, or of the axis that changes places with it.
    size_t split_axis;
    size_t parts;
    size_t pieces;
    bool transposes;
} CK_NAME(copy_work);

#define CK_COPY_SIZES(X) X(1) X(2) X(4) X(8) X(16)

static void CK_NAME(copy_run)(size_t bytes, const uint8_t *from, ptrdiff_t from_step, uint8_t *to, ptrdiff_t to_step,
                              size_t count) {
    if (from_step == 1 && to_step == 1) {
        memcpy(to, from, count * bytes);
        return;
    }
    switch (bytes) {
#define CK_CASE(size)                                                                                                  \
    case size:                                                                                                         \
        if (from_step == 0 && to_step == 1) {                                                                          \
            for (size_t i = 0; i < count; i++) memcpy(to + i * size, from, size);                                      \
        } else {                                                                                                       \
            for (size_t i = 0; i < count; i++)                                                                         \
                memcpy(to + (ptrdiff_t)i * to_step * size, from + (ptrdiff_t)i * from_step * size, size);              \
        }                                                                                                              \
        break;
        CK_COPY_SIZES(CK_CASE)
#undef CK_CASE
    default: break;
    }
}

CK_INLINE void CK_NAME(transpose_scalars)(size_t bytes, const uint8_t *from, ptrdiff_t from_step, uint8_t *to,
                                          ptrdiff_t to_step, size_t rows, size_t columns) {
    for (size_t top = 0; top < rows; top += 16)
        for (size_t column = 0; column < columns; column++)
            for (size_t row = top; row < rows && row < top + 16; row++)
                memcpy(to + ((ptrdiff_t)row * to_step + (ptrdiff_t)column) * (ptrdiff_t)bytes,
                       from + ((ptrdiff_t)column * from_step + (ptrdiff_t)row) * (ptrdiff_t)bytes, bytes);
}

// to[row * to_step + column] = from[column * from_step + row] for elements of 4 bytes.
static void CK_NAME(transpose_words)(const uint8_t *from_bytes, ptrdiff_t from_step, uint8_t *to_bytes,
                                     ptrdiff_t to_step, size_t rows, size_t columns) {
    const float *from = (const float *)from_bytes;
    float *to = (float *)to_bytes;
    const size_t whole_columns = columns / CK_WIDTH * CK_WIDTH, most = 64 / sizeof *from;
    size_t row = 0;
    for (; row + CK_WIDTH <= rows;) {
        const size_t high = rows - row < most ? CK_WIDTH : most;
        for (size_t column = 0; column < whole_columns; column += CK_WIDTH)
            for (size_t part = 0; part < high; part += CK_WIDTH) {
                vf block[CK_WIDTH];
                for (size_t i = 0; i < CK_WIDTH; i++)
                    block[i] = vf_load(from + (ptrdiff_t)(column + i) * from_step + row + part);
                CK_NAME(transpose)(block);
                for (size_t i = 0; i < CK_WIDTH; i++)
                    vf_store(to + (ptrdiff_t)(row + part + i) * to_step + column, block[i]);
            }
        row += high;
    }
    if (whole_columns < columns)
        CK_NAME(transpose_scalars)(4, from_bytes + (ptrdiff_t)whole_columns * from_step * 4, from_step,
                                   to_bytes + whole_columns * 4, to_step, row, columns - whole_columns);
    CK_NAME(transpose_scalars)(4, from_bytes + row * 4, from_step, to_bytes + (ptrdiff_t)row * to_step * 4, to_step,
                               rows - row, columns);
}

static void CK_NAME(transpose_run)(size_t bytes, const uint8_t *from, ptrdiff_t from_step, uint8_t *to,
                                   ptrdiff_t to_step, size_t rows, size_t columns) {
    switch (bytes) {
    case 1: CK_NAME(transpose_scalars)(1, from, from_step, to, to_step, rows, columns); break;
    case 2: CK_NAME(transpose_scalars)(2, from, from_step, to, to_step, rows, columns); break;
    case 4: CK_NAME(transpose_words)(from, from_step, to, to_step, rows, columns); break;
    case 8: CK_NAME(transpose_scalars)(8, from, from_step, to, to_step, rows, columns); break;
    case 16: CK_NAME(transpose_scalars)(16, from, from_step, to, to_step, rows, columns); break;
    default: break;
    }
}

static void CK_NAME(copy_task)(void *context, size_t index) {
    const CK_NAME(copy_work) *work = context;
    const ck_copy *box = &work->box;
    const size_t last = box->rank - 1, outer_rank = work->transposes ? last - 1 : last, split = work->split_axis;
    const ptrdiff_t bytes = (ptrdiff_t)box->element_bytes;
    size_t items = work->parts;
    for (size_t axis = 0; axis < outer_rank; axis++) items *= box->sizes[axis];
    const size_t end = CK_NAME(piece_start)(items, work->pieces, index + 1);
    size_t item = CK_NAME(piece_start)(items, work->pieces, index), places[CK_MOVEMENT_RANK] = {0};
    ptrdiff_t from_at = 0, to_at = 0;
    size_t part = item % work->parts, rest = item / work->parts;
    for (size_t axis = outer_rank; axis-- > 0;) {
        places[axis] = rest % box->sizes[axis];
        rest /= box->sizes[axis];
        from_at += (ptrdiff_t)places[axis] * box->from_strides[axis];
        to_at += (ptrdiff_t)places[axis] * box->to_strides[axis];
    }
    for (; item < end; item++) {
        const size_t start = CK_NAME(piece_start)(box->sizes[split], work->parts, part);
        const size_t count = CK_NAME(piece_start)(box->sizes[split], work->parts, part + 1) - start;
        const uint8_t *from = work->from + (from_at + (ptrdiff_t)start * box->from_strides[split]) * bytes;
        uint8_t *to = work->to + (to_at + (ptrdiff_t)start * box->to_strides[split]) * bytes;
        if (work->transposes)
            CK_NAME(transpose_run)(box->element_bytes, from, box->from_strides[last], to, box->to_strides[split],
                                   count, box->sizes[last]);
        else
            CK_NAME(copy_run)(box->element_bytes, from, box->from_strides[last], to, box->to_strides[last], count);
        if (++part < work->parts) continue;
        part = 0;
        for (size_t axis = outer_rank; axis-- > 0;) {
            from_at += box->from_strides[axis];
            to_at += box->to_strides[axis];
            if (++places[axis] < box->sizes[axis]) break;
            from_at -= (ptrdiff_t)box->sizes[axis] * box->from_strides[axis];
            to_at -= (ptrdiff_t)box->sizes[axis] * box->to_strides[axis];
            places[axis] = 0;
        }
    }
}

CK_INLINE void CK_NAME(copy_axis)(ck_copy *box, size_t to, const ck_copy *from, size_t axis) {
    box->sizes[to] = from->sizes[axis];
    box->from_strides[to] = from->from_strides[axis];
    box->to_strides[to] = from->to_strides[axis];
}

CK_INLINE size_t CK_NAME(distance)(ptrdiff_t stride) { return stride < 0 ? (size_t)-stride : (size_t)stride; }

// Orders axes from the largest step of the destination to the smallest, without those of one element, and merges them.
static void CK_NAME(order_axes)(const ck_copy *copy, ck_copy *box) {
    ck_copy ordered = {.element_bytes = copy->element_bytes};
    for (size_t axis = 0; axis < copy->rank; axis++) {
        if (copy->sizes[axis] == 1) continue;
        size_t place = ordered.rank++;
        for (; place > 0 && CK_NAME(distance)(ordered.to_strides[place - 1]) <
                                CK_NAME(distance)(copy->to_strides[axis]); place--)
            CK_NAME(copy_axis)(&ordered, place, &ordered, place - 1);
        CK_NAME(copy_axis)(&ordered, place, copy, axis);
    }
    *box = (ck_copy){.element_bytes = copy->element_bytes};
    for (size_t axis = 0; axis < ordered.rank; axis++) {
        const ptrdiff_t size = (ptrdiff_t)ordered.sizes[axis];
        const size_t last = box->rank;
        if (last > 0 && box->from_strides[last - 1] == ordered.from_strides[axis] * size &&
            box->to_strides[last - 1] == ordered.to_strides[axis] * size) {
            const size_t merged = box->sizes[last - 1] * ordered.sizes[axis];
            CK_NAME(copy_axis)(box, last - 1, &ordered, axis);
            box->sizes[last - 1] = merged;
        } else {
            CK_NAME(copy_axis)(box, box->rank++, &ordered, axis);
        }
    }
    if (box->rank > 0) return;
    box->rank = 1;
    box->sizes[0] = 1;
    box->from_strides[0] = box->to_strides[0] = 1;
}

static void CK_NAME(copy_strided)(const ck_copy *copy, const void *from, void *to, ck_pool *pool) {
    size_t count = 1;
    for (size_t axis = 0; axis < copy->rank; axis++) count *= copy->sizes[axis];
    if (count == 0) return;
    CK_NAME(copy_work) work = {.from = from, .to = to, .parts = 1};
    ck_copy *box = &work.box;
    CK_NAME(order_axes)(copy, box);
    const size_t last = box->rank - 1;
    work.split_axis = last;
    if (box->to_strides[last] == 1 && box->from_strides[last] != 1 && box->from_strides[last] != 0)
        for (size_t axis = 0; axis < last; axis++)
            if (box->from_strides[axis] == 1 && box->sizes[axis] > 1) {
                const ck_copy before = *box;
                for (size_t place = axis; place + 1 < last; place++)
                    CK_NAME(copy_axis)(box, place, &before, place + 1);
                CK_NAME(copy_axis)(box, last - 1, &before, axis);
                work.transposes = true;
                work.split_axis = last - 1;
                break;
            }
    work.pieces = CK_NAME(piece_count)(pool, count, 65536);
    const size_t inner = work.transposes ? box->sizes[last] * box->sizes[last - 1] : box->sizes[last];
    const size_t outer = count / inner, size = box->sizes[work.split_axis];
    if (outer < work.pieces) work.parts = work.pieces / outer;
    if (work.parts > size / 64 + 1) work.parts = size / 64 + 1;
    if (work.pieces > outer * work.parts) work.pieces = outer * work.parts;
    ck_pool_run(pool, work.pieces, CK_NAME(copy_task), &work);
}

static void CK_NAME(permute)(size_t element_bytes, size_t rank, const size_t *sizes, const size_t *permutation,
                             const void *from, void *to, ck_pool *pool) {
    ptrdiff_t strides[CK_MOVEMENT_RANK], step = 1;
    for (size_t axis = rank; axis-- > 0;) {
        strides[axis] = step;
        step *= (ptrdiff_t)sizes[axis];
    }
    ck_copy copy = {.element_bytes = element_bytes, .rank = rank};
    step = 1;
    for (size_t axis = rank; axis-- > 0;) {
        copy.sizes[axis] = sizes[permutation[axis]];
        copy.from_strides[axis] = strides[permutation[axis]];
        copy.to_strides[axis] = step;
        step *= (ptrdiff_t)copy.sizes[axis];
    }
    CK_NAME(copy_strided)(&copy, from, to, pool);
}
