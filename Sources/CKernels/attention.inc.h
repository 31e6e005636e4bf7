// A lane is a query of one of the heads that share keys and values. Lanes lie side by side in vectors: scores, their
// softmax and the sums of values then need no sums across a vector, and k and v are read where they lie.

#include "transpose.inc.h"

enum {
    CK_NAME(lane_count) = 2 * CK_WIDTH,
    CK_NAME(tile_rows) = CK_WIDTH == 16 ? 12 : 6,
    // Up to so many lanes are faster one by one.
    CK_NAME(row_lanes) = CK_WIDTH / 2,
};

static const float CK_NAME(log2_e) = 1.44269504f;

typedef struct CK_NAME(attention_work) {
    const ck_attention *attention;
    size_t units;
    size_t units_per_head;
    // Groups of lanes that share each block of keys and values.
    size_t groups;
    size_t pieces;
    size_t block;
    size_t slot_size;
    float *scratch;
} CK_NAME(attention_work);

// What a group of lanes reads and writes, and how far it is.
typedef struct CK_NAME(lane_group) {
    size_t count;
    const float *q[CK_NAME(lane_count)];
    const float *mask[CK_NAME(lane_count)];
    float *y[CK_NAME(lane_count)];
    // Keys that a lane sees: from `first` up to `end`; the least and the most of the group.
    size_t first[CK_NAME(lane_count)];
    size_t end[CK_NAME(lane_count)];
    size_t first_least;
    size_t first_most;
    size_t end_least;
    size_t end_most;
    // Queries with lanes side by side, and sums of values alike.
    float *packed;
    float *sums;
    bool has_begun;
    vf highest[2];
    vf totals[2];
} CK_NAME(lane_group);

CK_INLINE size_t CK_NAME(key_block)(const ck_attention *attention) {
    const size_t size =
        attention->head_size > attention->value_size ? attention->head_size : attention->value_size;
    const size_t block = 4096 / (size + 1) / 8 * 8;
    return size == 32 ? 128 : size == 64 ? 64 : size == 128 ? 32 : block < 24 ? 24 : block > 128 ? 128 : block;
}

// Floats of scratch for one piece of work.
CK_INLINE size_t CK_NAME(slot_floats)(const ck_attention *attention) {
    const size_t size = attention->head_size + attention->value_size, block = CK_NAME(key_block)(attention);
    return (4 * size + 2 * block) * CK_NAME(lane_count) + size * block;
}

// The units of work of each head that has keys of its own; the number of threads has no part in it.
static void CK_NAME(divide_attention)(CK_NAME(attention_work) *work) {
    const ck_attention *attention = work->attention;
    const size_t heads = attention->batches * attention->kv_heads;
    const size_t lanes = heads ? attention->heads / attention->kv_heads * attention->queries : 0;
    work->groups = 1;
    work->units_per_head = lanes;
    if (lanes > CK_NAME(row_lanes)) {
        const size_t all = (lanes - 1) / CK_NAME(lane_count) + 1;
        for (work->groups = 4; work->groups > 1; work->groups /= 2)
            if (heads * ((all - 1) / work->groups + 1) >= 16) break;
        work->units_per_head = (all - 1) / work->groups + 1;
    }
    work->units = heads * work->units_per_head;
}

CK_INLINE size_t CK_NAME(attention_pieces)(const ck_attention *attention, size_t units, unsigned threads) {
    if (threads < 2 || units < 2) return 1;
    const double work = 2.0 * (double)(attention->batches * attention->heads) * (double)attention->queries *
                        (double)attention->keys * (double)(attention->head_size + attention->value_size);
    if (work < 1.2e6) return 1;
    return units < 8 * (size_t)threads ? units : 8 * (size_t)threads;
}

static size_t CK_NAME(f32_attention_scratch_size)(const ck_attention *attention, unsigned threads) {
    CK_NAME(attention_work) work = {.attention = attention};
    CK_NAME(divide_attention)(&work);
    const size_t pieces = CK_NAME(attention_pieces)(attention, work.units, threads);
    return pieces * CK_NAME(slot_floats)(attention) * sizeof(float);
}

// to[i][lane] = rows[lane][start + i] * factor; lanes past the last are zeros.
static void CK_NAME(pack_lanes)(const float *const *rows, size_t lanes, size_t start, size_t count, size_t width,
                                float factor, float *to) {
    for (size_t lane = 0; lane < width; lane += CK_WIDTH)
        for (size_t i = 0; i < count; i += CK_WIDTH) {
            const size_t left = count - i, some = left < CK_WIDTH ? left : CK_WIDTH;
            vf block[CK_WIDTH];
            for (size_t j = 0; j < CK_WIDTH; j++) {
                if (lane + j >= lanes) block[j] = vf_set(0);
                else if (left < CK_WIDTH) block[j] = vf_load_head(rows[lane + j] + start + i, left);
                else block[j] = vf_load(rows[lane + j] + start + i);
            }
            CK_NAME(transpose)(block);
            if (some == CK_WIDTH)
                for (size_t j = 0; j < CK_WIDTH; j++) vf_store(to + (i + j) * width + lane, block[j] * factor);
            else
                for (size_t j = 0; j < some; j++) vf_store(to + (i + j) * width + lane, block[j] * factor);
        }
}

// rows[lane][i] = from[i][lane] * factors[lane].
static void CK_NAME(unpack_lanes)(const float *from, size_t count, size_t width, const vf *factors, size_t lanes,
                                  float *const *rows) {
    for (size_t lane = 0; lane < lanes; lane += CK_WIDTH)
        for (size_t i = 0; i < count; i += CK_WIDTH) {
            const size_t left = count - i, some = left < CK_WIDTH ? left : CK_WIDTH;
            vf block[CK_WIDTH];
            for (size_t j = 0; j < CK_WIDTH; j++)
                block[j] = j < some ? vf_load(from + (i + j) * width + lane) * factors[lane / CK_WIDTH] : vf_set(0);
            CK_NAME(transpose)(block);
            for (size_t j = 0; j < CK_WIDTH && lane + j < lanes; j++) {
                if (left < CK_WIDTH) vf_store_head(rows[lane + j] + i, block[j], left);
                else vf_store(rows[lane + j] + i, block[j]);
            }
        }
}

// Scores of some keys: s[row][lane] = sum over i of k[row][i] * q[i][lane].
CK_INLINE void CK_NAME(score_tile)(int vectors, int rows, const float *k, size_t stride, const float *q, size_t count,
                                   float *s) {
    vf sums[12][2];
    for (int row = 0; row < rows; row++)
        for (int v = 0; v < vectors; v++) sums[row][v] = vf_set(0);
#pragma clang loop unroll_count(4)
    for (size_t i = 0; i < count; i++) {
        vf lanes[2];
        for (int v = 0; v < vectors; v++) lanes[v] = vf_load(q + (i * vectors + v) * CK_WIDTH);
        for (int row = 0; row < rows; row++) {
            const vf key = vf_set(k[row * stride + i]);
            for (int v = 0; v < vectors; v++) sums[row][v] = vf_fma(key, lanes[v], sums[row][v]);
        }
    }
    for (int row = 0; row < rows; row++)
        for (int v = 0; v < vectors; v++) vf_store(s + (row * vectors + v) * CK_WIDTH, sums[row][v]);
}

// o[row][lane] = o[row][lane] * keep[lane] + sum over keys of v[key][row] * p[key][lane].
CK_INLINE void CK_NAME(value_tile)(int vectors, int rows, const float *values, size_t stride, const float *p,
                                   size_t keys, const vf *keep, float *o) {
    vf sums[12][2];
    for (int row = 0; row < rows; row++)
        for (int v = 0; v < vectors; v++)
            sums[row][v] = keep ? vf_load(o + (row * vectors + v) * CK_WIDTH) * keep[v] : vf_set(0);
#pragma clang loop unroll_count(4)
    for (size_t key = 0; key < keys; key++) {
        vf lanes[2];
        for (int v = 0; v < vectors; v++) lanes[v] = vf_load(p + (key * vectors + v) * CK_WIDTH);
        for (int row = 0; row < rows; row++) {
            const vf value = vf_set(values[key * stride + row]);
            for (int v = 0; v < vectors; v++) sums[row][v] = vf_fma(value, lanes[v], sums[row][v]);
        }
    }
    for (int row = 0; row < rows; row++)
        for (int v = 0; v < vectors; v++) vf_store(o + (row * vectors + v) * CK_WIDTH, sums[row][v]);
}

#if CK_WIDTH == 16
#define CK_TILE_CASES(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#else
#define CK_TILE_CASES(X) X(1) X(2) X(3) X(4) X(5) X(6)
#endif

CK_INLINE void CK_NAME(score_block)(int vectors, const float *k, size_t stride, const float *q, size_t count, float *s,
                                    size_t keys) {
    const size_t tiles = (keys - 1) / CK_NAME(tile_rows) + 1;
    for (size_t tile = 0, done = 0; tile < tiles; tile++) {
        const size_t rows = (keys - done) / (tiles - tile) + ((keys - done) % (tiles - tile) != 0);
        const float *from = k + done * stride;
        float *to = s + done * (size_t)vectors * CK_WIDTH;
        switch (rows) {
#define CK_CASE(rows)                                                                                                  \
    case rows: CK_NAME(score_tile)(vectors, rows, from, stride, q, count, to); break;
            CK_TILE_CASES(CK_CASE)
#undef CK_CASE
        default: break;
        }
        done += rows;
    }
}

CK_INLINE void CK_NAME(value_block)(int vectors, const float *values, size_t stride, const float *p, size_t keys,
                                    const vf *keep, float *o, size_t count) {
    const size_t tiles = count ? (count - 1) / CK_NAME(tile_rows) + 1 : 0;
    for (size_t tile = 0, done = 0; tile < tiles; tile++) {
        const size_t rows = (count - done) / (tiles - tile) + ((count - done) % (tiles - tile) != 0);
        float *to = o + done * (size_t)vectors * CK_WIDTH;
        switch (rows) {
#define CK_CASE(rows)                                                                                                  \
    case rows: CK_NAME(value_tile)(vectors, rows, values + done, stride, p, keys, keep, to); break;
            CK_TILE_CASES(CK_CASE)
#undef CK_CASE
        default: break;
        }
        done += rows;
    }
}

CK_INLINE int32_t CK_NAME(place_in_block)(size_t key, size_t start, size_t keys) {
    return key <= start ? 0 : (int32_t)(key - start < keys ? key - start : keys);
}

// Adds the mask and hides the keys that a lane does not see.
CK_INLINE void CK_NAME(mask_scores)(int vectors, const CK_NAME(lane_group) *unit, size_t start, size_t keys,
                                    float *tile, float *s) {
    const size_t width = (size_t)vectors * CK_WIDTH;
    bool is_shared = true, hides = false;
    for (size_t lane = 0; lane < unit->count; lane++) {
        is_shared = is_shared && unit->mask[lane] == unit->mask[0];
        hides = hides || unit->first[lane] > start || unit->end[lane] < start + keys;
    }
    if (unit->mask[0] && is_shared) {
        for (size_t key = 0; key < keys; key++) {
            const float value = unit->mask[0][start + key];
            for (int v = 0; v < vectors; v++) {
                float *at = s + key * width + (size_t)v * CK_WIDTH;
                vf_store(at, vf_load(at) + value);
            }
        }
    } else if (unit->mask[0]) {
        CK_NAME(pack_lanes)(unit->mask, unit->count, start, keys, width, 1.0f, tile);
        for (size_t i = 0; i < keys * width; i += CK_WIDTH) vf_store(s + i, vf_load(s + i) + vf_load(tile + i));
    }
    if (!hides) return;
    vi first[2] = {0}, end[2] = {0};
    for (size_t lane = 0; lane < unit->count; lane++) {
        first[lane / CK_WIDTH][lane % CK_WIDTH] = CK_NAME(place_in_block)(unit->first[lane], start, keys);
        end[lane / CK_WIDTH][lane % CK_WIDTH] = CK_NAME(place_in_block)(unit->end[lane], start, keys);
    }
    for (size_t key = 0; key < keys; key++)
        for (int v = 0; v < vectors; v++) {
            const vi here = (vi)(int32_t)key;
            float *at = s + key * width + (size_t)v * CK_WIDTH;
            vf_store(at, vf_select((here >= first[v]) & (here < end[v]), vf_load(at), vf_set(-INFINITY)));
        }
}

CK_INLINE void CK_NAME(cap_scores)(float softcap, float *s, size_t count) {
    for (size_t i = 0; i < count; i += CK_WIDTH)
        vf_store(s + i, vf_tanh(vf_load(s + i) * (1.0f / softcap)) * softcap);
}

// e^x for x up to 0, zero below -87.7. NUMERICS: within 1e-7 of one; the factor comes after the difference of scores, for
// a mask may be the lowest float.
CK_INLINE vf CK_NAME(exp_of_difference)(vf x) {
    const vf magic = vf_set(12583039.0f);
    x = vf_max(vf_set(-127.0f), x * vf_set(CK_NAME(log2_e)));
    const vf shifted = x + magic;
    const vf r = x - (shifted - magic);
    vf p = vf_fma(vf_set(0.00132647269f), r, vf_set(0.00967151266f));
    p = vf_fma(p, r, vf_set(0.0555073374f));
    p = vf_fma(p, r, vf_set(0.240222421f));
    p = vf_fma(p, r, vf_set(0.693146978f));
    p = vf_fma(p, r, vf_set(1.0f));
    return p * (vf)((vu)shifted << 23);
}

// One or two vectors of lanes over a block of keys.
CK_INLINE void CK_NAME(attend_block)(int vectors, const ck_attention *attention, CK_NAME(lane_group) *unit,
                                     const float *k, size_t k_stride, const float *values, size_t v_stride,
                                     size_t start, size_t keys, float *s, float *tile) {
    const size_t width = (size_t)vectors * CK_WIDTH;
    CK_NAME(score_block)(vectors, k, k_stride, unit->packed, attention->head_size, s, keys);
    if (attention->softcap != 0) CK_NAME(cap_scores)(attention->softcap, s, keys * width);
    if (unit->mask[0] || start < unit->first_most || start + keys > unit->end_least)
        CK_NAME(mask_scores)(vectors, unit, start, keys, tile, s);
    vf keep[2], shift[2], sums[2];
    for (int v = 0; v < vectors; v++) shift[v] = unit->highest[v];
    for (size_t key = 0; key < keys; key++)
        for (int v = 0; v < vectors; v++)
            shift[v] = vf_max(shift[v], vf_load(s + key * width + (size_t)v * CK_WIDTH));
    for (int v = 0; v < vectors; v++) {
        const vf before = unit->highest[v];
        unit->highest[v] = shift[v];
        shift[v] = vf_select(shift[v] == -INFINITY, vf_set(0), shift[v]);
        keep[v] = CK_NAME(exp_of_difference)(before - shift[v]);
        sums[v] = unit->totals[v] * keep[v];
    }
    for (size_t key = 0; key < keys; key++)
        for (int v = 0; v < vectors; v++) {
            float *at = s + key * width + (size_t)v * CK_WIDTH;
            const vf e = CK_NAME(exp_of_difference)(vf_load(at) - shift[v]);
            vf_store(at, e);
            sums[v] += e;
        }
    for (int v = 0; v < vectors; v++) unit->totals[v] = sums[v];
    CK_NAME(value_block)(vectors, values, v_stride, s, keys, unit->has_begun ? keep : NULL, unit->sums,
                         attention->value_size);
    unit->has_begun = true;
}

static __attribute__((noinline)) void CK_NAME(attend_two)(const ck_attention *attention, CK_NAME(lane_group) *unit,
                                                         const float *k, size_t k_stride, const float *values,
                                                         size_t v_stride, size_t start, size_t keys, float *s,
                                                         float *tile) {
    CK_NAME(attend_block)(2, attention, unit, k, k_stride, values, v_stride, start, keys, s, tile);
}

static __attribute__((noinline)) void CK_NAME(attend_one)(const ck_attention *attention, CK_NAME(lane_group) *unit,
                                                         const float *k, size_t k_stride, const float *values,
                                                         size_t v_stride, size_t start, size_t keys, float *s,
                                                         float *tile) {
    CK_NAME(attend_block)(1, attention, unit, k, k_stride, values, v_stride, start, keys, s, tile);
}

// Rows side by side.
static const float *CK_NAME(copy_rows)(const float *from, size_t stride, size_t rows, size_t size, float *to) {
    for (size_t row = 0; row < rows; row++) {
        size_t i = 0;
        for (; i + CK_WIDTH <= size; i += CK_WIDTH) vf_store(to + row * size + i, vf_load(from + row * stride + i));
        for (; i < size; i++) to[row * size + i] = from[row * stride + i];
    }
    return to;
}

// Groups of lanes over all keys that any of them sees.
static void CK_NAME(attend_groups)(const CK_NAME(attention_work) *work, CK_NAME(lane_group) *groups, size_t count,
                                   const float *k, const float *values, float *scratch) {
    const ck_attention *attention = work->attention;
    const size_t head_size = attention->head_size, value_size = attention->value_size;
    float *s = scratch, *tile = s + work->block * CK_NAME(lane_count);
    float *k_copy = tile + work->block * CK_NAME(lane_count), *v_copy = k_copy + work->block * head_size;
    float *next = v_copy + work->block * value_size;
    const float scale = attention->scale;
    size_t first = SIZE_MAX, end = 0;
    for (size_t g = 0; g < count; g++) {
        CK_NAME(lane_group) *group = &groups[g];
        const size_t width = group->count > CK_WIDTH ? 2 * CK_WIDTH : CK_WIDTH;
        group->first_least = group->first_most = group->first[0];
        group->end_least = group->end_most = group->end[0];
        for (size_t lane = 1; lane < group->count; lane++) {
            if (group->first[lane] < group->first_least) group->first_least = group->first[lane];
            if (group->first[lane] > group->first_most) group->first_most = group->first[lane];
            if (group->end[lane] < group->end_least) group->end_least = group->end[lane];
            if (group->end[lane] > group->end_most) group->end_most = group->end[lane];
        }
        first = group->first_least < first ? group->first_least : first;
        end = group->end_most > end ? group->end_most : end;
        group->packed = next;
        group->sums = next + head_size * width;
        next = group->sums + value_size * width;
        group->has_begun = false;
        for (int v = 0; v < 2; v++) {
            group->highest[v] = vf_set(-INFINITY);
            group->totals[v] = vf_set(0);
        }
        CK_NAME(pack_lanes)(group->q, group->count, 0, head_size, width, scale, group->packed);
    }
    const size_t blocks = end > first ? (end - first - 1) / work->block + 1 : 0;
    for (size_t block = 0, start = first; block < blocks; block++) {
        const size_t left = blocks - block, keys = (end - start) / left + ((end - start) % left != 0);
        size_t k_stride = attention->k_strides.row, v_stride = attention->v_strides.row;
        const float *k_rows = k + start * k_stride, *v_rows = values + start * v_stride;
        if (count > 1 && k_stride != head_size) {
            k_rows = CK_NAME(copy_rows)(k_rows, k_stride, keys, head_size, k_copy);
            k_stride = head_size;
        }
        if (count > 1 && v_stride != value_size) {
            v_rows = CK_NAME(copy_rows)(v_rows, v_stride, keys, value_size, v_copy);
            v_stride = value_size;
        }
        for (size_t g = 0; g < count; g++) {
            CK_NAME(lane_group) *group = &groups[g];
            if (start >= group->end_most || start + keys <= group->first_least) continue;
            const size_t some = group->end_most - start < keys ? group->end_most - start : keys;
            if (group->count > CK_WIDTH)
                CK_NAME(attend_two)(attention, group, k_rows, k_stride, v_rows, v_stride, start, some, s, tile);
            else
                CK_NAME(attend_one)(attention, group, k_rows, k_stride, v_rows, v_stride, start, some, s, tile);
        }
        start += keys;
    }
    for (size_t g = 0; g < count; g++) {
        CK_NAME(lane_group) *group = &groups[g];
        const size_t width = group->count > CK_WIDTH ? 2 * CK_WIDTH : CK_WIDTH;
        if (!group->has_begun) memset(group->sums, 0, value_size * width * sizeof *group->sums);
        for (int v = 0; v < 2; v++)
            group->totals[v] = vf_select(group->totals[v] == 0.0f, vf_set(attention->is_empty_nan ? NAN : 0),
                                         1.0f / group->totals[v]);
        CK_NAME(unpack_lanes)(group->sums, value_size, width, group->totals, group->count, group->y);
    }
}

// Scores of a vector's worth of keys for one query, the last `CK_WIDTH - keys` meaningless.
CK_INLINE vf CK_NAME(score_keys)(const float *q, const float *k, size_t stride, size_t count, size_t keys) {
    vf sums[CK_WIDTH];
    size_t steps[CK_WIDTH];
    for (size_t key = 0; key < CK_WIDTH; key++) {
        sums[key] = vf_set(0);
        steps[key] = (key < keys ? key : 0) * stride;
    }
    size_t i = 0;
    for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
        const vf query = vf_load(q + i);
        for (int key = 0; key < CK_WIDTH; key++) sums[key] = vf_fma(vf_load(k + steps[key] + i), query, sums[key]);
    }
    if (i < count) {
        const vf query = vf_load_head(q + i, count - i);
        for (int key = 0; key < CK_WIDTH; key++)
            sums[key] = vf_fma(vf_load_head(k + steps[key] + i, count - i), query, sums[key]);
    }
    CK_NAME(transpose)(sums);
    for (int step = CK_WIDTH / 2; step > 0; step /= 2)
        for (int key = 0; key < step; key++) sums[key] += sums[key + step];
    return sums[0];
}

// o = o * keep + sum over keys of p[key] * v[key], some vectors of columns at a time.
CK_INLINE void CK_NAME(value_row)(int vectors, size_t head, const float *values, size_t stride, const float *p,
                                  size_t keys, float keep, float *o) {
    vf sums[8];
    for (int v = 0; v < vectors; v++) sums[v] = CK_NAME(load_column)(o + v * CK_WIDTH, head) * keep;
    for (size_t key = 0; key < keys; key++) {
        const vf weight = vf_set(p[key]);
        for (int v = 0; v < vectors; v++)
            sums[v] = vf_fma(CK_NAME(load_column)(values + key * stride + v * CK_WIDTH, head), weight, sums[v]);
    }
    for (int v = 0; v < vectors; v++) CK_NAME(store_column)(o + v * CK_WIDTH, sums[v], head);
}

// One lane over all keys that it sees, its elements in vectors.
static __attribute__((noinline)) void CK_NAME(attend_row)(const CK_NAME(attention_work) *work,
                                                         const CK_NAME(lane_group) *unit, const float *all_keys,
                                                         const float *all_values, float *scratch) {
    const ck_attention *attention = work->attention;
    const size_t head_size = attention->head_size, value_size = attention->value_size;
    const size_t most = work->block * CK_WIDTH;
    float *q = scratch, *o = q + head_size, *s = o + value_size, *mask = s + most;
    for (size_t i = 0; i < head_size; i++) q[i] = unit->q[0][i] * attention->scale;
    for (size_t i = 0; i < value_size; i++) o[i] = 0;
    float highest = -INFINITY, total = 0;
    const size_t k_stride = attention->k_strides.row, v_stride = attention->v_strides.row;
    for (size_t start = unit->first[0]; start < unit->end[0]; start += most) {
        const size_t left = unit->end[0] - start, keys = left < most ? left : most;
        const float *k = all_keys + start * k_stride, *values = all_values + start * v_stride;
        if (unit->mask[0]) memcpy(mask, unit->mask[0] + start, keys * sizeof *mask);
        vf peak = vf_set(highest);
        for (size_t key = 0; key < keys; key += CK_WIDTH) {
            const size_t some = keys - key < CK_WIDTH ? keys - key : CK_WIDTH;
            vf scores = some == CK_WIDTH
                            ? CK_NAME(score_keys)(q, k + key * k_stride, k_stride, head_size, CK_WIDTH)
                            : CK_NAME(score_keys)(q, k + key * k_stride, k_stride, head_size, some);
            if (attention->softcap != 0) scores = vf_tanh(scores * (1.0f / attention->softcap)) * attention->softcap;
            if (unit->mask[0]) scores += vf_load(mask + key);
            if (some < CK_WIDTH) scores = vf_select(CK_NAME(lanes)() < (int32_t)some, scores, vf_set(-INFINITY));
            peak = vf_max(peak, scores);
            vf_store(s + key, scores);
        }
        const float before = highest;
        highest = vf_highest(peak);
        const float shift = highest == -INFINITY ? 0 : highest, keep = expf(before - shift);
        vf sum = vf_set(0);
        for (size_t key = 0; key < keys; key += CK_WIDTH) {
            const vf e = vf_exp_flushed(vf_load(s + key) - shift);
            vf_store(s + key, e);
            sum += e;
        }
        total = total * keep + vf_sum(sum);
        size_t i = 0;
        for (; i + 8 * CK_WIDTH <= value_size; i += 8 * CK_WIDTH)
            CK_NAME(value_row)(8, 0, values + i, v_stride, s, keys, keep, o + i);
        for (; i + 4 * CK_WIDTH <= value_size; i += 4 * CK_WIDTH)
            CK_NAME(value_row)(4, 0, values + i, v_stride, s, keys, keep, o + i);
        for (; i + CK_WIDTH <= value_size; i += CK_WIDTH)
            CK_NAME(value_row)(1, 0, values + i, v_stride, s, keys, keep, o + i);
        if (i < value_size) CK_NAME(value_row)(1, value_size - i, values + i, v_stride, s, keys, keep, o + i);
    }
    const float factor = total != 0 ? 1 / total : attention->is_empty_nan ? NAN : 0;
    for (size_t i = 0; i < value_size; i++) unit->y[0][i] = o[i] * factor;
}

static void CK_NAME(place_lane)(const ck_attention *attention, CK_NAME(lane_group) *unit, size_t lane, size_t batch,
                                size_t head, size_t query, size_t keys, int64_t offset) {
    const ck_head_strides *q = &attention->q_strides, *y = &attention->y_strides, *m = &attention->mask_strides;
    unit->q[lane] = attention->q + batch * q->batch + head * q->head + query * q->row;
    unit->y[lane] = attention->y + batch * y->batch + head * y->head + query * y->row;
    unit->mask[lane] = attention->mask ? attention->mask + batch * m->batch + head * m->head + query * m->row : NULL;
    unit->first[lane] = 0;
    unit->end[lane] = keys;
    if (!attention->causal) return;
    const int64_t last = (int64_t)query + offset;
    if (last < (int64_t)keys) unit->end[lane] = last < 0 ? 0 : (size_t)last + 1;
    if (unit->end[lane] > keys) unit->end[lane] = keys;
    if (attention->window && last >= (int64_t)attention->window)
        unit->first[lane] = (size_t)last + 1 - attention->window;
    if (unit->first[lane] > unit->end[lane]) unit->first[lane] = unit->end[lane];
}

static void CK_NAME(attention_unit)(const CK_NAME(attention_work) *work, size_t index, float *scratch) {
    const ck_attention *attention = work->attention;
    const size_t group = attention->heads / attention->kv_heads, lanes = group * attention->queries;
    const size_t kv_head = index / work->units_per_head % attention->kv_heads;
    const size_t batch = index / work->units_per_head / attention->kv_heads;
    const size_t each = lanes <= CK_NAME(row_lanes) ? 1 : CK_NAME(lane_count);
    size_t start = index % work->units_per_head * work->groups * each, count = 0, keys = attention->keys;
    if (attention->key_counts) {
        const int64_t counted = attention->key_counts[batch];
        keys = counted <= 0 ? 0 : (uint64_t)counted < keys ? (size_t)counted : keys;
    }
    const int64_t offset = attention->causal_offsets ? attention->causal_offsets[batch] : attention->causal_offset;
    const float *k = attention->k + batch * attention->k_strides.batch + kv_head * attention->k_strides.head;
    const float *values = attention->v + batch * attention->v_strides.batch + kv_head * attention->v_strides.head;
    CK_NAME(lane_group) groups[4];
    for (; count < work->groups && start < lanes; count++, start += each) {
        CK_NAME(lane_group) *unit = &groups[count];
        unit->count = lanes - start < each ? lanes - start : each;
        for (size_t lane = 0; lane < unit->count; lane++)
            CK_NAME(place_lane)(attention, unit, lane, batch, kv_head * group + (start + lane) / attention->queries,
                                (start + lane) % attention->queries, keys, offset);
    }
    if (lanes <= CK_NAME(row_lanes)) CK_NAME(attend_row)(work, groups, k, values, scratch);
    else CK_NAME(attend_groups)(work, groups, count, k, values, scratch);
}

static void CK_NAME(attention_task)(void *context, size_t index) {
    const CK_NAME(attention_work) *work = context;
    const size_t end = CK_NAME(piece_start)(work->units, work->pieces, index + 1);
    for (size_t unit = CK_NAME(piece_start)(work->units, work->pieces, index); unit < end; unit++)
        CK_NAME(attention_unit)(work, unit, work->scratch + index * work->slot_size);
}

static void CK_NAME(f32_attention)(const ck_attention *attention, void *scratch, ck_pool *pool) {
    CK_NAME(attention_work) work = {.attention = attention, .scratch = scratch};
    CK_NAME(divide_attention)(&work);
    if (work.units == 0) return;
    work.pieces = CK_NAME(attention_pieces)(attention, work.units, ck_pool_thread_count(pool));
    work.block = CK_NAME(key_block)(attention);
    work.slot_size = CK_NAME(slot_floats)(attention);
    ck_pool_run(pool, work.pieces, CK_NAME(attention_task), &work);
}
