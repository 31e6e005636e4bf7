#include "functions.inc.h"

// Pieces of work for a pool: one where it is too little to share.
CK_INLINE size_t CK_NAME(piece_count)(const ck_pool *pool, size_t items, size_t items_per_piece) {
    if (items <= items_per_piece || ck_pool_thread_count(pool) < 2) return 1;
    return items / items_per_piece + (items % items_per_piece != 0);
}

// The first item of a piece; of the piece after the last, the count of items.
CK_INLINE size_t CK_NAME(piece_start)(size_t items, size_t pieces, size_t index) {
    const size_t rest = items % pieces;
    return items / pieces * index + (index < rest ? index : rest);
}

// Items to a piece so that one is worth a thread's while: about 32 thousand elements.
CK_INLINE size_t CK_NAME(items_per_piece)(size_t elements_per_item) {
    return elements_per_item >= 32768 ? 1 : 32768 / (elements_per_item ? elements_per_item : 1);
}

CK_INLINE void CK_NAME(map_loop)(ck_function function, vf alpha, vf beta, const float *x, float *y, size_t count) {
    size_t i = 0;
    for (; i + 2 * CK_WIDTH <= count; i += 2 * CK_WIDTH) {
        const vf a = CK_NAME(apply)(function, alpha, beta, vf_load(x + i));
        const vf b = CK_NAME(apply)(function, alpha, beta, vf_load(x + i + CK_WIDTH));
        vf_store(y + i, a);
        vf_store(y + i + CK_WIDTH, b);
    }
    if (i + CK_WIDTH <= count) {
        vf_store(y + i, CK_NAME(apply)(function, alpha, beta, vf_load(x + i)));
        i += CK_WIDTH;
    }
    if (i < count)
        vf_store_head(y + i, CK_NAME(apply)(function, alpha, beta, vf_load_head(x + i, count - i)), count - i);
}

#define CK_EACH_FUNCTION(X)                                                                                            \
    X(CK_RELU) X(CK_CLIP) X(CK_LEAKY_RELU) X(CK_ELU) X(CK_SELU) X(CK_CELU) X(CK_SIGMOID) X(CK_TANH) X(CK_SILU)         \
    X(CK_SWISH) X(CK_MISH) X(CK_SOFTPLUS) X(CK_SOFTSIGN) X(CK_GELU) X(CK_GELU_TANH) X(CK_HARD_SIGMOID)                 \
    X(CK_HARD_SWISH) X(CK_THRESHOLDED_RELU) X(CK_EXP) X(CK_LOG) X(CK_SQRT) X(CK_RECIPROCAL) X(CK_ERF) X(CK_ABS)        \
    X(CK_NEG) X(CK_FLOOR) X(CK_CEIL) X(CK_ROUND) X(CK_SIN) X(CK_COS) X(CK_AFFINE)

// The function of each element, on the calling thread; y may be x.
static __attribute__((noinline)) void CK_NAME(map_span)(const ck_activation *activation, const float *x, float *y,
                                                       size_t count) {
    const vf alpha = vf_set(activation->alpha), beta = vf_set(activation->beta);
    switch (activation->function) {
#define CK_CASE(function)                                                                                              \
    case function: CK_NAME(map_loop)(function, alpha, beta, x, y, count); break;
        CK_EACH_FUNCTION(CK_CASE)
#undef CK_CASE
    default:
        if (x != y && count > 0) memcpy(y, x, count * sizeof *x);
    }
}

typedef struct CK_NAME(map_work) {
    const ck_activation *activation;
    const float *x;
    float *y;
    size_t count;
    size_t pieces;
} CK_NAME(map_work);

static void CK_NAME(map_task)(void *context, size_t index) {
    const CK_NAME(map_work) *work = context;
    const size_t start = CK_NAME(piece_start)(work->count, work->pieces, index);
    const size_t end = CK_NAME(piece_start)(work->count, work->pieces, index + 1);
    CK_NAME(map_span)(work->activation, work->x + start, work->y + start, end - start);
}

static void CK_NAME(f32_map)(const float *x, float *y, size_t count, const ck_activation *activation, ck_pool *pool) {
    CK_NAME(map_work) work = {activation, x, y, count, CK_NAME(piece_count)(pool, count, 16384)};
    ck_pool_run(pool, work.pieces, CK_NAME(map_task), &work);
}

#include "broadcast.inc.h"
#include "halves.inc.h"
