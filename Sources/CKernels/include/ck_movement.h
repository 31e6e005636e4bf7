// Elements moved without being computed with, and resizing of images.
#ifndef CK_MOVEMENT_H
#define CK_MOVEMENT_H

#include "ck_pool.h"
#include "ck_types.h"

enum { CK_MOVEMENT_RANK = 8 };

// A box of elements of 1, 2, 4, 8 or 16 bytes and the steps, in elements, through source and destination. A source
// stride may be 0 (repeats) or negative (backwards); no two elements share a place of the destination.
typedef struct ck_copy {
    size_t element_bytes;
    size_t rank;
    size_t sizes[CK_MOVEMENT_RANK];
    ptrdiff_t from_strides[CK_MOVEMENT_RANK];
    ptrdiff_t to_strides[CK_MOVEMENT_RANK];
} ck_copy;

// Sizes of a dense source and the elements put before and after it along each axis.
typedef struct ck_pad {
    size_t element_bytes;
    size_t rank;
    size_t sizes[CK_MOVEMENT_RANK];
    size_t before[CK_MOVEMENT_RANK];
    size_t after[CK_MOVEMENT_RANK];
} ck_pad;

// Where the results along one axis come from: source[low] * (1 - weight) + source[high] * weight.
// NULL for high and weight: source[low] (nearest).
typedef struct ck_resize_axis {
    size_t from;
    size_t to;
    // [to], each below `from`
    const uint32_t *low;
    const uint32_t *high;
    const float *weight;
} ck_resize_axis;

// copy_strided: permutations, slices, concatenations in place, expansions, tiles; `from` and `to` point to the box's
//   first element.
// permute: dense source of `sizes` to a dense destination whose axis i is the source's axis permutation[i].
// gather_rows: to[o][i] = from[o][indices[i]] for rows of row_bytes; from [outer, rows], to [outer, count]; indices are
//   int64_t or int32_t (index_bytes), negative ones count from the end, all within -rows..<rows.
// fill: `count` elements of element_bytes like the one at `value`.
// pad_constant: value points to one element.
// f32_resize: x [planes, rows->from, columns->from] -> y [planes, rows->to, columns->to].
#define CK_MOVEMENT_KERNELS(X)                                                                                         \
    X(void, copy_strided, (const ck_copy *copy, const void *from, void *to, ck_pool *pool))                            \
    X(void, permute,                                                                                                   \
      (size_t element_bytes, size_t rank, const size_t *sizes, const size_t *permutation, const void *from, void *to,  \
       ck_pool *pool))                                                                                                 \
    X(void, gather_rows,                                                                                               \
      (const void *from, size_t outer, size_t rows, size_t row_bytes, const void *indices, size_t index_bytes,         \
       size_t count, void *to, ck_pool *pool))                                                                         \
    X(void, fill, (size_t element_bytes, const void *value, size_t count, void *to, ck_pool *pool))                    \
    X(void, pad_constant, (const ck_pad *pad, const void *value, const void *from, void *to, ck_pool *pool))           \
    X(void, f32_resize,                                                                                                \
      (const float *x, size_t planes, const ck_resize_axis *rows, const ck_resize_axis *columns, float *y,             \
       ck_pool *pool))

#endif
