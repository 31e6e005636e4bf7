// A lane is a query of one of the heads that share keys and values. Lanes lie side by side in vectors: scores, their
// softmax and the sums of values then need no sums across a vector, and k and v are read where they lie.

#include "transpose.inc.h"

enum {
    CK_NAME(lane_count) = 2 * CK_WIDTH,
    CK_NAME(tile_rows) = CK_WIDTH == 16 ? 12 : 6,
};

typedef struct CK_NAME(attention_work) {
    const ck_attention *attention;
    size_t units;
    size_t units_per_head;
    size_t pieces;
    size_t block;
    size_t slot_size;
    float *scratch;
} CK_NAME(attention_work);

// What the lanes of one unit read and write.
typedef struct CK_NAME(lanes_of_unit) {
    size_t count;
    const float *q[CK_NAME(lane_count)];
    const float *mask[CK_NAME(lane_count)];
    float *y[CK_NAME(lane_count)];
    // Keys that a lane sees: from `first` up to `end`.
    size_t first[CK_NAME(lane_count)];
    size_t end[CK_NAME(lane_count)];
    const float *k;
    const float *v;
} CK_NAME(lanes_of_unit);

CK_INLINE size_t CK_NAME(key_block)(const ck_attention *attention) {
    const size_t size =
        attention->head_size > attention->value_size ? attention->head_size : attention->value_size;
    const size_t block = 4096 / (size + 1) / 8 * 8;
    return size == 32 ? 128 : size == 64 ? 64 : size == 128 ? 32 : block < 24 ? 24 : block > 128 ? 128 : block;
}

// Floats of scratch for one piece of work.
CK_INLINE size_t CK_NAME(slot_floats)(const ck_attention *attention) {
    const size_t rows = attention->head_size + attention->value_size + 2 * CK_NAME(key_block)(attention);
    return rows * CK_NAME(lane_count);
}

CK_INLINE size_t CK_NAME(attention_units)(const ck_attention *attention, size_t *units_per_head) {
    const size_t lanes = attention->kv_heads ? attention->heads / attention->kv_heads * attention->queries : 0;
    *units_per_head = lanes < 3 ? lanes : (lanes - 1) / CK_NAME(lane_count) + 1;
    return attention->batches * attention->kv_heads * *units_per_head;
}

CK_INLINE size_t CK_NAME(attention_pieces)(const ck_attention *attention, size_t units, unsigned threads) {
    if (threads < 2 || units < 2) return 1;
    const double work = 2.0 * (double)(attention->batches * attention->heads) * (double)attention->queries *
                        (double)attention->keys * (double)(attention->head_size + attention->value_size);
    if (work < 1.2e6) return 1;
    return units < 8 * (size_t)threads ? units : 8 * (size_t)threads;
}

static size_t CK_NAME(f32_attention_scratch_size)(const ck_attention *attention, unsigned threads) {
    size_t units_per_head;
    const size_t units = CK_NAME(attention_units)(attention, &units_per_head);
    const size_t pieces = CK_NAME(attention_pieces)(attention, units, threads);
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
CK_INLINE void CK_NAME(mask_scores)(int vectors, const CK_NAME(lanes_of_unit) *unit, size_t start, size_t keys,
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
        CK_NAME(pack_lanes)(unit->mask, unit->count, start, keys, width, 1, tile);
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

// One or two vectors of lanes over all keys that any of them sees.
CK_INLINE void CK_NAME(attend_lanes)(int vectors, const CK_NAME(attention_work) *work,
                                     const CK_NAME(lanes_of_unit) *unit, float *scratch) {
    const ck_attention *attention = work->attention;
    const size_t width = (size_t)vectors * CK_WIDTH;
    const size_t head_size = attention->head_size, value_size = attention->value_size;
    float *q = scratch, *o = q + head_size * width, *s = o + value_size * width, *tile = s + work->block * width;
    size_t first = unit->first[0], end = unit->end[0], first_last = first, end_first = end;
    for (size_t lane = 1; lane < unit->count; lane++) {
        first = unit->first[lane] < first ? unit->first[lane] : first;
        first_last = unit->first[lane] > first_last ? unit->first[lane] : first_last;
        end = unit->end[lane] > end ? unit->end[lane] : end;
        end_first = unit->end[lane] < end_first ? unit->end[lane] : end_first;
    }
    CK_NAME(pack_lanes)(unit->q, unit->count, 0, head_size, width, attention->scale, q);
    vf highest[2], totals[2];
    for (int v = 0; v < vectors; v++) {
        highest[v] = vf_set(-INFINITY);
        totals[v] = vf_set(0);
    }
    const size_t blocks = end > first ? (end - first - 1) / work->block + 1 : 0;
    if (blocks == 0) memset(o, 0, value_size * width * sizeof *o);
    for (size_t block = 0, start = first; block < blocks; block++) {
        const size_t left = blocks - block, keys = (end - start) / left + ((end - start) % left != 0);
        const size_t k_stride = attention->k_strides.row, v_stride = attention->v_strides.row;
        CK_NAME(score_block)(vectors, unit->k + start * k_stride, k_stride, q, head_size, s, keys);
        if (attention->softcap != 0) CK_NAME(cap_scores)(attention->softcap, s, keys * width);
        if (unit->mask[0] || start < first_last || start + keys > end_first)
            CK_NAME(mask_scores)(vectors, unit, start, keys, tile, s);
        vf keep[2], shift[2], sums[2];
        for (int v = 0; v < vectors; v++) shift[v] = highest[v];
        for (size_t key = 0; key < keys; key++)
            for (int v = 0; v < vectors; v++)
                shift[v] = vf_max(shift[v], vf_load(s + key * width + (size_t)v * CK_WIDTH));
        for (int v = 0; v < vectors; v++) {
            const vf before = highest[v];
            highest[v] = shift[v];
            shift[v] = vf_select(shift[v] == -INFINITY, vf_set(0), shift[v]);
            keep[v] = vf_exp_flushed(before - shift[v]);
            sums[v] = totals[v] * keep[v];
        }
        for (size_t key = 0; key < keys; key++)
            for (int v = 0; v < vectors; v++) {
                float *at = s + key * width + (size_t)v * CK_WIDTH;
                const vf e = vf_exp_flushed(vf_load(at) - shift[v]);
                vf_store(at, e);
                sums[v] += e;
            }
        for (int v = 0; v < vectors; v++) totals[v] = sums[v];
        CK_NAME(value_block)(vectors, unit->v + start * v_stride, v_stride, s, keys, block ? keep : NULL, o,
                             value_size);
        start += keys;
    }
    for (int v = 0; v < vectors; v++) totals[v] = vf_select(totals[v] == 0.0f, vf_set(0), 1.0f / totals[v]);
    CK_NAME(unpack_lanes)(o, value_size, width, totals, unit->count, unit->y);
}

static __attribute__((noinline)) void CK_NAME(attend_two)(const CK_NAME(attention_work) *work,
                                                         const CK_NAME(lanes_of_unit) *unit, float *scratch) {
    CK_NAME(attend_lanes)(2, work, unit, scratch);
}

static __attribute__((noinline)) void CK_NAME(attend_one)(const CK_NAME(attention_work) *work,
                                                         const CK_NAME(lanes_of_unit) *unit, float *scratch) {
    CK_NAME(attend_lanes)(1, work, unit, scratch);
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
                                                         const CK_NAME(lanes_of_unit) *unit, float *scratch) {
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
        const float *k = unit->k + start * k_stride, *values = unit->v + start * v_stride;
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
    const float factor = total == 0 ? 0 : 1 / total;
    for (size_t i = 0; i < value_size; i++) unit->y[0][i] = o[i] * factor;
}

static void CK_NAME(attention_unit)(const CK_NAME(attention_work) *work, size_t index, float *scratch) {
    const ck_attention *attention = work->attention;
    const size_t group = attention->heads / attention->kv_heads, lanes = group * attention->queries;
    const size_t kv_head = index / work->units_per_head % attention->kv_heads;
    const size_t batch = index / work->units_per_head / attention->kv_heads;
    const size_t each = lanes < 3 ? 1 : CK_NAME(lane_count);
    const size_t start = index % work->units_per_head * each;
    size_t keys = attention->keys;
    if (attention->key_counts) {
        const int64_t count = attention->key_counts[batch];
        keys = count <= 0 ? 0 : (uint64_t)count < keys ? (size_t)count : keys;
    }
    const int64_t offset = attention->causal_offsets ? attention->causal_offsets[batch] : attention->causal_offset;
    CK_NAME(lanes_of_unit) unit;
    unit.count = lanes - start < each ? lanes - start : each;
    unit.k = attention->k + batch * attention->k_strides.batch + kv_head * attention->k_strides.head;
    unit.v = attention->v + batch * attention->v_strides.batch + kv_head * attention->v_strides.head;
    for (size_t lane = 0; lane < unit.count; lane++) {
        const size_t head = kv_head * group + (start + lane) / attention->queries;
        const size_t query = (start + lane) % attention->queries;
        const ck_head_strides *q = &attention->q_strides, *y = &attention->y_strides, *m = &attention->mask_strides;
        unit.q[lane] = attention->q + batch * q->batch + head * q->head + query * q->row;
        unit.y[lane] = attention->y + batch * y->batch + head * y->head + query * y->row;
        unit.mask[lane] =
            attention->mask ? attention->mask + batch * m->batch + head * m->head + query * m->row : NULL;
        unit.first[lane] = 0;
        unit.end[lane] = keys;
        if (!attention->causal) continue;
        const int64_t last = (int64_t)query + offset;
        if (last < (int64_t)keys) unit.end[lane] = last < 0 ? 0 : (size_t)last + 1;
        if (unit.end[lane] > keys) unit.end[lane] = keys;
        if (attention->window && last >= (int64_t)attention->window)
            unit.first[lane] = (size_t)last + 1 - attention->window;
        if (unit.first[lane] > unit.end[lane]) unit.first[lane] = unit.end[lane];
    }
    if (lanes < 3) CK_NAME(attend_row)(work, &unit, scratch);
    else if (unit.count <= CK_WIDTH) CK_NAME(attend_one)(work, &unit, scratch);
    else CK_NAME(attend_two)(work, &unit, scratch);
}

static void CK_NAME(attention_task)(void *context, size_t index) {
    const CK_NAME(attention_work) *work = context;
    const size_t end = CK_NAME(piece_start)(work->units, work->pieces, index + 1);
    for (size_t unit = CK_NAME(piece_start)(work->units, work->pieces, index); unit < end; unit++)
        CK_NAME(attention_unit)(work, unit, work->scratch + index * work->slot_size);
}

static void CK_NAME(f32_attention)(const ck_attention *attention, void *scratch, ck_pool *pool) {
    CK_NAME(attention_work) work = {.attention = attention, .scratch = scratch};
    work.units = CK_NAME(attention_units)(attention, &work.units_per_head);
    if (work.units == 0) return;
    work.pieces = CK_NAME(attention_pieces)(attention, work.units, ck_pool_thread_count(pool));
    work.block = CK_NAME(key_block)(attention);
    work.slot_size = CK_NAME(slot_floats)(attention);
    ck_pool_run(pool, work.pieces, CK_NAME(attention_task), &work);
}
