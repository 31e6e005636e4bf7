// Exact sums of products of 8-bit numbers: products of matrices and convolutions.
//
// Strides count elements. Packed weights belong to the table that packed them. Results do not depend on the number of
// threads.
#ifndef CK_I8_H
#define CK_I8_H

#include "ck_conv.h"
#include "ck_pool.h"
#include "ck_quantize.h"
#include "ck_types.h"

// Rows of 8-bit numbers and the zero points, of the same type, that are taken from them: one for each row where
// zero_point_stride is 1, one for all where it is 0; NULL for zero.
typedef struct ck_i8_matrix {
    const void *elements;
    bool is_signed;
    size_t row_stride;
    const void *zero_points;
    size_t zero_point_stride;
} ck_i8_matrix;

// What the results of a convolution become numbers of 8 bits by: each with one scale and at most one zero point.
typedef struct ck_conv_rounding {
    // What the results are quantised by in the end.
    const ck_quantization *result;
    // What is added to the activation's operand, channels last, and what its numbers stand for; or NULL.
    const uint8_t *residual;
    const ck_quantization *residual_form;
    // What a sum is quantised by, and made a float of again, before the residual is added.
    const ck_quantization *sum;
} ck_conv_rounding;

// i8_packed_bytes, i8_pack: bytes and packing of 8-bit weights, signed or not, strides as in f32_pack;
// zero_points (of the weights' type) as in ck_i8_matrix, but by columns.
//
// i8_gemm_scratch_bytes: bytes of scratch for the two products of 8-bit numbers, which need no alignment.
//
// i32_gemm_i8: c[i][j] = sum over k of (A[i][k] - zero point of A) * (B[k][j] - zero point of B), modulo 2^32.
//
// f32_gemm_i8: the epilogue of those sums as floats times row_scales[i] * column_scales[j]; either may be NULL for 1.
//
// i8_conv_weights_bytes, i8_conv_pack: bytes and packing of the 8-bit weights [output channels, input channels / groups,
// kd, kh, kw] of a convolution. zero_points (of the weights' type, NULL for 0) and scales are by output channel where
// their stride is 1, and one for all where it is 0. The bytes need the alignment of a float.
//
// i8_conv_scratch_bytes: bytes of scratch, which need no alignment, for an input in a layout, when `threads`
// (ck_pool_thread_count) take part.
//
// f32_conv_i8: f32_conv to a blocked output, with sums of products of 8-bit numbers: those that i8_quantize makes of a
// plain or blocked input of floats by one scale and one zero point, or those of an input with channels last, less the
// zero point, by those of the weights less theirs. The sums are exact modulo 2^32, and scaled by the input's scale and
// the weights'.
//
// i32_conv_i8: the sums themselves, whose scales are not read.
//
// u8_conv_i8: the numbers that i8_quantize makes of f32_conv_i8's results, channels last; the residual is that of the
// rounding, not of the epilogue. Scales lie between 2^-60 and 2^60.
#define CK_I8_KERNELS(X)                                                                                               \
    X(size_t, i8_packed_bytes, (size_t k, size_t n))                                                                   \
    X(void, i8_pack,                                                                                                   \
      (const void *b, bool is_signed, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t k, size_t n,               \
       const void *zero_points, size_t zero_point_stride, void *packed))                                               \
    X(size_t, i8_gemm_scratch_bytes, (size_t m, size_t n, size_t k))                                                   \
    X(void, i32_gemm_i8,                                                                                               \
      (size_t m, size_t n, size_t k, const ck_i8_matrix *a, const void *packed, int32_t *c, size_t c_row_stride,       \
       void *scratch, ck_pool *pool))                                                                                  \
    X(void, f32_gemm_i8,                                                                                               \
      (size_t m, size_t n, size_t k, const ck_i8_matrix *a, const float *row_scales, const void *packed,               \
       const float *column_scales, float *c, size_t c_row_stride, const ck_epilogue *epilogue, void *scratch,          \
       ck_pool *pool))                                                                                                 \
    X(size_t, i8_conv_weights_bytes, (const ck_conv_shape *shape))                                                     \
    X(void, i8_conv_pack,                                                                                              \
      (const ck_conv_shape *shape, const void *weights, bool is_signed, const void *zero_points,                       \
       size_t zero_point_stride, const float *scales, size_t scale_stride, void *packed))                              \
    X(size_t, i8_conv_scratch_bytes, (const ck_conv_shape *shape, ck_layout layout, unsigned threads))                 \
    X(void, f32_conv_i8,                                                                                               \
      (ck_pool * pool, const ck_conv_shape *shape, ck_layout layout, const ck_quantization *quantization,              \
       const void *input, const void *packed, const ck_epilogue *epilogue, float *output, void *scratch))              \
    X(void, i32_conv_i8,                                                                                               \
      (ck_pool * pool, const ck_conv_shape *shape, ck_layout layout, const ck_quantization *quantization,              \
       const void *input, const void *packed, int32_t *output, void *scratch))                                         \
    X(void, u8_conv_i8,                                                                                                \
      (ck_pool * pool, const ck_conv_shape *shape, ck_layout layout, const ck_quantization *quantization,              \
       const void *input, const void *packed, const ck_epilogue *epilogue, const ck_conv_rounding *rounding,           \
       uint8_t *output, void *scratch))

#endif
