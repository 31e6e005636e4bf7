// Rows through all nodes of each tree, on ranks of CK_RANK: included once for each width of ranks.
//
// A node compares ranks of many rows at once and the results of its two sides are blended: no row goes its own way, so
// that nothing has to wait for a load that depends on another.

typedef CK_RANK CK_RANKED(ranks) __attribute__((ext_vector_type(4 * CK_WIDTH / sizeof(CK_RANK))));
typedef CK_RANK CK_RANKED(narrow_ranks) __attribute__((ext_vector_type(CK_WIDTH)));

CK_INLINE CK_RANKED(ranks) CK_RANKED(load)(const CK_RANK *from) {
    CK_RANKED(ranks) value;
    memcpy(&value, from, sizeof value);
    return value;
}

CK_INLINE void CK_RANKED(store)(CK_RANK *to, CK_RANKED(ranks) value) { memcpy(to, &value, sizeof value); }

// The ranks of a column, for each row the number of thresholds below the feature, from the lowest rank upwards.
static void CK_RANKED(rank_column)(
    size_t rows, const float *x, size_t stride, const float *cuts, size_t cut_count, bool is_missing_true,
    CK_RANK *ranks) {
    enum { vectors = 4, lanes = vectors * CK_WIDTH };
    uint32_t missing = is_missing_true ? 0 : (uint32_t)cut_count;
    for (size_t row = 0; row < rows; row += lanes) {
        float values[lanes] = {0};
        vf value[vectors];
        vu below[vectors];
        for (size_t i = 0; i < lanes && row + i < rows; i++) values[i] = x[(row + i) * stride];
        for (size_t i = 0; i < vectors; i++) {
            value[i] = vf_load(values + i * CK_WIDTH);
            below[i] = (vu)0;
        }
        size_t count = cut_count;
        for (; count > 1; count -= count / 2) {
            uint32_t half = (uint32_t)(count / 2);
#pragma clang loop unroll(full)
            for (size_t i = 0; i < vectors; i++)
                below[i] += half & (vu)(CK_NAME(tree_gather)(cuts + half - 1, below[i]) < value[i]);
        }
        for (size_t i = 0; i < vectors; i++) {
            vu rank = below[i] - (vu)(CK_NAME(tree_gather)(cuts, below[i]) < value[i]);
            rank = value[i] == value[i] ? rank : (vu)missing;
            CK_RANKED(narrow_ranks)
            narrow = __builtin_convertvector((vi)rank + CK_RANK_LOWEST, CK_RANKED(narrow_ranks));
            memcpy(ranks + row + i * CK_WIDTH, &narrow, sizeof narrow);
        }
    }
}

static __attribute__((noinline)) void CK_RANKED(rank)(
    const ck_tree_compiled *compiled, size_t rows, const float *x, size_t stride, CK_RANK *ranks) {
    const uint32_t *columns = ck_tree_at(compiled, compiled->used_columns);
    const uint32_t *starts = ck_tree_at(compiled, compiled->cut_starts);
    const float *cuts = ck_tree_at(compiled, compiled->cuts);
    for (size_t i = 0; i < compiled->used_count; i++) {
        bool is_missing_true = columns[i] >= compiled->feature_count;
        size_t feature = columns[i] - (is_missing_true ? compiled->feature_count : 0);
        CK_RANKED(rank_column)(
            rows, x + feature, stride, cuts + starts[i], starts[i + 1] - starts[i], is_missing_true,
            ranks + i * CK_NAME(tree_rows));
    }
}

// The leaf of each of the first `rows` rows.
CK_INLINE const CK_RANK *CK_RANKED(leaves)(
    size_t rows, const ck_tree_place *place, const ck_tree_step *step, const CK_RANK *ranks, CK_RANK *results) {
    enum { width = sizeof(CK_RANKED(ranks)) / sizeof(CK_RANK), stride = CK_NAME(tree_rows) };
    for (const ck_tree_step *end = step + place->leaf_steps; step < end; step++) {
        CK_RANKED(ranks) leaf = (CK_RANK)step->other;
        for (size_t i = 0; i < rows; i += width) CK_RANKED(store)(results + step->to * stride + i, leaf);
    }
    for (const ck_tree_step *end = step + place->pair_steps; step < end; step++) {
        CK_RANKED(ranks) rank = (CK_RANK)step->rank, leaf = (CK_RANK)step->other;
        const CK_RANK *column = ranks + step->column * stride;
        CK_RANK *to = results + step->to * stride;
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows; i += width)
            CK_RANKED(store)(to + i, leaf - (CK_RANKED(load)(column + i) > rank));
    }
    for (const ck_tree_step *end = step + place->join_steps; step < end; step++) {
        CK_RANKED(ranks) rank = (CK_RANK)step->rank;
        const CK_RANK *column = ranks + step->column * stride, *other = results + step->other * stride;
        CK_RANK *to = results + step->to * stride;
#pragma clang loop unroll(full)
        for (size_t i = 0; i < rows; i += width)
            CK_RANKED(store)(
                to + i,
                CK_RANKED(load)(column + i) > rank ? CK_RANKED(load)(other + i) : CK_RANKED(load)(to + i));
    }
    return results + place->result * stride;
}

static __attribute__((noinline)) const CK_RANK *CK_RANKED(leaves_of_all)(
    const ck_tree_place *place, const ck_tree_step *step, const CK_RANK *ranks, CK_RANK *results) {
    return CK_RANKED(leaves)(CK_NAME(tree_rows), place, step, ranks, results);
}

static __attribute__((noinline)) const CK_RANK *CK_RANKED(leaves_of_half)(
    const ck_tree_place *place, const ck_tree_step *step, const CK_RANK *ranks, CK_RANK *results) {
    return CK_RANKED(leaves)(CK_NAME(tree_rows) / 2, place, step, ranks, results);
}

static __attribute__((noinline)) void CK_RANKED(add_single)(
    size_t rows, const CK_RANK *leaves, const float *values, float *sums) {
#pragma clang loop unroll_count(8)
    for (size_t i = 0; i < rows; i++) sums[i] += values[(CK_RANK_UNSIGNED)leaves[i]];
}

static size_t CK_RANKED(tree_ranked_size)(const ck_tree_compiled *compiled) {
    size_t sums = compiled->leaf_form == CK_TREE_SINGLE ? compiled->target_count : 0;
    return CK_NAME(tree_rows) *
           (sums * sizeof(float) + (compiled->used_count + compiled->result_count) * sizeof(CK_RANK));
}

static void CK_RANKED(tree_ranked)(
    const ck_tree_compiled *compiled, size_t rows, const float *x, size_t stride, float *scores, void *scratch) {
    enum { block = CK_NAME(tree_rows) };
    size_t targets = compiled->target_count;
    bool is_single = compiled->leaf_form == CK_TREE_SINGLE;
    float *sums = scratch;
    CK_RANK *ranks = (CK_RANK *)(sums + (is_single ? targets * block : 0));
    CK_RANK *results = ranks + compiled->used_count * block;
    const ck_tree_place *places = ck_tree_at(compiled, compiled->places);
    const ck_tree_step *steps = ck_tree_at(compiled, compiled->steps);
    const float *values = ck_tree_at(compiled, compiled->values);
    CK_RANKED(rank)(compiled, rows, x, stride, ranks);
    memset(is_single ? sums : scores, 0, (is_single ? block : rows) * targets * sizeof(float));
    for (size_t i = 0; i < compiled->tree_count; i++) {
        const ck_tree_place *place = &places[i];
        const ck_tree_step *first = steps + place->first_step;
        const CK_RANK *leaves = rows <= block / 2 ? CK_RANKED(leaves_of_half)(place, first, ranks, results)
                                                  : CK_RANKED(leaves_of_all)(place, first, ranks, results);
        const float *tree_values = values + place->first_leaf * (is_single ? 1 : targets);
        if (is_single) {
            CK_RANKED(add_single)(rows, leaves, tree_values, sums + place->target * block);
            continue;
        }
        for (size_t row = 0; row < rows; row++)
            CK_NAME(tree_add_dense)(
                tree_values + (CK_RANK_UNSIGNED)leaves[row] * targets, scores + row * targets, targets);
    }
    if (!is_single) return;
    for (size_t k = 0; k < targets; k++)
        for (size_t row = 0; row < rows; row++) scores[row * targets + k] = sums[k * block + row];
}
