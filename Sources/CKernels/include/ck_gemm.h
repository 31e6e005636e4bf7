// Products of matrices: of packed weights (float, bfloat16, few bits) and of operands that are known at run time only.
//
// A is m × k, B is k × n and C is m × n; strides count elements. `c` may be the epilogue's residual itself (with the
// same stride), otherwise results overlap no operand. Packed weights belong to the table that packed them. Results do
// not depend on the number of threads.
#ifndef CK_GEMM_H
#define CK_GEMM_H

#include "ck_pool.h"
#include "ck_types.h"

// Equally large matrices of floats; element (row, column) of matrix i lies at
// elements[offsets[i] + row * row_stride + column * column_stride]. Without offsets all matrices are the same one.
typedef struct ck_f32_matrices {
    const float *elements;
    const size_t *offsets;
    ptrdiff_t row_stride;
    ptrdiff_t column_stride;
} ck_f32_matrices;

// Weights of 2, 4 or 8 bits, n × k: codes [n][blocks of k][block * bits / 8], the first in the lowest bits; scales and
// zero points (NULL for half the range) [n][blocks]. A weight is (code - zero point) * scale.
typedef struct ck_bits_weights {
    const uint8_t *codes;
    unsigned bits;
    // A multiple of 8.
    size_t block;
    const float *scales;
    const float *zeros;
} ck_bits_weights;

// f32_packed_size: floats that the packed form of k × n weights takes.
//
// f32_pack: packs B, whose element (row, column) lies at b[row * row_stride + column * column_stride],
// on any boundary.
//
// f32_gemm_scratch_size: floats of scratch for a product of these sizes on up to `threads` threads; may be 0.
//
// f32_gemm: c[i * c_row_stride + j] = epilogue(sum over k of a[i * a_row_stride + k] * B[k][j]). `epilogue` may be
// NULL for the plain sum. `scratch` may be NULL, at a loss of speed for some strides of A.
//
// bf16_packed_size, bf16_pack, f32_gemm_bf16: the same for weights that are rounded to bfloat16, in uint16_t; sums are
// of floats. It needs the scratch of f32_gemm.
//
// bits_packed_bytes, bits_pack, f32_gemm_bits, f32_gemm_bits_scratch_size: the same for weights of few bits, packed in
// bytes aligned as floats are. The scratch must be there.
//
// f32_matmul: C_i = epilogue(A_i · B_i) for i below `batch`; C_i begins at c + c_offsets[i], or without offsets at
// c + i * m * c_row_stride; the residual of matrix i at residual + i * m * residual_stride (so that it may be C itself
// where c_offsets is NULL). `scratch` holds f32_matmul_scratch_size floats.
//
// u8_quantize_rows: each row as ONNX's DynamicQuantizeLinear has a tensor: scales[i] = (max(0, x) - min(0, x)) / 255,
// zero_points[i] = round(-min / scale), y = saturate(round(x / scale) + zero point). One row is a whole tensor. A row
// of zeros has the scale 1, one with what is not finite a scale that is no number.
#define CK_GEMM_KERNELS(X)                                                                                             \
    X(size_t, f32_packed_size, (size_t k, size_t n))                                                                   \
    X(void, f32_pack,                                                                                                  \
      (const ck_loose_float *b, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t k, size_t n, float *packed))     \
    X(size_t, f32_gemm_scratch_size, (size_t m, size_t n, size_t k, size_t a_row_stride, unsigned threads))            \
    X(void, f32_gemm,                                                                                                  \
      (size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, const float *packed, float *c,               \
       size_t c_row_stride, const ck_epilogue *epilogue, float *scratch, ck_pool *pool))                               \
    X(size_t, bf16_packed_size, (size_t k, size_t n))                                                                  \
    X(void, bf16_pack,                                                                                                 \
      (const float *b, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t k, size_t n, uint16_t *packed))           \
    X(void, f32_gemm_bf16,                                                                                             \
      (size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, const uint16_t *packed, float *c,            \
       size_t c_row_stride, const ck_epilogue *epilogue, float *scratch, ck_pool *pool))                               \
    X(size_t, bits_packed_bytes, (size_t k, size_t n, unsigned bits, size_t block))                                    \
    X(void, bits_pack, (const ck_bits_weights *weights, size_t k, size_t n, void *packed))                             \
    X(size_t, f32_gemm_bits_scratch_size, (size_t m, size_t n, size_t k, size_t a_row_stride, unsigned threads))       \
    X(void, f32_gemm_bits,                                                                                             \
      (size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, const void *packed, unsigned bits,           \
       size_t block, float *c, size_t c_row_stride, const ck_epilogue *epilogue, float *scratch, ck_pool *pool))       \
    X(size_t, f32_matmul_scratch_size, (size_t batch, size_t m, size_t n, size_t k, unsigned threads))                 \
    X(void, f32_matmul,                                                                                                \
      (size_t batch, size_t m, size_t n, size_t k, const ck_f32_matrices *a, const ck_f32_matrices *b, float *c,       \
       size_t c_row_stride, const size_t *c_offsets, const ck_epilogue *epilogue, float *scratch, ck_pool *pool))      \
    X(void, u8_quantize_rows,                                                                                          \
      (size_t rows, size_t columns, const float *x, size_t x_row_stride, uint8_t *y, size_t y_row_stride,              \
       float *scales, uint8_t *zero_points, ck_pool *pool))

#endif
