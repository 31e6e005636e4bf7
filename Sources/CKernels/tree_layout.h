// The compiled form of a forest: a header, and arrays at offsets in bytes from it.
#ifndef CK_TREE_LAYOUT_H
#define CK_TREE_LAYOUT_H

#include "ck_tree.h"

// Leaves' weights: one for each leaf and all of a tree for one target; one for each target; or lists.
typedef enum ck_tree_leaf_form { CK_TREE_SINGLE, CK_TREE_DENSE, CK_TREE_LISTS } ck_tree_leaf_form;

// How rows go through trees: from node to node; or all nodes of a tree, on ranks of 8 or 16 bits among the thresholds.
typedef enum ck_tree_walk { CK_TREE_BY_NODE, CK_TREE_RANKED_8, CK_TREE_RANKED_16 } ck_tree_walk;

// Every comparison is column > threshold, for the second child: the others are turned into it exactly, by swapped
// children, the next lower threshold, or two nodes. Numbers are compared as keys, unsigned integers in their order.
// Column f is feature f, with CK_TREE_MISSING_HIGH for what is not a number; column f + feature_count is the same with
// CK_TREE_MISSING_LOW. The children of a node stand side by side. The two children that a leaf seems to have lead to
// the leaf itself: its threshold, lower than all keys, is its index in the tree, and its second child is itself. Of
// each tree the first record is unused and the second is the root.
typedef struct ck_tree_record {
    uint32_t threshold;
    // Column in the low bits, and above `column_bits` the place of the first child in the tree.
    uint32_t link;
} ck_tree_record;

#define CK_TREE_LEAF_LIMIT (UINT32_C(1) << 22)
#define CK_TREE_MISSING_LOW (UINT32_C(1) << 22)
#define CK_TREE_MISSING_HIGH UINT32_MAX

// The key of what is a number; zeros of both signs have one.
static inline uint32_t ck_tree_key(float value) {
    union {
        float number;
        uint32_t bits;
    } pun = {value + 0.0f};
    return pun.bits >> 31 ? ~pun.bits : pun.bits | 0x80000000;
}

typedef struct ck_tree_place {
    size_t first_record;
    size_t first_leaf;
    size_t first_step;
    uint32_t target;
    uint32_t record_count;
    // Steps that a row takes without asking whether it has come to a leaf, which costs more than a few steps in place.
    uint32_t usual_depth;
    // Of the leaves; unknown where nodes of two comparisons share their children.
    uint32_t most_depth;
    // Steps that load a leaf, that decide between two neighbouring leaves, and that decide between two results.
    uint16_t leaf_steps;
    uint16_t pair_steps;
    uint16_t join_steps;
    uint16_t result;
} ck_tree_place;

// A step of a ranked tree: result[to] = rank > this one ? other : result[to], where the other is a leaf or a result.
typedef struct ck_tree_step {
    uint16_t column;
    int16_t rank;
    uint16_t to;
    uint16_t other;
} ck_tree_step;

typedef struct ck_tree_compiled {
    size_t tree_count;
    size_t feature_count;
    size_t column_count;
    size_t target_count;
    ck_tree_aggregate aggregate;
    ck_tree_leaf_form leaf_form;
    ck_tree_walk walk;
    uint32_t column_bits;
    // Results of steps that one tree needs at most.
    size_t result_count;
    // Columns that steps read, and their thresholds in ascending order: those of one stand from cut_starts[i] on.
    size_t used_count;
    size_t used_columns;
    size_t cut_starts;
    size_t cuts;
    size_t places;
    size_t records;
    size_t steps;
    // One float, or target_count floats, for each leaf; or ck_tree_weight and the size_t at which each leaf begins.
    size_t values;
    size_t starts;
} ck_tree_compiled;

static inline const void *ck_tree_at(const ck_tree_compiled *compiled, size_t offset) {
    return (const char *)compiled + offset;
}

#endif
