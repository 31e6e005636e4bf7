// Numbers of 8 bits and the floats that they stand for.
#ifndef CK_QUANTIZE_H
#define CK_QUANTIZE_H

#include "ck_conv.h"
#include "ck_pool.h"
#include "ck_types.h"

// A tensor as `outer` × `channels` × `inner`, with a scale and, unless NULL, a zero point for each channel. Zero points
// have the type of the 8-bit numbers, signed or not.
typedef struct ck_quantization {
    size_t outer;
    size_t channels;
    size_t inner;
    const float *scales;
    const void *zero_points;
    bool is_signed;
} ck_quantization;

// u8_range: the scale and the zero point that ONNX's DynamicQuantizeLinear gives a tensor, as u8_quantize_rows does.
// i8_quantize: y = saturate(round(x / scale) + zero point), rounded to even; what is not a number becomes the lowest.
// i8_dequantize: y = (x - zero point) * scale.
// f32_requantize: what i8_dequantize makes of i8_quantize's results; y may be x.
//
// i8_conv_weights_bytes, i8_conv_pack: bytes and packing of the 8-bit weights [output channels, input channels / groups,
// kd, kh, kw] of a convolution. zero_points (of the weights' type, NULL for 0) and scales are by output channel where
// their stride is 1, and one for all where it is 0. The bytes need the alignment of a float.
//
// i8_conv_scratch_bytes: bytes of scratch, which need no alignment, when `threads` (ck_pool_thread_count) take part.
//
// f32_conv_i8: f32_conv of an input in either layout to a blocked output, with sums of products of 8-bit numbers: those
// that i8_quantize makes of the input by one scale and one zero point, less the zero point, by those of the weights
// less theirs. The sums are exact modulo 2^32, and scaled by the input's scale and the weights'.
//
// i32_conv_i8: the sums themselves, whose scales are not read.
#define CK_QUANTIZE_KERNELS(X)                                                                                         \
    X(void, u8_range, (const float *x, size_t count, float *scale, uint8_t *zero_point, ck_pool *pool))                \
    X(void, i8_quantize, (const ck_quantization *quantization, const float *x, void *y, ck_pool *pool))                \
    X(void, i8_dequantize, (const ck_quantization *quantization, const void *x, float *y, ck_pool *pool))              \
    X(void, f32_requantize, (const ck_quantization *quantization, const float *x, float *y, ck_pool *pool))            \
    X(size_t, i8_conv_weights_bytes, (const ck_conv_shape *shape))                                                     \
    X(void, i8_conv_pack,                                                                                              \
      (const ck_conv_shape *shape, const void *weights, bool is_signed, const void *zero_points,                       \
       size_t zero_point_stride, const float *scales, size_t scale_stride, void *packed))                              \
    X(size_t, i8_conv_scratch_bytes, (const ck_conv_shape *shape, unsigned threads))                                   \
    X(void, f32_conv_i8,                                                                                               \
      (ck_pool * pool, const ck_conv_shape *shape, ck_layout layout, const ck_quantization *quantization,              \
       const float *input, const void *packed, const ck_epilogue *epilogue, float *output, void *scratch))             \
    X(void, i32_conv_i8,                                                                                               \
      (ck_pool * pool, const ck_conv_shape *shape, ck_layout layout, const ck_quantization *quantization,              \
       const float *input, const void *packed, int32_t *output, void *scratch))

#endif
