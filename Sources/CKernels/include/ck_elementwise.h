// Functions of single numbers, operations on pairs with broadcasting, and conversions of floats.
#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H

#include "ck_pool.h"
#include "ck_types.h"

typedef enum ck_binary {
    CK_BINARY_ADD = 0,
    CK_BINARY_SUB,
    CK_BINARY_MUL,
    CK_BINARY_DIV,
    // NaN where either is NaN
    CK_BINARY_MIN,
    CK_BINARY_MAX,
    CK_BINARY_POW,
    // a < 0 ? a * b : a
    CK_BINARY_PRELU,
    // the remainder with the sign of a (C's fmod)
    CK_BINARY_FMOD,
    // the remainder with the sign of b (Python's %)
    CK_BINARY_MOD,
    CK_BINARY_COUNT,
} ck_binary;

typedef enum ck_comparison {
    CK_COMPARISON_EQUAL = 0,
    CK_COMPARISON_LESS,
    CK_COMPARISON_LESS_OR_EQUAL,
    CK_COMPARISON_GREATER,
    CK_COMPARISON_GREATER_OR_EQUAL,
    CK_COMPARISON_COUNT,
} ck_comparison;

enum { CK_BROADCAST_RANK = 6 };

// The result's sizes, row-major and dense, and each operand's step in elements along each axis: 0 repeats it.
// Operands in the order of the parameters. Rank 0 is one element.
typedef struct ck_broadcast {
    size_t rank;
    size_t sizes[CK_BROADCAST_RANK];
    size_t strides[3][CK_BROADCAST_RANK];
} ck_broadcast;

// f32_map: y[i] = activation(x[i]); y may be x.
// f32_binary: y = activation(a op b); activation may be NULL; y may be a or b where that operand is as large as y.
// f32_compare: y = a op b as 0 or 1; false where either is NaN.
// f32_where: y = condition ? a : b; a condition is true when it is not 0.
// f32_to_f16, f32_to_bf16: round to even, too large becomes infinity, NaN stays NaN.
#define CK_ELEMENTWISE_KERNELS(X)                                                                                      \
    X(void, f32_map, (const float *x, float *y, size_t count, const ck_activation *activation, ck_pool *pool))         \
    X(void, f32_binary,                                                                                                \
      (ck_binary operation, const ck_broadcast *shape, const float *a, const float *b,                                 \
       const ck_activation *activation, float *y, ck_pool *pool))                                                      \
    X(void, f32_compare,                                                                                               \
      (ck_comparison operation, const ck_broadcast *shape, const float *a, const float *b, uint8_t *y, ck_pool *pool)) \
    X(void, f32_where,                                                                                                 \
      (const ck_broadcast *shape, const uint8_t *condition, const float *a, const float *b, float *y, ck_pool *pool))  \
    X(void, f32_to_f16, (const float *x, uint16_t *y, size_t count, ck_pool *pool))                                    \
    X(void, f16_to_f32, (const uint16_t *x, float *y, size_t count, ck_pool *pool))                                    \
    X(void, f32_to_bf16, (const float *x, uint16_t *y, size_t count, ck_pool *pool))                                   \
    X(void, bf16_to_f32, (const uint16_t *x, float *y, size_t count, ck_pool *pool))

#endif
