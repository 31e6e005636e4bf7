// Layers of recurrent cells, one direction at a time.
#ifndef CK_RECURRENT_H
#define CK_RECURRENT_H

#include "ck_pool.h"
#include "ck_types.h"

// The recurrence of one direction over a batch of sequences. Gates stand in ONNX's order: LSTM input, output, forget,
// cell; GRU update, reset, hidden; RNN one.
typedef struct ck_recurrent {
    size_t length;
    size_t batch;
    size_t hidden;
    // X·Wᵀ + Wb + Rb of all steps, [gates, hidden] for each step and sample, computed by the caller. With
    // `resets_product` the hidden gate's part lacks its Rb, which is `hidden_bias`.
    const float *projected;
    size_t projected_step_stride;
    size_t projected_sample_stride;
    // R as f32_recurrent_pack packs it.
    const float *recurrence;
    // [hidden] or NULL; GRU with `resets_product`.
    const float *hidden_bias;
    // [3, hidden] for input, output, forget, or NULL; LSTM.
    const float *peepholes;
    // Steps of each sample, at most `length`; NULL where all have `length`.
    const int32_t *lengths;
    // From the last step of each sample to its first.
    bool is_reverse;
    // LSTM: the forget gate is one minus the input gate.
    bool couples_forget;
    // GRU: linear_before_reset.
    bool resets_product;
    // Sums are held within -clip…clip before activations; infinity where they are not.
    float clip;
    // LSTM: gates, cell, output; GRU: gates, hidden; RNN: the one.
    ck_activation activations[3];
    // [batch, hidden]: the states before, and after the run those behind each sample's last step.
    float *h;
    // [batch, hidden]; LSTM.
    float *c;
    // h of each step, [hidden] for each step and sample, zeros behind a sample's length; or NULL.
    float *output;
    size_t output_step_stride;
    size_t output_sample_stride;
    // f32_recurrent_scratch_size elements.
    float *scratch;
} ck_recurrent;

// f32_recurrent_pack_size, f32_recurrent_pack: R [gates, hidden, hidden] into the panels that the layers read; sizes in
// elements. A packed R is of one table of kernels: other instruction sets have other panels.
#define CK_RECURRENT_KERNELS(X)                                                                                        \
    X(size_t, f32_recurrent_pack_size, (size_t gates, size_t hidden))                                                  \
    X(void, f32_recurrent_pack, (size_t gates, size_t hidden, const ck_loose_float *r, float *packed))                 \
    X(size_t, f32_recurrent_scratch_size, (size_t batch, size_t hidden))                                               \
    X(void, f32_lstm, (const ck_recurrent *layer, ck_pool *pool))                                                      \
    X(void, f32_gru, (const ck_recurrent *layer, ck_pool *pool))                                                       \
    X(void, f32_rnn, (const ck_recurrent *layer, ck_pool *pool))

#endif
