// Scaled dot-product attention that never holds the whole matrix of scores.
#ifndef CK_ATTENTION_H
#define CK_ATTENTION_H

#include "ck_pool.h"
#include "ck_types.h"

// Steps in elements from one batch, head and row (token) to the next; the elements of a row are adjacent.
// [b, s, h, d]: {s * h * d, d, h * d}; [b, h, s, d]: {h * s * d, s * d, d}.
typedef struct ck_head_strides {
    size_t batch;
    size_t head;
    size_t row;
} ck_head_strides;

// y = softmax(cap(scale * q · kᵀ) + mask) · v for each batch and head; cap(s) = softcap * tanh(s / softcap).
// Head h reads head h / (heads / kv_heads) of k and v; heads is a multiple of kv_heads.
typedef struct ck_attention {
    size_t batches;
    size_t heads;
    size_t kv_heads;
    size_t queries;
    size_t keys;
    // Elements of a row of q and k, and of v and y.
    size_t head_size;
    size_t value_size;
    const float *q;
    const float *k;
    const float *v;
    float *y;
    ck_head_strides q_strides;
    ck_head_strides k_strides;
    ck_head_strides v_strides;
    ck_head_strides y_strides;
    float scale;
    // 0 for none.
    float softcap;
    // Added to the scores, or NULL: mask[b * batch + h * head + i * row + j], a stride of 0 repeats.
    const float *mask;
    ck_head_strides mask_strides;
    // For each batch the keys that count, at most `keys`; NULL for all.
    const int64_t *key_counts;
    // Causal: query i sees key j only where j <= i + causal_offset; causal_offsets, one for each batch, goes before
    // causal_offset unless NULL.
    bool causal;
    int64_t causal_offset;
    const int64_t *causal_offsets;
    // With causal, the number of keys that a query sees at most (a sliding window); 0 for all.
    size_t window;
    // Whether a query that sees no key, or only scores of -inf, gets what a softmax makes of that, NaN, and not zeros.
    bool is_empty_nan;
} ck_attention;

// f32_attention_scratch_size: bytes that f32_attention wants at `scratch`, aligned to 64, for a pool of so many
//   threads at most; may be 0.
#define CK_ATTENTION_KERNELS(X)                                                                                        \
    X(size_t, f32_attention_scratch_size, (const ck_attention *attention, unsigned threads))                           \
    X(void, f32_attention, (const ck_attention *attention, void *scratch, ck_pool *pool))

#endif
