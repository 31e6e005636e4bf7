// What the families of kernels share.
#ifndef CK_TYPES_H
#define CK_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A float on any boundary, as weights lie in files.
typedef float ck_loose_float __attribute__((aligned(1)));

typedef enum ck_isa {
    CK_PORTABLE = 0,
    CK_AVX2 = 1,
    // F, VL, BW and DQ; sums of 8-bit numbers are those of AVX2.
    CK_AVX512 = 2,
    // With VNNI, for sums of 8-bit numbers.
    CK_AVX512_VNNI = 3,
} ck_isa;

// A function of one number, with up to two parameters, named as ONNX names them.
typedef enum ck_function {
    CK_IDENTITY = 0,
    CK_RELU,
    // min in alpha, max in beta
    CK_CLIP,
    // x < 0 ? alpha * x : x
    CK_LEAKY_RELU,
    CK_ELU,
    // gamma in beta
    CK_SELU,
    CK_CELU,
    CK_SIGMOID,
    CK_TANH,
    CK_SILU,
    // x * sigmoid(alpha * x)
    CK_SWISH,
    CK_MISH,
    CK_SOFTPLUS,
    CK_SOFTSIGN,
    CK_GELU,
    CK_GELU_TANH,
    // max(0, min(1, alpha * x + beta))
    CK_HARD_SIGMOID,
    // x * max(0, min(1, x / 6 + 1 / 2))
    CK_HARD_SWISH,
    CK_THRESHOLDED_RELU,
    CK_EXP,
    CK_LOG,
    CK_SQRT,
    CK_RECIPROCAL,
    CK_ERF,
    CK_ABS,
    CK_NEG,
    CK_FLOOR,
    CK_CEIL,
    // to even
    CK_ROUND,
    CK_SIN,
    CK_COS,
    // alpha * x + beta
    CK_AFFINE,
    CK_FUNCTION_COUNT,
} ck_function;

// A function with its parameters.
typedef struct ck_activation {
    ck_function function;
    float alpha;
    float beta;
} ck_activation;

// What a product or a convolution does to each result before it is stored:
// activation(scale * sum + bias[column or channel] + residual[same place]).
typedef struct ck_epilogue {
    float scale;
    // One number for each column of a product or channel of a convolution, or NULL.
    const float *bias;
    // As large as the result and laid out like it, save for its own row stride; or NULL.
    const float *residual;
    size_t residual_stride;
    ck_activation activation;
} ck_epilogue;

#endif
