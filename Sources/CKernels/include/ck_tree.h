// Ensembles of decision trees: compiled once, then asked for the scores of many rows.
#ifndef CK_TREE_H
#define CK_TREE_H

#include "ck_pool.h"
#include "ck_types.h"

// How a node compares a feature with its threshold, numbered as in TreeEnsemble.
typedef enum ck_tree_comparison {
    CK_TREE_LEQ = 0,
    CK_TREE_LT = 1,
    CK_TREE_GTE = 2,
    CK_TREE_GT = 3,
    CK_TREE_EQ = 4,
    CK_TREE_NEQ = 5,
} ck_tree_comparison;

typedef enum ck_tree_aggregate {
    CK_TREE_SUM = 0,
    CK_TREE_AVERAGE = 1,
    CK_TREE_MIN = 2,
    CK_TREE_MAX = 3,
} ck_tree_aggregate;

// Children are indices of nodes, or ~index of a leaf.
typedef struct ck_tree_node {
    float threshold;
    uint32_t feature;
    int32_t when_true;
    int32_t when_false;
    uint8_t comparison;
    // Whether a feature that is not a number goes where the comparison is true.
    uint8_t is_true_for_missing;
} ck_tree_node;

typedef struct ck_tree_weight {
    uint32_t target;
    float value;
} ck_tree_weight;

// A forest as a model has it. Each node is reached from its root by one way at most; indices are in range. Leaf `i` has
// the weights from `leaf_starts[i]` up to, not including, `leaf_starts[i + 1]`.
typedef struct ck_tree_forest {
    const ck_tree_node *nodes;
    size_t node_count;
    // One for each tree, like a child of a node.
    const int32_t *roots;
    size_t root_count;
    const size_t *leaf_starts;
    size_t leaf_count;
    const ck_tree_weight *weights;
    size_t feature_count;
    size_t target_count;
    ck_tree_aggregate aggregate;
} ck_tree_forest;

// Bytes of a compiled forest at most, and bytes that compiling needs besides; 0 for a forest that is too large for the
// compiled form. All that is compiled stays valid when it is moved.
size_t ck_tree_compile_size(const ck_tree_forest *forest);
size_t ck_tree_compile_scratch_size(const ck_tree_forest *forest);

// Compiles a forest into `compiled` and returns the bytes in use; 0 for a forest that is too large for the compiled
// form, for instance one with a tree of more than four million leaves. Both blocks are aligned like a double at least;
// 64 bytes are best.
size_t ck_tree_compile(const ck_tree_forest *forest, void *compiled, void *scratch);

// f32_tree_scratch_size: bytes of scratch, aligned like a double, for so many rows on so many threads.
//
// f32_tree_scores: scores [rows, targets] of x [rows, features], whose rows stand `stride` elements apart. A score is
// the sum (average, least, greatest) of the weights of the leaves that a row falls into, 0 without any, plus
// base[target] where base is not NULL. Each row's weights are summed in float in the order of the trees; the average
// divides by the number of trees.
#define CK_TREE_KERNELS(X)                                                                                             \
    X(size_t, f32_tree_scratch_size, (const void *compiled, size_t rows, size_t threads))                              \
    X(void, f32_tree_scores,                                                                                           \
      (const void *compiled, size_t rows, const float *x, size_t stride, const float *base, float *scores,             \
       void *scratch, ck_pool *pool))

#endif
