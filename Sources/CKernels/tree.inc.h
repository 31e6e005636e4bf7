// Scores of forests: rows go through trees node by node, or through all nodes of a tree at once (tree_ranked.inc.h).
#include <stdatomic.h>

#include "tree_layout.h"

// Rows of a ranked block, and those that one must have to be worth it.
enum { CK_NAME(tree_rows) = 128, CK_NAME(tree_lanes) = 8, CK_NAME(tree_ranked_rows) = 20 };

// Bits of no weight: a score that no leaf has set.
#define CK_TREE_UNSET UINT32_C(0x7fe5a5a5)

typedef struct CK_NAME(tree_run) {
    const ck_tree_compiled *compiled;
    size_t rows;
    const float *x;
    size_t stride;
    const float *base;
    float *scores;
    char *scratch;
    size_t lane_size;
    size_t block_rows;
    _Atomic size_t next_block;
} CK_NAME(tree_run);

CK_INLINE uint32_t CK_NAME(tree_next)(
    const ck_tree_record *tree, uint32_t at, uint32_t bits, const uint32_t *row) {
    ck_tree_record record = tree[at];
    uint32_t next = (record.link >> bits) + (row[record.link & ((UINT32_C(1) << bits) - 1)] > record.threshold);
#if defined(__x86_64__)
    // PERF: keeps the lanes out of vectors of AVX-512, whose gathers take twice as long as the loads.
    __asm__("" : "+r"(next));
#endif
    return next;
}

// The leaves that several rows or trees end in, led side by side to hide the time that each waits for its loads.
CK_INLINE void CK_NAME(tree_walk)(
    size_t lanes, const ck_tree_record *const *trees, const uint32_t *const *rows, uint32_t bits, uint32_t usual_depth,
    uint32_t most_depth, uint32_t *leaves) {
    uint32_t at[CK_NAME(tree_lanes)];
    for (size_t i = 0; i < lanes; i++) at[i] = 1;
    uint32_t depth = 0;
#pragma clang loop unroll(disable)
    for (; depth < usual_depth; depth++)
#pragma clang loop unroll(full)
        for (size_t i = 0; i < lanes; i++) at[i] = CK_NAME(tree_next)(trees[i], at[i], bits, rows[i]);
    for (uint32_t moved = 1; depth < most_depth && moved != 0; depth += 2) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < lanes; i++) at[i] = CK_NAME(tree_next)(trees[i], at[i], bits, rows[i]);
        moved = 0;
#pragma clang loop unroll(full)
        for (size_t i = 0; i < lanes; i++) {
            uint32_t next = CK_NAME(tree_next)(trees[i], at[i], bits, rows[i]);
            moved |= next ^ at[i];
            at[i] = next;
        }
    }
    for (size_t i = 0; i < lanes; i++) leaves[i] = trees[i][at[i]].threshold;
}

CK_INLINE void CK_NAME(tree_aggregate)(ck_tree_aggregate aggregate, float *score, float weight) {
    uint32_t bits;
    memcpy(&bits, score, sizeof bits);
    if (aggregate == CK_TREE_SUM || aggregate == CK_TREE_AVERAGE) *score += weight;
    else if (bits == CK_TREE_UNSET) *score = weight;
    else if (aggregate == CK_TREE_MIN) *score = weight < *score ? weight : *score;
    else *score = weight > *score ? weight : *score;
}

static void CK_NAME(tree_add_dense)(const float *values, float *scores, size_t targets) {
    size_t k = 0;
    for (; k + CK_WIDTH <= targets; k += CK_WIDTH) vf_store(scores + k, vf_load(scores + k) + vf_load(values + k));
    for (; k < targets; k++) scores[k] += values[k];
}

CK_INLINE void CK_NAME(tree_add)(
    const ck_tree_compiled *compiled, const ck_tree_place *place, uint32_t leaf, float *scores) {
    size_t index = place->first_leaf + leaf;
    const float *values = ck_tree_at(compiled, compiled->values);
    switch (compiled->leaf_form) {
    case CK_TREE_SINGLE: scores[place->target] += values[index]; return;
    case CK_TREE_DENSE:
        CK_NAME(tree_add_dense)(values + index * compiled->target_count, scores, compiled->target_count);
        return;
    case CK_TREE_LISTS: break;
    }
    const size_t *starts = (const size_t *)ck_tree_at(compiled, compiled->starts) + 2 * index;
    const ck_tree_weight *weights = ck_tree_at(compiled, compiled->values);
    for (size_t i = starts[0]; i < starts[1]; i++)
        CK_NAME(tree_aggregate)(compiled->aggregate, scores + weights[i].target, weights[i].value);
}

CK_INLINE bool CK_NAME(tree_is_extreme)(const ck_tree_compiled *compiled) {
    return compiled->aggregate == CK_TREE_MIN || compiled->aggregate == CK_TREE_MAX;
}

static void CK_NAME(tree_begin)(const ck_tree_compiled *compiled, float *scores, size_t count) {
    uint32_t bits = CK_NAME(tree_is_extreme)(compiled) ? CK_TREE_UNSET : 0;
    for (size_t i = 0; i < count; i++) memcpy(scores + i, &bits, sizeof bits);
}

static void CK_NAME(tree_finish)(const ck_tree_compiled *compiled, const float *base, float *scores, size_t rows) {
    size_t targets = compiled->target_count;
    if (compiled->aggregate == CK_TREE_AVERAGE && compiled->tree_count > 0)
        for (size_t i = 0; i < rows * targets; i++) scores[i] /= (float)compiled->tree_count;
    if (CK_NAME(tree_is_extreme)(compiled))
        for (size_t i = 0; i < rows * targets; i++) {
            uint32_t bits;
            memcpy(&bits, scores + i, sizeof bits);
            if (bits == CK_TREE_UNSET) scores[i] = 0;
        }
    if (base == NULL) return;
    for (size_t row = 0; row < rows; row++)
        for (size_t k = 0; k < targets; k++) scores[row * targets + k] += base[k];
}

// One row: several trees side by side.
static __attribute__((noinline)) void CK_NAME(tree_row)(
    const ck_tree_compiled *compiled, const uint32_t *row, float *scores) {
    enum { lanes = CK_NAME(tree_lanes) };
    const ck_tree_place *places = ck_tree_at(compiled, compiled->places);
    const ck_tree_record *records = ck_tree_at(compiled, compiled->records);
    const ck_tree_record *trees[lanes];
    const uint32_t *rows[lanes];
    uint32_t leaves[lanes];
    for (size_t i = 0; i < lanes; i++) rows[i] = row;
    size_t tree = 0;
    for (; tree + lanes <= compiled->tree_count; tree += lanes) {
        // PERF: the next trees' first levels.
        for (size_t i = tree + lanes; i < tree + 2 * lanes && i < compiled->tree_count; i++) {
            __builtin_prefetch(records + places[i].first_record);
            __builtin_prefetch(records + places[i].first_record + 8);
        }
        uint32_t usual = 0, most = 0;
        for (size_t i = 0; i < lanes; i++) {
            const ck_tree_place *place = &places[tree + i];
            trees[i] = records + place->first_record;
            usual = place->usual_depth > usual ? place->usual_depth : usual;
            most = place->most_depth > most ? place->most_depth : most;
        }
        CK_NAME(tree_walk)(lanes, trees, rows, compiled->column_bits, usual, most, leaves);
        for (size_t i = 0; i < lanes; i++) CK_NAME(tree_add)(compiled, &places[tree + i], leaves[i], scores);
    }
    for (; tree < compiled->tree_count; tree++) {
        trees[0] = records + places[tree].first_record;
        uint32_t usual = places[tree].usual_depth, most = places[tree].most_depth;
        CK_NAME(tree_walk)(1, trees, rows, compiled->column_bits, usual, most, leaves);
        CK_NAME(tree_add)(compiled, &places[tree], leaves[0], scores);
    }
}

// One tree: several rows side by side; `rows` is a multiple of the lanes.
static __attribute__((noinline)) void CK_NAME(tree_rows_through)(
    const ck_tree_compiled *compiled, const ck_tree_place *place, size_t rows, const uint32_t *keys, size_t stride,
    float *scores) {
    enum { lanes = CK_NAME(tree_lanes) };
    const ck_tree_record *tree = (const ck_tree_record *)ck_tree_at(compiled, compiled->records) + place->first_record;
    const ck_tree_record *trees[lanes];
    for (size_t i = 0; i < lanes; i++) trees[i] = tree;
    for (size_t row = 0; row < rows; row += lanes) {
        const uint32_t *lane_rows[lanes];
        uint32_t leaves[lanes];
        for (size_t i = 0; i < lanes; i++) lane_rows[i] = keys + (row + i) * stride;
        uint32_t usual = place->usual_depth, most = place->most_depth;
        CK_NAME(tree_walk)(lanes, trees, lane_rows, compiled->column_bits, usual, most, leaves);
        for (size_t i = 0; i < lanes; i++)
            CK_NAME(tree_add)(compiled, place, leaves[i], scores + (row + i) * compiled->target_count);
    }
}

// The columns of a row, as keys.
static void CK_NAME(tree_keys)(const ck_tree_compiled *compiled, const float *x, uint32_t *keys) {
    size_t features = compiled->feature_count;
    bool has_low = compiled->column_count > features;
    size_t i = 0;
    for (; i + CK_WIDTH <= features; i += CK_WIDTH) {
        vf value = vf_load(x + i);
        vi bits = vf_bits(value + 0.0f);
        vu key = (vu)(bits ^ (bits >> 31 | INT32_MIN));
        vu high = value == value ? key : (vu)CK_TREE_MISSING_HIGH, low = value == value ? key : (vu)CK_TREE_MISSING_LOW;
        memcpy(keys + i, &high, sizeof high);
        if (has_low) memcpy(keys + features + i, &low, sizeof low);
    }
    for (; i < features; i++) {
        keys[i] = x[i] == x[i] ? ck_tree_key(x[i]) : CK_TREE_MISSING_HIGH;
        if (has_low) keys[features + i] = x[i] == x[i] ? ck_tree_key(x[i]) : CK_TREE_MISSING_LOW;
    }
}

static void CK_NAME(tree_by_node)(
    const ck_tree_compiled *compiled, size_t rows, const float *x, size_t stride, float *scores, uint32_t *keys) {
    size_t targets = compiled->target_count, columns = compiled->column_count;
    const ck_tree_place *places = ck_tree_at(compiled, compiled->places);
    for (size_t row = 0; row < rows; row++) CK_NAME(tree_keys)(compiled, x + row * stride, keys + row * columns);
    CK_NAME(tree_begin)(compiled, scores, rows * targets);
    size_t abreast = rows - rows % CK_NAME(tree_lanes);
    if (abreast > 0)
        for (size_t tree = 0; tree < compiled->tree_count; tree++)
            CK_NAME(tree_rows_through)(compiled, &places[tree], abreast, keys, columns, scores);
    for (size_t row = abreast; row < rows; row++)
        CK_NAME(tree_row)(compiled, keys + row * columns, scores + row * targets);
}

CK_INLINE vf CK_NAME(tree_gather)(const float *from, vu places) {
#if CK_WIDTH == 16 && defined(__x86_64__)
    return (vf)_mm512_i32gather_ps((__m512i)places, from, 4);
#elif CK_WIDTH == 8 && defined(__x86_64__)
    return (vf)_mm256_i32gather_ps(from, (__m256i)places, 4);
#else
    float values[CK_WIDTH];
    for (size_t i = 0; i < CK_WIDTH; i++) values[i] = from[places[i]];
    return vf_load(values);
#endif
}

#define CK_RANK int8_t
#define CK_RANK_UNSIGNED uint8_t
#define CK_RANK_LOWEST INT8_MIN
#define CK_RANKED(name) CK_NAME(name##_8)
#include "tree_ranked.inc.h"
#undef CK_RANK
#undef CK_RANK_UNSIGNED
#undef CK_RANK_LOWEST
#undef CK_RANKED

#define CK_RANK int16_t
#define CK_RANK_UNSIGNED uint16_t
#define CK_RANK_LOWEST INT16_MIN
#define CK_RANKED(name) CK_NAME(name##_16)
#include "tree_ranked.inc.h"
#undef CK_RANK
#undef CK_RANK_UNSIGNED
#undef CK_RANK_LOWEST
#undef CK_RANKED

// Rows of a block: for walks from node to node so many that a large tree, once in the cache, serves many rows.
static size_t CK_NAME(tree_block_rows)(const ck_tree_compiled *compiled, size_t rows, size_t threads) {
    if (compiled->walk != CK_TREE_BY_NODE) return CK_NAME(tree_rows);
    size_t block = ((size_t)1 << 15) / (compiled->column_count + 1), share = rows / (2 * (threads + 1));
    block = block < share ? block : share;
    return block < 32 ? 32 : block > 512 ? 512 : block / 8 * 8;
}

static size_t CK_NAME(tree_lane_size)(const ck_tree_compiled *compiled, size_t rows, size_t block_rows) {
    size_t ranked = 0, keys = (rows < block_rows ? rows : block_rows) * compiled->column_count * sizeof(uint32_t);
    if (compiled->walk == CK_TREE_RANKED_8) ranked = CK_NAME(tree_ranked_size_8)(compiled);
    if (compiled->walk == CK_TREE_RANKED_16) ranked = CK_NAME(tree_ranked_size_16)(compiled);
    if (rows < CK_NAME(tree_ranked_rows)) ranked = 0;
    return ((keys > ranked ? keys : ranked) + 63) / 64 * 64;
}

static size_t CK_NAME(f32_tree_scratch_size)(const void *compiled, size_t rows, size_t threads) {
    size_t block_rows = CK_NAME(tree_block_rows)(compiled, rows, threads), blocks = rows / block_rows + 1;
    return (blocks < threads ? blocks : threads) * CK_NAME(tree_lane_size)(compiled, rows, block_rows);
}

static void CK_NAME(tree_block)(CK_NAME(tree_run) * run, size_t first, void *scratch) {
    const ck_tree_compiled *compiled = run->compiled;
    size_t rows = run->rows - first < run->block_rows ? run->rows - first : run->block_rows;
    const float *x = run->x + first * run->stride;
    float *scores = run->scores + first * compiled->target_count;
    if (compiled->walk == CK_TREE_BY_NODE || rows < CK_NAME(tree_ranked_rows))
        CK_NAME(tree_by_node)(compiled, rows, x, run->stride, scores, scratch);
    else if (compiled->walk == CK_TREE_RANKED_8)
        CK_NAME(tree_ranked_8)(compiled, rows, x, run->stride, scores, scratch);
    else
        CK_NAME(tree_ranked_16)(compiled, rows, x, run->stride, scores, scratch);
    CK_NAME(tree_finish)(compiled, run->base, scores, rows);
}

// Each call has scratch of its own and takes blocks of rows until there are none.
static void CK_NAME(tree_task)(void *context, size_t lane) {
    CK_NAME(tree_run) *run = context;
    size_t blocks = (run->rows + run->block_rows - 1) / run->block_rows;
    for (;;) {
        size_t block = atomic_fetch_add_explicit(&run->next_block, 1, memory_order_relaxed);
        if (block >= blocks) return;
        CK_NAME(tree_block)(run, block * run->block_rows, run->scratch + lane * run->lane_size);
    }
}

static void CK_NAME(f32_tree_scores)(
    const void *compiled, size_t rows, const float *x, size_t stride, const float *base, float *scores, void *scratch,
    ck_pool *pool) {
    CK_NAME(tree_run) run = {
        .compiled = compiled,
        .rows = rows,
        .x = x,
        .stride = stride,
        .base = base,
        .scores = scores,
        .scratch = scratch,
    };
    size_t threads = ck_pool_thread_count(pool), trees = run.compiled->tree_count;
    run.block_rows = CK_NAME(tree_block_rows)(compiled, rows, threads);
    run.lane_size = CK_NAME(tree_lane_size)(compiled, rows, run.block_rows);
    size_t blocks = (rows + run.block_rows - 1) / run.block_rows, lanes = blocks < threads ? blocks : threads;
    // PERF: a row takes at least four cycles for a tree.
    if (trees < 1 << 14 && rows < 1 << 14 && rows * trees < 1 << 14) lanes = lanes > 0;
    ck_pool_run(pool, lanes, CK_NAME(tree_task), &run);
}
