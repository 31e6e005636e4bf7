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
// f32_blocks_of_u8: what i8_dequantize makes of numbers with channels last, by one scale and one zero point, blocked.
// u8_max_pool: f32_max_pool of numbers, channels last; a window wholly outside gives the lowest.
#define CK_QUANTIZE_KERNELS(X)                                                                                         \
    X(void, u8_range, (const float *x, size_t count, float *scale, uint8_t *zero_point, ck_pool *pool))                \
    X(void, i8_quantize, (const ck_quantization *quantization, const float *x, void *y, ck_pool *pool))                \
    X(void, i8_dequantize, (const ck_quantization *quantization, const void *x, float *y, ck_pool *pool))              \
    X(void, f32_requantize, (const ck_quantization *quantization, const float *x, float *y, ck_pool *pool))                \
    X(void, f32_blocks_of_u8,                                                                                          \
      (ck_pool * pool, size_t batch, size_t channels, size_t positions, const ck_quantization *quantization,           \
       const uint8_t *input, float *output))                                                                           \
    X(void, u8_max_pool, (ck_pool * pool, const ck_pooling_shape *shape, const uint8_t *input, uint8_t *output))

#endif
