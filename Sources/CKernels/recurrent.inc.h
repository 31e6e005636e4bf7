// Layers of recurrent cells: for each step a product with the packed R, and the cell behind it while the sums are in
// registers.
//
// R is packed as [panel of CK_WIDTH units][gate][k][unit in the panel], with zeros behind the last unit.

typedef enum CK_NAME(cell) {
    CK_NAME(cell_rnn),
    CK_NAME(cell_lstm),
    // linear_before_reset
    CK_NAME(cell_gru),
    CK_NAME(cell_gru_gates),
    CK_NAME(cell_gru_hidden),
} CK_NAME(cell);

typedef struct CK_NAME(recurrent_run) {
    const ck_recurrent *layer;
    CK_NAME(cell) cell;
    size_t gates;
    float *h;
    float *next;
    float *update;
    float *reset;
    size_t step;
    size_t rows_per_task;
    size_t panels_per_task;
} CK_NAME(recurrent_run);

static size_t CK_NAME(recurrent_panels)(size_t hidden) { return (hidden + CK_WIDTH - 1) / CK_WIDTH; }

static size_t CK_NAME(f32_recurrent_pack_size)(size_t gates, size_t hidden) {
    return CK_NAME(recurrent_panels)(hidden) * CK_WIDTH * gates * hidden;
}

static void CK_NAME(f32_recurrent_pack)(size_t gates, size_t hidden, const ck_loose_float *r, float *packed) {
    for (size_t unit = 0; unit < hidden; unit += CK_WIDTH)
        for (size_t gate = 0; gate < gates; gate++)
            for (size_t k = 0; k < hidden; k++, packed += CK_WIDTH)
                for (size_t i = 0; i < CK_WIDTH; i++)
                    packed[i] = unit + i < hidden ? r[(gate * hidden + unit + i) * hidden + k] : 0;
}

static size_t CK_NAME(f32_recurrent_scratch_size)(size_t batch, size_t hidden) { return 3 * batch * hidden; }

CK_INLINE vf CK_NAME(recurrent_load)(const float *from, size_t units) {
    return units == CK_WIDTH ? vf_load(from) : vf_load_head(from, units);
}

CK_INLINE void CK_NAME(recurrent_store)(float *to, vf value, size_t units) {
    if (units == CK_WIDTH) vf_store(to, value);
    else vf_store_head(to, value, units);
}

CK_INLINE vf CK_NAME(recurrent_apply)(const ck_activation *activation, vf x, float clip) {
    x = vf_min(vf_set(clip), vf_max(vf_set(-clip), x));
    switch (activation->function) {
    case CK_SIGMOID: return vf_sigmoid(x);
    case CK_TANH: return vf_tanh(x);
    default: return CK_NAME(apply_vector)(activation, x);
    }
}

// The sums of some rows for the units of one panel; `split` sums for each hide the time that one addition takes.
CK_INLINE void CK_NAME(recurrent_product)(
    size_t gates, size_t rows, size_t split, size_t hidden, const float *h, const float *panel, vf sums[][4]) {
    vf parts[8][4][4];
#pragma clang loop unroll(full)
    for (size_t s = 0; s < split; s++)
#pragma clang loop unroll(full)
        for (size_t row = 0; row < rows; row++)
#pragma clang loop unroll(full)
            for (size_t gate = 0; gate < gates; gate++) parts[s][row][gate] = vf_set(0.0f);
    size_t k = 0;
    for (; k + split <= hidden; k += split)
#pragma clang loop unroll(full)
        for (size_t s = 0; s < split; s++)
#pragma clang loop unroll(full)
            for (size_t gate = 0; gate < gates; gate++) {
                vf weight = vf_load(panel + (gate * hidden + k + s) * CK_WIDTH);
#pragma clang loop unroll(full)
                for (size_t row = 0; row < rows; row++)
                    parts[s][row][gate] = vf_fma(weight, vf_set(h[row * hidden + k + s]), parts[s][row][gate]);
            }
    for (; k < hidden; k++)
#pragma clang loop unroll(full)
        for (size_t gate = 0; gate < gates; gate++) {
            vf weight = vf_load(panel + (gate * hidden + k) * CK_WIDTH);
#pragma clang loop unroll(full)
            for (size_t row = 0; row < rows; row++)
                parts[0][row][gate] = vf_fma(weight, vf_set(h[row * hidden + k]), parts[0][row][gate]);
        }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++)
#pragma clang loop unroll(full)
        for (size_t gate = 0; gate < gates; gate++) {
            vf sum = parts[0][row][gate];
#pragma clang loop unroll(full)
            for (size_t s = 1; s < split; s++) sum += parts[s][row][gate];
            sums[row][gate] = sum;
        }
}

// One row's cell for the units from `unit` on. `place` is where the row's states begin.
CK_INLINE void CK_NAME(recurrent_cell)(
    const CK_NAME(recurrent_run) * run, CK_NAME(cell) cell, size_t place, size_t unit, size_t units,
    const float *projected, float *output, const vf *sums) {
    const ck_recurrent *layer = run->layer;
    const ck_activation *activations = layer->activations;
    size_t hidden = layer->hidden;
    float clip = layer->clip;
    const float *h_from = run->h + place + unit;
    vf old = CK_NAME(recurrent_load)(h_from, units), new;
#define CK_PROJECTED(gate) CK_NAME(recurrent_load)(projected + (gate) * hidden + unit, units)
    if (cell == CK_NAME(cell_rnn)) {
        new = CK_NAME(recurrent_apply)(&activations[0], sums[0] + CK_PROJECTED(0), clip);
    } else if (cell == CK_NAME(cell_lstm)) {
        vf c = CK_NAME(recurrent_load)(layer->c + place + unit, units);
        vf input = sums[0] + CK_PROJECTED(0), out = sums[1] + CK_PROJECTED(1), forget = sums[2] + CK_PROJECTED(2);
        const float *peepholes = layer->peepholes == NULL ? NULL : layer->peepholes + unit;
        if (peepholes != NULL) {
            input = vf_fma(CK_NAME(recurrent_load)(peepholes, units), c, input);
            forget = vf_fma(CK_NAME(recurrent_load)(peepholes + 2 * hidden, units), c, forget);
        }
        input = CK_NAME(recurrent_apply)(&activations[0], input, clip);
        forget = layer->couples_forget ? 1.0f - input : CK_NAME(recurrent_apply)(&activations[0], forget, clip);
        vf candidate = CK_NAME(recurrent_apply)(&activations[1], sums[3] + CK_PROJECTED(3), clip);
        c = vf_fma(forget, c, input * candidate);
        CK_NAME(recurrent_store)(layer->c + place + unit, c, units);
        if (peepholes != NULL) out = vf_fma(CK_NAME(recurrent_load)(peepholes + hidden, units), c, out);
        out = CK_NAME(recurrent_apply)(&activations[0], out, clip);
        new = out * CK_NAME(recurrent_apply)(&activations[2], c, INFINITY);
    } else if (cell == CK_NAME(cell_gru_gates)) {
        vf update = CK_NAME(recurrent_apply)(&activations[0], sums[0] + CK_PROJECTED(0), clip);
        vf reset = CK_NAME(recurrent_apply)(&activations[0], sums[1] + CK_PROJECTED(1), clip);
        CK_NAME(recurrent_store)(run->update + place + unit, update, units);
        CK_NAME(recurrent_store)(run->reset + place + unit, reset * old, units);
        return;
    } else {
        vf update, product;
        if (cell == CK_NAME(cell_gru)) {
            update = CK_NAME(recurrent_apply)(&activations[0], sums[0] + CK_PROJECTED(0), clip);
            vf reset = CK_NAME(recurrent_apply)(&activations[0], sums[1] + CK_PROJECTED(1), clip);
            product = sums[2];
            if (layer->hidden_bias != NULL) product += CK_NAME(recurrent_load)(layer->hidden_bias + unit, units);
            product *= reset;
        } else {
            update = CK_NAME(recurrent_load)(run->update + place + unit, units);
            product = sums[0];
        }
        vf candidate = CK_NAME(recurrent_apply)(&activations[1], product + CK_PROJECTED(2), clip);
        new = vf_fma(update, old, (1.0f - update) * candidate);
    }
#undef CK_PROJECTED
    CK_NAME(recurrent_store)(run->next + place + unit, new, units);
    if (output != NULL) CK_NAME(recurrent_store)(output + unit, new, units);
}

CK_INLINE size_t CK_NAME(recurrent_length)(const ck_recurrent *layer, size_t sample) {
    return layer->lengths == NULL ? layer->length : (size_t)layer->lengths[sample];
}

// One step of a few rows for the units of one panel.
CK_INLINE void CK_NAME(recurrent_tile)(
    const CK_NAME(recurrent_run) * run, CK_NAME(cell) cell, size_t gates, size_t rows, size_t split, size_t step,
    size_t first_row, size_t panel) {
    const ck_recurrent *layer = run->layer;
    size_t hidden = layer->hidden, unit = panel * CK_WIDTH;
    size_t units = hidden - unit < CK_WIDTH ? hidden - unit : CK_WIDTH;
    bool is_hidden = cell == CK_NAME(cell_gru_hidden);
    const float *weights = layer->recurrence + panel * CK_WIDTH * hidden * run->gates;
    vf sums[4][4];
    CK_NAME(recurrent_product)(
        gates, rows, split, hidden, (is_hidden ? run->reset : run->h) + first_row * hidden,
        weights + (is_hidden ? 2 * hidden * CK_WIDTH : 0), sums);
    for (size_t row = 0; row < rows; row++) {
        size_t sample = first_row + row, length = CK_NAME(recurrent_length)(layer, sample), place = sample * hidden;
        if (step >= length) {
            if (cell != CK_NAME(cell_gru_gates))
                CK_NAME(recurrent_store)(
                    run->next + place + unit, CK_NAME(recurrent_load)(run->h + place + unit, units), units);
            else
                CK_NAME(recurrent_store)(run->reset + place + unit, vf_set(0.0f), units);
            continue;
        }
        size_t time = layer->is_reverse ? length - 1 - step : step;
        float *output = layer->output == NULL ? NULL
                                              : layer->output + time * layer->output_step_stride +
                                                    sample * layer->output_sample_stride;
        CK_NAME(recurrent_cell)(
            run, cell, place, unit, units,
            layer->projected + time * layer->projected_step_stride + sample * layer->projected_sample_stride, output,
            sums[row]);
    }
}

// One step of the rows from `row` up to `end` for the panels from `panel` up to `panel_end`.
CK_INLINE void CK_NAME(recurrent_block)(
    const CK_NAME(recurrent_run) * run, CK_NAME(cell) cell, size_t gates, size_t step, size_t row, size_t end,
    size_t panel, size_t panel_end) {
    for (; panel < panel_end; panel++) {
        size_t at = row;
        // PERF: what is read of the weights serves as many rows as there are registers for.
        if (gates < 3 || CK_WIDTH == 16)
            for (; at + 4 <= end; at += 4)
                CK_NAME(recurrent_tile)(run, cell, gates, 4, gates == 1 ? 2 : 1, step, at, panel);
        for (; at + 3 <= end; at += 3)
            CK_NAME(recurrent_tile)(run, cell, gates, 3, gates == 1 ? 4 : 1, step, at, panel);
        if (at + 2 <= end) {
            CK_NAME(recurrent_tile)(run, cell, gates, 2, gates == 1 ? 4 : gates == 4 ? 1 : 2, step, at, panel);
            at += 2;
        }
        if (at < end)
            CK_NAME(recurrent_tile)(run, cell, gates, 1, gates == 1 ? 8 : gates == 4 ? 2 : 3, step, at, panel);
    }
}

static __attribute__((noinline)) void CK_NAME(recurrent_blocks)(
    const CK_NAME(recurrent_run) * run, CK_NAME(cell) cell, size_t step, size_t row, size_t end, size_t panel,
    size_t panel_end) {
    switch (cell) {
    case CK_NAME(cell_rnn): CK_NAME(recurrent_block)(run, cell, 1, step, row, end, panel, panel_end); return;
    case CK_NAME(cell_lstm): CK_NAME(recurrent_block)(run, cell, 4, step, row, end, panel, panel_end); return;
    case CK_NAME(cell_gru): CK_NAME(recurrent_block)(run, cell, 3, step, row, end, panel, panel_end); return;
    case CK_NAME(cell_gru_gates): CK_NAME(recurrent_block)(run, cell, 2, step, row, end, panel, panel_end); return;
    case CK_NAME(cell_gru_hidden): CK_NAME(recurrent_block)(run, cell, 1, step, row, end, panel, panel_end); return;
    }
}

static void CK_NAME(recurrent_swap)(CK_NAME(recurrent_run) * run) {
    float *next = run->next;
    run->next = run->h;
    run->h = next;
}

// All steps of some rows.
static void CK_NAME(recurrent_rows_task)(void *context, size_t index) {
    CK_NAME(recurrent_run) run = *(const CK_NAME(recurrent_run) *)context;
    size_t row = index * run.rows_per_task, panels = CK_NAME(recurrent_panels)(run.layer->hidden);
    size_t end = run.layer->batch - row < run.rows_per_task ? run.layer->batch : row + run.rows_per_task;
    for (size_t step = 0; step < run.layer->length; step++) {
        CK_NAME(recurrent_blocks)(&run, run.cell, step, row, end, 0, panels);
        if (run.cell == CK_NAME(cell_gru_gates))
            CK_NAME(recurrent_blocks)(&run, CK_NAME(cell_gru_hidden), step, row, end, 0, panels);
        CK_NAME(recurrent_swap)(&run);
    }
}

// Some units of one step.
static void CK_NAME(recurrent_panels_task)(void *context, size_t index) {
    const CK_NAME(recurrent_run) *run = context;
    size_t panel = index * run->panels_per_task, panels = CK_NAME(recurrent_panels)(run->layer->hidden);
    size_t end = panels - panel < run->panels_per_task ? panels : panel + run->panels_per_task;
    CK_NAME(recurrent_blocks)(run, run->cell, run->step, 0, run->layer->batch, panel, end);
}

static void CK_NAME(recurrent_steps)(CK_NAME(recurrent_run) run, ck_pool *pool) {
    CK_NAME(cell) cell = run.cell;
    size_t panels = CK_NAME(recurrent_panels)(run.layer->hidden), threads = ck_pool_thread_count(pool);
    run.panels_per_task = (panels + 2 * threads - 1) / (2 * threads);
    size_t tasks = (panels + run.panels_per_task - 1) / run.panels_per_task;
    for (run.step = 0; run.step < run.layer->length; run.step++) {
        run.cell = cell;
        ck_pool_run(pool, tasks, CK_NAME(recurrent_panels_task), &run);
        if (cell == CK_NAME(cell_gru_gates)) {
            run.cell = CK_NAME(cell_gru_hidden);
            ck_pool_run(pool, tasks, CK_NAME(recurrent_panels_task), &run);
        }
        CK_NAME(recurrent_swap)(&run);
    }
}

static void CK_NAME(recurrent_clear)(const ck_recurrent *layer) {
    if (layer->output == NULL || layer->lengths == NULL) return;
    for (size_t sample = 0; sample < layer->batch; sample++)
        for (size_t time = CK_NAME(recurrent_length)(layer, sample); time < layer->length; time++)
            memset(
                layer->output + time * layer->output_step_stride + sample * layer->output_sample_stride, 0,
                layer->hidden * sizeof(float));
}

static void CK_NAME(recurrent)(const ck_recurrent *layer, CK_NAME(cell) cell, size_t gates, ck_pool *pool) {
    size_t batch = layer->batch, hidden = layer->hidden, states = batch * hidden, threads = ck_pool_thread_count(pool);
    if (states == 0 || layer->length == 0) return;
    CK_NAME(recurrent_clear)(layer);
    CK_NAME(recurrent_run) run = {.layer = layer, .cell = cell, .gates = gates, .h = layer->h, .next = layer->scratch};
    run.update = layer->scratch + states;
    run.reset = run.update + states;
    // Tiles begin where they would begin in a single task, so that the sums are the same.
    size_t tile = 12, tiles = (batch + tile - 1) / tile;
    double work = 2.0 * (double)(gates * hidden) * (double)hidden * (double)batch;
    if (threads > 1 && tiles < threads && work > 2.5e5) {
        CK_NAME(recurrent_steps)(run, pool);
    } else {
        bool is_shared = threads > 1 && work * (double)layer->length > 2e6;
        run.rows_per_task = (is_shared ? (tiles + threads - 1) / threads : tiles) * tile;
        ck_pool_run(
            pool, (batch + run.rows_per_task - 1) / run.rows_per_task, CK_NAME(recurrent_rows_task), &run);
    }
    if (layer->length % 2 == 1) memcpy(layer->h, layer->scratch, states * sizeof(float));
}

static void CK_NAME(f32_lstm)(const ck_recurrent *layer, ck_pool *pool) {
    CK_NAME(recurrent)(layer, CK_NAME(cell_lstm), 4, pool);
}

static void CK_NAME(f32_gru)(const ck_recurrent *layer, ck_pool *pool) {
    CK_NAME(recurrent)(layer, layer->resets_product ? CK_NAME(cell_gru) : CK_NAME(cell_gru_gates), 3, pool);
}

static void CK_NAME(f32_rnn)(const ck_recurrent *layer, ck_pool *pool) {
    CK_NAME(recurrent)(layer, CK_NAME(cell_rnn), 1, pool);
}
