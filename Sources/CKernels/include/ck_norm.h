// Reductions and what is normalised by them. Tensors are dense and row-major: [outer, axis, inner].
#ifndef CK_NORM_H
#define CK_NORM_H

#include "ck_pool.h"
#include "ck_types.h"

typedef enum ck_reduction {
    CK_REDUCTION_SUM = 0,
    CK_REDUCTION_MEAN,
    // NaN where any is NaN; of nothing: -inf
    CK_REDUCTION_MAX,
    // NaN where any is NaN; of nothing: inf
    CK_REDUCTION_MIN,
    CK_REDUCTION_PROD,
    CK_REDUCTION_SUM_SQUARE,
    CK_REDUCTION_L1,
    CK_REDUCTION_L2,
    CK_REDUCTION_LOG_SUM,
    CK_REDUCTION_LOG_SUM_EXP,
    CK_REDUCTION_COUNT,
} ck_reduction;

// Layer normalisation of each row of `columns` elements, after an optional sum:
// s = x + residual + addend, y = (s - mean(s)) / sqrt(variance(s) + epsilon) * scale + bias;
// not centred (RMS normalisation): y = s / sqrt(mean(s * s) + epsilon) * scale + bias.
typedef struct ck_layer_norm {
    size_t rows;
    size_t columns;
    // [rows, columns]
    const float *x;
    // [residual_rows, columns], row r of x takes row r % residual_rows; or NULL
    const float *residual;
    size_t residual_rows;
    // [columns], or NULL
    const float *addend;
    // [columns], or NULL for ones
    const float *scale;
    // [columns], or NULL for zeros
    const float *bias;
    float epsilon;
    bool centred;
    // [rows, columns]; may be x or residual
    float *y;
    // s, [rows, columns], or NULL; may be x or residual
    float *sum;
    // [rows] each, or NULL
    float *mean;
    float *inverse_deviation;
} ck_layer_norm;

// f32_reduce: [outer, axis, inner] -> [outer, inner].
// f32_arg: the place of the highest (or lowest) along the axis, the first (or last) of equals; NaN counts as such.
// f32_softmax: along the axis; y may be x; `logarithm` for its logarithm.
// f32_scale_blocks: y = activation(x * scale[block % rows] + shift[block % rows]), x [blocks, positions, 16], scale and
// shift [rows, 16]; y may be x; shift may be NULL.
// f32_batch_norm: y = activation(x * scale[channel] + shift[channel]), x [outer, channels, inner]; y may be x;
//   activation may be NULL.
// f32_group_norm: x [outer, channels, inner], channels a multiple of groups; mean and variance of each group's
//   channels and inner; scale and bias [channels]; groups = channels is instance normalisation; y may be x.
// f32_lrn: y = x / (bias + alpha / size * sum of squares over `size` channels around)^beta; y may not be x.
#define CK_NORM_KERNELS(X)                                                                                             \
    X(void, f32_reduce,                                                                                                \
      (ck_reduction reduction, const float *x, size_t outer, size_t axis, size_t inner, float *y, ck_pool *pool))      \
    X(void, f32_arg,                                                                                                   \
      (bool lowest, bool last, const float *x, size_t outer, size_t axis, size_t inner, int64_t *y, ck_pool *pool))    \
    X(void, f32_softmax,                                                                                               \
      (bool logarithm, const float *x, size_t outer, size_t axis, size_t inner, float *y, ck_pool *pool))              \
    X(void, f32_layer_norm, (const ck_layer_norm *norm, ck_pool *pool))                                                \
    X(void, f32_scale_blocks,                                                                                          \
      (const float *x, size_t blocks, size_t positions, const float *scale, const float *shift, size_t rows,           \
       const ck_activation *activation, float *y, ck_pool *pool))                                                      \
    X(void, f32_batch_norm,                                                                                            \
      (const float *x, size_t outer, size_t channels, size_t inner, const float *scale, const float *shift,            \
       const ck_activation *activation, float *y, ck_pool *pool))                                                      \
    X(void, f32_group_norm,                                                                                            \
      (const float *x, size_t outer, size_t groups, size_t channels, size_t inner, const float *scale,                 \
       const float *bias, float epsilon, float *y, ck_pool *pool))                                                     \
    X(void, f32_lrn,                                                                                                   \
      (const float *x, size_t outer, size_t channels, size_t inner, size_t size, float alpha, float beta, float bias,  \
       float *y, ck_pool *pool))

#endif
