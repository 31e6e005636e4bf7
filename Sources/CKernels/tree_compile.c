#include <math.h>
#include <string.h>

#include "tree_layout.h"

// What a record is written for: a child as the forest names it, or the second half of a node that takes two.
typedef struct tree_item {
    int32_t child;
    bool is_second_half;
} tree_item;

// A node as one or two comparisons column <= threshold, or as one of its children.
typedef struct tree_decision {
    enum { ALWAYS, ONE, TWO } form;
    int32_t when_true;
    int32_t when_false;
    float threshold;
    bool is_true_for_missing;
    // What decides between false and true where the first comparison is true.
    float second_threshold;
} tree_decision;

static const size_t count_limit = (size_t)1 << 28;

static float next_lower(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7fffffff) == 0) bits = 0x80000001;
    else if (bits >> 31) bits++;
    else bits--;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

static tree_decision constant(int32_t child) { return (tree_decision){.form = ALWAYS, .when_true = child}; }

static tree_decision one(int32_t when_true, int32_t when_false, float threshold, bool is_true_for_missing) {
    return (tree_decision){ONE, when_true, when_false, threshold, is_true_for_missing, 0};
}

static tree_decision equal(int32_t when_true, int32_t when_false, float threshold, bool is_true_for_missing) {
    float second = threshold == -INFINITY ? NAN : next_lower(threshold);
    return (tree_decision){TWO, when_true, when_false, threshold, is_true_for_missing, second};
}

static tree_decision is_missing(int32_t when_true, int32_t when_false) {
    return (tree_decision){TWO, when_true, when_false, -INFINITY, true, -INFINITY};
}

static tree_decision decision(const ck_tree_node *node) {
    float threshold = node->threshold;
    bool missing = node->is_true_for_missing;
    int32_t yes = node->when_true, no = node->when_false;
    if (isnan(threshold)) {
        if (node->comparison == CK_TREE_NEQ) return constant(yes);
        return missing ? is_missing(yes, no) : constant(no);
    }
    switch ((ck_tree_comparison)node->comparison) {
    case CK_TREE_LT:
        if (threshold == -INFINITY) return missing ? is_missing(yes, no) : constant(no);
        return one(yes, no, next_lower(threshold), missing);
    case CK_TREE_GTE:
        if (threshold == -INFINITY) return missing ? constant(yes) : is_missing(no, yes);
        return one(no, yes, next_lower(threshold), !missing);
    case CK_TREE_GT: return one(no, yes, threshold, !missing);
    case CK_TREE_EQ: return equal(yes, no, threshold, missing);
    case CK_TREE_NEQ: return equal(no, yes, threshold, false);
    default: return one(yes, no, threshold, missing);
    }
}

static size_t weight_count(const ck_tree_forest *forest) {
    return forest->leaf_count == 0 ? 0 : forest->leaf_starts[forest->leaf_count];
}

static bool is_too_large(const ck_tree_forest *forest) {
    return forest->node_count > count_limit || forest->root_count > count_limit || forest->leaf_count > count_limit ||
           weight_count(forest) > count_limit || forest->feature_count > count_limit ||
           forest->target_count > count_limit;
}

static size_t record_limit(const ck_tree_forest *forest) {
    size_t records = 10 * forest->root_count;
    for (size_t i = 0; i < forest->node_count; i++) records += decision(&forest->nodes[i]).form == TWO ? 4 : 2;
    return records;
}

static size_t aligned(size_t size) { return (size + 63) / 64 * 64; }

size_t ck_tree_compile_size(const ck_tree_forest *forest) {
    if (is_too_large(forest)) return 0;
    size_t records = record_limit(forest), weights = weight_count(forest);
    return aligned(sizeof(ck_tree_compiled)) + aligned(forest->root_count * sizeof(ck_tree_place)) +
           aligned(records * sizeof(ck_tree_record)) + aligned(records * sizeof(ck_tree_step)) +
           aligned(4 * (records + weights) * sizeof(float)) + aligned(weights * sizeof(ck_tree_weight)) +
           aligned((2 * records + 1) * sizeof(size_t)) + 3 * aligned((records + 1) * sizeof(uint32_t));
}

size_t ck_tree_compile_scratch_size(const ck_tree_forest *forest) {
    if (is_too_large(forest)) return 0;
    size_t records = record_limit(forest);
    return aligned(records * sizeof(tree_item)) + 3 * aligned(records * sizeof(uint32_t)) +
           aligned((forest->node_count + 1) * sizeof(uint32_t)) + 2 * aligned(records * sizeof(uint64_t));
}

typedef struct tree_compiler {
    const ck_tree_forest *forest;
    ck_tree_compiled *compiled;
    ck_tree_place *places;
    ck_tree_record *records;
    size_t record_count;
    // Of each leaf, the one of the forest.
    uint32_t *leaves;
    size_t leaf_count;
    bool has_second_halves;
    double depth_sum;
    tree_item *items;
    uint32_t *depths;
    uint32_t *results;
    // The place of the first child of each node that has been written in this tree, or 0.
    uint32_t *pairs;
    uint64_t *keys;
    uint64_t *other_keys;
    size_t key_count;
    // Records that are no leaves.
    size_t node_count;
} tree_compiler;

static void *take(size_t *offset, void *base, size_t size) {
    void *taken = (char *)base + *offset;
    *offset += aligned(size);
    return taken;
}

// The child behind nodes that always decide in the same way.
static tree_item resolved(const ck_tree_forest *forest, int32_t child) {
    while (child >= 0) {
        tree_decision decided = decision(&forest->nodes[child]);
        if (decided.form != ALWAYS) break;
        child = decided.when_true;
    }
    return (tree_item){child, false};
}

static uint32_t child_of(const ck_tree_compiled *compiled, ck_tree_record record) {
    return record.link >> compiled->column_bits;
}

static uint32_t column_of(const ck_tree_compiled *compiled, ck_tree_record record) {
    return record.link & ((UINT32_C(1) << compiled->column_bits) - 1);
}

static bool is_leaf(const ck_tree_compiled *compiled, const ck_tree_record *tree, uint32_t index) {
    return child_of(compiled, tree[index]) + 1 == index;
}

static void clear_pairs(tree_compiler *to, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (to->items[i].child >= 0 && !to->items[i].is_second_half) to->pairs[to->items[i].child] = 0;
}

// Writes the records of a tree breadth-first; false for a tree that is too large.
static bool write_tree(tree_compiler *to, int32_t root, ck_tree_place *place) {
    const ck_tree_forest *forest = to->forest;
    ck_tree_record *tree = to->records + to->record_count;
    uint32_t bits = to->compiled->column_bits, count = 2, leaf_count = 0;
    uint32_t limit = UINT32_MAX >> bits;
    size_t first_leaf = to->leaf_count;
    uint32_t most_depth = 0;
    double depth_sum = 0;
    bool has_second_halves = false;
    to->items[1] = resolved(forest, root);
    to->depths[1] = 0;
    tree[0] = (ck_tree_record){0, 0};
    for (uint32_t i = 1; i < count; i++) {
        tree_item item = to->items[i];
        if (item.child < 0) {
            if (leaf_count == CK_TREE_LEAF_LIMIT) return false;
            tree[i] = (ck_tree_record){leaf_count++, (i - 1) << bits};
            to->leaves[to->leaf_count++] = (uint32_t)~item.child;
            depth_sum += to->depths[i];
            most_depth = to->depths[i] > most_depth ? to->depths[i] : most_depth;
            continue;
        }
        const ck_tree_node *node = &forest->nodes[item.child];
        tree_decision decided = decision(node);
        bool is_missing_true = !item.is_second_half && decided.is_true_for_missing;
        size_t column = node->feature + (is_missing_true ? forest->feature_count : 0);
        uint32_t pair = item.is_second_half ? 0 : to->pairs[item.child];
        if (pair == 0) {
            if (count > limit - 1) return false;
            pair = count;
            count += 2;
            bool is_split = decided.form == TWO && !item.is_second_half;
            tree_item when_true = resolved(forest, decided.when_true);
            tree_item when_false = resolved(forest, decided.when_false);
            to->items[pair] = is_split ? (tree_item){item.child, true} : item.is_second_half ? when_false : when_true;
            to->items[pair + 1] = item.is_second_half ? when_true : when_false;
            to->depths[pair] = to->depths[pair + 1] = to->depths[i] + 1;
            if (!item.is_second_half) to->pairs[item.child] = pair;
            if (is_split) has_second_halves = true;
        }
        float threshold = item.is_second_half ? decided.second_threshold : decided.threshold;
        tree[i].threshold = isnan(threshold) ? 0 : ck_tree_key(threshold);
        tree[i].link = pair << bits | (uint32_t)column;
    }
    clear_pairs(to, count);
    to->has_second_halves |= has_second_halves;
    *place = (ck_tree_place){
        .first_record = to->record_count,
        .first_leaf = first_leaf,
        .record_count = count,
        .usual_depth = most_depth <= 8 ? most_depth : (uint32_t)(depth_sum / leaf_count) + 1,
        .most_depth = has_second_halves ? UINT32_MAX : most_depth,
    };
    to->depth_sum += depth_sum / leaf_count;
    while (count % 8 != 0) tree[count++] = (ck_tree_record){0, 0};
    to->record_count += count;
    return true;
}

static bool has_single_weights(const tree_compiler *to) {
    const ck_tree_forest *forest = to->forest;
    for (size_t tree = 0; tree < forest->root_count; tree++) {
        size_t first = to->places[tree].first_leaf;
        size_t end = tree + 1 < forest->root_count ? to->places[tree + 1].first_leaf : to->leaf_count;
        for (size_t leaf = first; leaf < end; leaf++) {
            const size_t *starts = forest->leaf_starts + to->leaves[leaf];
            if (starts[1] - starts[0] != 1) return false;
            uint32_t target = forest->weights[starts[0]].target;
            if (leaf == first) to->places[tree].target = target;
            if (to->places[tree].target != target) return false;
        }
    }
    return true;
}

static void write_values(tree_compiler *to, size_t *offset) {
    const ck_tree_forest *forest = to->forest;
    ck_tree_compiled *compiled = to->compiled;
    bool is_sum = forest->aggregate == CK_TREE_SUM || forest->aggregate == CK_TREE_AVERAGE;
    size_t targets = forest->target_count, weights = weight_count(forest);
    size_t most = 4 * (to->leaf_count > weights ? to->leaf_count : weights);
    compiled->values = *offset;
    if (is_sum && has_single_weights(to)) {
        compiled->leaf_form = CK_TREE_SINGLE;
        float *values = take(offset, compiled, to->leaf_count * sizeof(float));
        for (size_t i = 0; i < to->leaf_count; i++)
            values[i] = forest->weights[forest->leaf_starts[to->leaves[i]]].value;
    } else if (is_sum && targets > 0 && to->leaf_count <= most / targets) {
        compiled->leaf_form = CK_TREE_DENSE;
        float *values = take(offset, compiled, to->leaf_count * targets * sizeof(float));
        memset(values, 0, to->leaf_count * targets * sizeof(float));
        for (size_t i = 0; i < to->leaf_count; i++) {
            const size_t *starts = forest->leaf_starts + to->leaves[i];
            for (size_t j = starts[0]; j < starts[1]; j++)
                values[i * targets + forest->weights[j].target] += forest->weights[j].value;
        }
    } else {
        compiled->leaf_form = CK_TREE_LISTS;
        ck_tree_weight *values = take(offset, compiled, weights * sizeof(ck_tree_weight));
        if (weights > 0) memcpy(values, forest->weights, weights * sizeof(ck_tree_weight));
        compiled->starts = *offset;
        size_t *starts = take(offset, compiled, 2 * to->leaf_count * sizeof(size_t));
        for (size_t i = 0; i < to->leaf_count; i++)
            memcpy(starts + 2 * i, forest->leaf_starts + to->leaves[i], 2 * sizeof(size_t));
    }
}

// A number in the order of the columns, and of the thresholds in them.
static uint64_t key_of(const ck_tree_compiled *compiled, ck_tree_record record) {
    return (uint64_t)column_of(compiled, record) << 32 | record.threshold;
}

static float threshold_of(uint64_t key) {
    uint32_t bits = (uint32_t)key;
    bits = bits >> 31 ? bits & 0x7fffffff : ~bits;
    float threshold;
    memcpy(&threshold, &bits, sizeof bits);
    return threshold;
}

static void sort_keys(tree_compiler *to) {
    for (int shift = 0; shift < 64; shift += 8) {
        size_t places[257] = {0};
        for (size_t i = 0; i < to->key_count; i++) places[(to->keys[i] >> shift & 255) + 1]++;
        for (int i = 0; i < 256; i++) places[i + 1] += places[i];
        for (size_t i = 0; i < to->key_count; i++) to->other_keys[places[to->keys[i] >> shift & 255]++] = to->keys[i];
        uint64_t *sorted = to->other_keys;
        to->other_keys = to->keys;
        to->keys = sorted;
    }
    size_t unique = 0;
    for (size_t i = 0; i < to->key_count; i++)
        if (i == 0 || to->keys[i] != to->keys[i - 1]) to->keys[unique++] = to->keys[i];
    to->key_count = unique;
}

static size_t key_place(const tree_compiler *to, uint64_t key) {
    size_t first = 0, count = to->key_count;
    while (count > 0) {
        size_t half = count / 2;
        bool is_above = to->keys[first + half] < key;
        first = is_above ? first + half + 1 : first;
        count = is_above ? count - half - 1 : half;
    }
    return first;
}

// Whether trees go through all nodes on ranks, and on which.
//
// PERF: a step of 8 bits takes a 64th of the cycles that it takes for 64 rows, which is little beside a node on a row's
// own way; past a few hundred nodes a tree, or twice fewer of 16 bits, the own way is shorter.
static ck_tree_walk walk_of(const tree_compiler *to, size_t longest, size_t used_count, size_t most_leaves) {
    double trees = (double)to->forest->root_count;
    double way = 2.2 * to->depth_sum + 3 * trees;
    double steps = (double)to->node_count;
    if (to->has_second_halves || to->compiled->leaf_form == CK_TREE_LISTS || used_count > UINT16_MAX)
        return CK_TREE_BY_NODE;
    if (longest <= 255 && most_leaves <= 256 && 0.05 * steps + 1.5 * trees < way) return CK_TREE_RANKED_8;
    if (longest <= UINT16_MAX && most_leaves <= 4096 && 0.1 * steps + 1.5 * trees < way) return CK_TREE_RANKED_16;
    return CK_TREE_BY_NODE;
}

static void collect_keys(tree_compiler *to, size_t *most_leaves) {
    to->key_count = 0;
    for (size_t t = 0; t < to->forest->root_count; t++) {
        const ck_tree_record *tree = to->records + to->places[t].first_record;
        size_t leaves = 0;
        for (uint32_t i = 1; i < to->places[t].record_count; i++) {
            if (is_leaf(to->compiled, tree, i)) leaves++;
            else to->keys[to->key_count++] = key_of(to->compiled, tree[i]);
        }
        *most_leaves = leaves > *most_leaves ? leaves : *most_leaves;
    }
    to->node_count = to->key_count;
    sort_keys(to);
}

// Writes the thresholds by column, and returns the length of the longest list of them.
static size_t write_cuts(tree_compiler *to, size_t *offset) {
    ck_tree_compiled *compiled = to->compiled;
    compiled->cuts = *offset;
    float *cuts = take(offset, compiled, to->key_count * sizeof(float));
    compiled->used_columns = *offset;
    uint32_t *columns = take(offset, compiled, to->key_count * sizeof(uint32_t));
    compiled->cut_starts = *offset;
    uint32_t *starts = take(offset, compiled, (to->key_count + 1) * sizeof(uint32_t));
    size_t longest = 0, used = 0;
    starts[0] = 0;
    for (size_t i = 0; i < to->key_count; i++) {
        uint32_t column = (uint32_t)(to->keys[i] >> 32);
        cuts[i] = threshold_of(to->keys[i]);
        if (used == 0 || columns[used - 1] != column) {
            starts[used] = (uint32_t)i;
            columns[used++] = column;
        }
        starts[used] = (uint32_t)i + 1;
        size_t length = i + 1 - starts[used - 1];
        longest = length > longest ? length : longest;
    }
    compiled->used_count = used;
    return longest;
}

static size_t used_place(const uint32_t *columns, size_t count, uint32_t column) {
    size_t first = 0;
    while (count > 1) {
        size_t half = count / 2;
        if (columns[first + half] <= column) first += half;
        count -= half;
    }
    return first;
}

static ck_tree_step step_of(const tree_compiler *to, ck_tree_record record, uint32_t result, uint32_t other) {
    const ck_tree_compiled *compiled = to->compiled;
    const uint32_t *columns = ck_tree_at(compiled, compiled->used_columns);
    size_t used = used_place(columns, compiled->used_count, column_of(compiled, record));
    const uint32_t *starts = ck_tree_at(compiled, compiled->cut_starts);
    size_t rank = key_place(to, key_of(compiled, record)) - starts[used];
    int32_t lowest = compiled->walk == CK_TREE_RANKED_8 ? INT8_MIN : INT16_MIN;
    return (ck_tree_step){(uint16_t)used, (int16_t)((int32_t)rank + lowest), (uint16_t)result, (uint16_t)other};
}

static int leaf_children(const ck_tree_compiled *compiled, const ck_tree_record *tree, uint32_t index) {
    uint32_t child = child_of(compiled, tree[index]);
    return is_leaf(compiled, tree, child) + is_leaf(compiled, tree, child + 1);
}

// Writes the steps of a tree: those of leaves, then those of nodes above two leaves, then the others from below.
static size_t write_steps(tree_compiler *to, ck_tree_place *place, ck_tree_step *steps) {
    const ck_tree_compiled *compiled = to->compiled;
    const ck_tree_record *tree = to->records + place->first_record;
    uint32_t results = 0;
    ck_tree_step *step = steps;
    if (is_leaf(compiled, tree, 1)) {
        *step++ = (ck_tree_step){0, 0, 0, (uint16_t)tree[1].threshold};
        place->leaf_steps = 1;
        return 1;
    }
    for (uint32_t i = 1; i < place->record_count; i++) {
        uint32_t child = child_of(compiled, tree[i]);
        if (is_leaf(compiled, tree, i) || leaf_children(compiled, tree, i) != 1) continue;
        uint32_t leaf = is_leaf(compiled, tree, child) ? child : child + 1;
        to->results[leaf] = results;
        *step++ = (ck_tree_step){0, 0, (uint16_t)results++, (uint16_t)tree[leaf].threshold};
    }
    place->leaf_steps = (uint16_t)(step - steps);
    for (uint32_t i = 1; i < place->record_count; i++) {
        uint32_t child = child_of(compiled, tree[i]);
        if (is_leaf(compiled, tree, i) || leaf_children(compiled, tree, i) != 2) continue;
        to->results[i] = results;
        *step++ = step_of(to, tree[i], results++, (uint16_t)tree[child].threshold);
    }
    place->pair_steps = (uint16_t)(step - steps - place->leaf_steps);
    for (uint32_t i = place->record_count - 1; i > 0; i--) {
        uint32_t child = child_of(compiled, tree[i]);
        if (is_leaf(compiled, tree, i) || leaf_children(compiled, tree, i) == 2) continue;
        to->results[i] = to->results[child];
        *step++ = step_of(to, tree[i], to->results[child], to->results[child + 1]);
    }
    place->join_steps = (uint16_t)(step - steps - place->leaf_steps - place->pair_steps);
    place->result = (uint16_t)to->results[1];
    to->compiled->result_count = results > compiled->result_count ? results : compiled->result_count;
    return (size_t)(step - steps);
}

static bool write_trees(tree_compiler *to) {
    for (size_t i = 0; i < to->forest->root_count; i++)
        if (!write_tree(to, to->forest->roots[i], &to->places[i])) return false;
    return true;
}

static void write_ranks(tree_compiler *to, size_t *offset) {
    size_t most_leaves = 0, before = *offset;
    collect_keys(to, &most_leaves);
    size_t longest = write_cuts(to, offset);
    to->compiled->walk = walk_of(to, longest, to->compiled->used_count, most_leaves);
    if (to->compiled->walk == CK_TREE_BY_NODE) {
        *offset = before;
        return;
    }
    to->compiled->steps = *offset;
    to->compiled->result_count = 1;
    ck_tree_step *steps = (ck_tree_step *)((char *)to->compiled + *offset);
    size_t count = 0;
    for (size_t i = 0; i < to->forest->root_count; i++) {
        to->places[i].first_step = count;
        count += write_steps(to, &to->places[i], steps + count);
    }
    *offset += aligned(count * sizeof(ck_tree_step));
}

size_t ck_tree_compile(const ck_tree_forest *forest, void *memory, void *scratch) {
    if (is_too_large(forest)) return 0;
    ck_tree_compiled *compiled = memory;
    size_t offset = 0, scratch_offset = 0, records = record_limit(forest), columns = forest->feature_count;
    take(&offset, compiled, sizeof *compiled);
    *compiled = (ck_tree_compiled){
        .tree_count = forest->root_count,
        .feature_count = forest->feature_count,
        .target_count = forest->target_count,
        .aggregate = forest->aggregate,
    };
    for (size_t i = 0; i < forest->node_count; i++)
        if (decision(&forest->nodes[i]).is_true_for_missing) columns = 2 * forest->feature_count;
    compiled->column_count = columns;
    while ((size_t)1 << compiled->column_bits < columns) compiled->column_bits++;
    if (compiled->column_bits > 24) return 0;
    tree_compiler to = {.forest = forest, .compiled = compiled};
    to.items = take(&scratch_offset, scratch, records * sizeof(tree_item));
    to.depths = take(&scratch_offset, scratch, records * sizeof(uint32_t));
    to.results = take(&scratch_offset, scratch, records * sizeof(uint32_t));
    to.leaves = take(&scratch_offset, scratch, records * sizeof(uint32_t));
    to.pairs = take(&scratch_offset, scratch, (forest->node_count + 1) * sizeof(uint32_t));
    to.keys = take(&scratch_offset, scratch, records * sizeof(uint64_t));
    to.other_keys = take(&scratch_offset, scratch, records * sizeof(uint64_t));
    memset(to.pairs, 0, (forest->node_count + 1) * sizeof(uint32_t));
    compiled->places = offset;
    to.places = take(&offset, compiled, forest->root_count * sizeof(ck_tree_place));
    compiled->records = offset;
    to.records = (ck_tree_record *)((char *)compiled + offset);
    if (!write_trees(&to)) return 0;
    offset += aligned(to.record_count * sizeof(ck_tree_record));
    write_values(&to, &offset);
    write_ranks(&to, &offset);
    return offset;
}
