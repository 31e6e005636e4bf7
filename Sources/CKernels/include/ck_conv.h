// Convolutions and pooling of up to three spatial dimensions, single precision.
//
// Layouts of activations. Plain: [batch, channels, depth, height, width]. Blocked: [batch, ceil(channels / 16), depth,
// height, width, 16]: blocks of 16 channels whatever the instruction set; the channels that fill the last block are
// written as zeros and not read. Fewer dimensions are as many leading ones of size 1 (a row is depth 1, height 1).
//
// Channels last, for numbers of 8 bits: [batch, depth, height, width, ck_pixel_bytes(channels)], each number as a byte
// less the lowest of its type; what fills a pixel has no meaning.
#ifndef CK_CONV_H
#define CK_CONV_H

#include "ck_pool.h"
#include "ck_types.h"

// Channels in a block.
#define CK_CHANNEL_BLOCK 16

typedef enum ck_layout {
    CK_PLAIN = 0,
    CK_BLOCKED = 1,
    CK_CHANNELS_LAST = 2,
} ck_layout;

// Bytes from one pixel to the next.
// PERF: never a multiple of the distance at which pixels share a few sets of the first cache.
static inline size_t ck_pixel_bytes(size_t channels) {
    const size_t bytes = (channels + CK_CHANNEL_BLOCK - 1) / CK_CHANNEL_BLOCK * CK_CHANNEL_BLOCK;
    return bytes % 1024 == 0 ? bytes + 64 : bytes;
}

// A convolution: which input and kernel, and what it makes of them. Triples are depth, height, width.
//
// Output o and tap k meet input o * stride + k * dilation - pad, zero outside; `output` says how far that goes.
// Transposed: input i and tap k add to output i * stride + k * dilation - pad.
typedef struct ck_conv_shape {
    size_t batch;
    // Both channel counts are those of all groups and multiples of `groups`.
    size_t groups;
    size_t input_channels;
    size_t output_channels;
    size_t input[3];
    size_t output[3];
    size_t kernel[3];
    size_t stride[3];
    size_t dilation[3];
    size_t pad[3];
} ck_conv_shape;

// How a convolution is computed, and with that the layouts of input and output.
typedef enum ck_conv_algorithm {
    // Any shape; plain to plain.
    CK_CONV_GENERAL = 0,
    // One group, or channels per group (input and output) that are multiples of 16, or as many input as output
    // channels, a multiple of 16, in groups of 1, 2, 4 or 8; blocked to blocked.
    CK_CONV_DIRECT,
    // One group and at most CK_CONV_FIRST_LIMIT products (input channels * taps) in a result; plain to blocked.
    CK_CONV_FIRST,
    // groups = input channels = output channels; blocked to blocked.
    CK_CONV_DEPTHWISE,
    // One group and kernel 1x3x3 of stride 1 and dilation 1, no padding in depth, by tiles of 4x4 results; blocked to
    // blocked. Errors to 1e-4 of the largest result.
    CK_CONV_WINOGRAD,
    // The transposed convolution, any shape; plain to plain.
    CK_CONV_TRANSPOSED,
    // One tap of stride 1 without padding; groups of any width, input channels in any order; blocked to blocked.
    CK_CONV_POINTWISE,
} ck_conv_algorithm;

#define CK_CONV_FIRST_LIMIT 512

// Pooling: as ck_conv_shape, with the padding behind, which counts when `counts_padding`.
typedef struct ck_pooling_shape {
    ck_layout layout;
    size_t batch;
    size_t channels;
    size_t input[3];
    size_t output[3];
    size_t kernel[3];
    size_t stride[3];
    size_t dilation[3];
    size_t pad[3];
    size_t pad_end[3];
    // Whether an average divides by all positions of the padded input under the window, instead of the real ones.
    bool counts_padding;
} ck_pooling_shape;

// f32_block: plain [batch, channels, positions] to blocked [batch, ceil(channels / 16), positions, 16].
// f32_unblock: back.
// f32_pick_channels: channel c of the output, blocked, is channel order[c] of the input, which has as many.
//
// f32_conv_algorithm: the fastest way for a (not transposed) convolution whose input is at hand in either layout;
// CK_CONV_WINOGRAD only if `allows_winograd`.
// f32_conv_weights_size: floats of the packed weights.
// f32_conv_pack: weights [output channels, input channels / groups, kd, kh, kw] (transposed: [input channels,
// output channels / groups, kd, kh, kw]), on any boundary, to the packed ones of the algorithm. For CK_CONV_POINTWISE,
// `order` has the channel of the input that stands for each of the convolution's; NULL where they are the same.
// f32_conv_scratch_size: floats of scratch when `threads` (ck_pool_thread_count) take part; often 0.
// f32_conv: output = activation(scale * sum + bias[output channel] + residual[same place]), the residual as large as
// the output and in its layout (residual_stride is not read). `weights` are packed. The output overlaps no other
// operand.
//
// f32_max_pool, f32_average_pool: the window's positions outside the input are left out; a window wholly outside gives
// -infinity and 0. NaN stays NaN.
// f32_global_max_pool, f32_global_average_pool: [batch, channels, positions] to [batch, channels, 1], in the layout.
#define CK_CONV_KERNELS(X)                                                                                             \
    X(void, f32_block,                                                                                                 \
      (ck_pool * pool, size_t batch, size_t channels, size_t positions, const float *input, float *output))            \
    X(void, f32_unblock,                                                                                               \
      (ck_pool * pool, size_t batch, size_t channels, size_t positions, const float *input, float *output))            \
    X(void, f32_pick_channels,                                                                                         \
      (ck_pool * pool, size_t batch, size_t channels, size_t positions, const int32_t *order, const float *input,      \
       float *output))                                                                                                 \
    X(ck_conv_algorithm, f32_conv_algorithm, (const ck_conv_shape *shape, bool allows_winograd))                       \
    X(size_t, f32_conv_weights_size, (const ck_conv_shape *shape, ck_conv_algorithm algorithm))                        \
    X(void, f32_conv_pack,                                                                                             \
      (ck_pool * pool, const ck_conv_shape *shape, ck_conv_algorithm algorithm, const int32_t *order,                  \
       const ck_loose_float *weights, float *packed))                                                                  \
    X(size_t, f32_conv_scratch_size, (const ck_conv_shape *shape, ck_conv_algorithm algorithm, unsigned threads))      \
    X(void, f32_conv,                                                                                                  \
      (ck_pool * pool, const ck_conv_shape *shape, ck_conv_algorithm algorithm, const float *input,                    \
       const float *weights, const ck_epilogue *epilogue, float *output, float *scratch))                              \
    X(void, f32_max_pool, (ck_pool * pool, const ck_pooling_shape *shape, const float *input, float *output))          \
    X(void, f32_average_pool, (ck_pool * pool, const ck_pooling_shape *shape, const float *input, float *output))      \
    X(void, f32_global_max_pool,                                                                                       \
      (ck_pool * pool, ck_layout layout, size_t batch, size_t channels, size_t positions, const float *input,          \
       float *output))                                                                                                 \
    X(void, f32_global_average_pool,                                                                                   \
      (ck_pool * pool, ck_layout layout, size_t batch, size_t channels, size_t positions, const float *input,          \
       float *output))

#endif
