// The kernels of the engine: one table of functions for each instruction set, and the threads that share their work.
//
// No kernel allocates, keeps state or fails: sizes are checked by the caller, scratch memory comes from the caller, and
// `ck_…_size` says how much. Pointers to elements need the alignment of one element only. Sizes are in elements unless
// a name says bytes. `pool` may be NULL: the calling thread then does all the work.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_attention.h"
#include "ck_conv.h"
#include "ck_elementwise.h"
#include "ck_gemm.h"
#include "ck_i8.h"
#include "ck_movement.h"
#include "ck_norm.h"
#include "ck_pool.h"
#include "ck_quantize.h"
#include "ck_recurrent.h"
#include "ck_tree.h"
#include "ck_types.h"

// Every kernel but those of 8-bit sums, as X(result, name, (parameters)).
#define CK_FLOAT_KERNELS(X)                                                                                            \
    CK_ATTENTION_KERNELS(X)                                                                                            \
    CK_CONV_KERNELS(X)                                                                                                 \
    CK_ELEMENTWISE_KERNELS(X)                                                                                          \
    CK_GEMM_KERNELS(X)                                                                                                 \
    CK_MOVEMENT_KERNELS(X)                                                                                             \
    CK_NORM_KERNELS(X)                                                                                                 \
    CK_QUANTIZE_KERNELS(X)                                                                                             \
    CK_RECURRENT_KERNELS(X)                                                                                            \
    CK_TREE_KERNELS(X)

// Every kernel: the table, its instances and the tests are made from it.
#define CK_KERNELS(X)                                                                                                  \
    CK_FLOAT_KERNELS(X)                                                                                                \
    CK_I8_KERNELS(X)

// Every field of a table is there; the pointers among the parameters say in their comments whether they may be NULL.
#pragma clang diagnostic ignored "-Wnullability-completeness"

#define CK_FIELD(result, name, parameters) result(*_Nonnull name) parameters;

// The kernels for one instruction set.
typedef struct ck_kernels {
    ck_isa isa;
    // Floats in a vector.
    int width;
    CK_KERNELS(CK_FIELD)
} ck_kernels;

// Whether this processor and its operating system run an instruction set.
bool ck_isa_is_available(ck_isa isa);

// The widest instruction set that is available.
ck_isa ck_best_isa(void);

// The kernels for an instruction set, available or not; the portable ones where this architecture does not have it.
const ck_kernels *_Nonnull ck_kernels_for(ck_isa isa);

// The names of all kernels, in the order of the table.
const char *const *ck_kernel_names(size_t *count);

#endif
