// Plain to plain for any shape, transposed or not: panels of gathered input times packed weights.
//
// A phase is the set of outputs that meet the same taps: all of them, save that a transposed convolution has one phase
// for each remainder of the output's position by the stride. Packed weights: [group, output tile, tap, input, 6], the
// taps in the order of the phases; each tap belongs to one.

#define CK_PANEL_PIXELS (2 * CK_WIDTH)

typedef struct conv_general {
    ck_conv_shape shape;
    bool transposes;
    conv_end end;
    const float *input;
    const float *weights;
    float *output;
    float *scratch;
    size_t scratch_each;
    size_t phases;
    size_t panels;
} conv_general;

// One dimension of a phase.
typedef struct conv_phase {
    size_t first;
    size_t step;
    size_t count;
} conv_phase;

CK_INLINE bool conv_meets(const ck_conv_shape *shape, bool transposes, int axis, size_t phase, size_t tap) {
    if (!transposes) return true;
    size_t stride = shape->stride[axis];
    return (phase + shape->pad[axis]) % stride == tap * shape->dilation[axis] % stride;
}

CK_INLINE conv_phase conv_phase_of(const ck_conv_shape *shape, bool transposes, int axis, size_t phase) {
    if (!transposes) return (conv_phase){0, 1, shape->output[axis]};
    size_t output = shape->output[axis], stride = shape->stride[axis];
    return (conv_phase){phase, stride, output > phase ? conv_ceil(output - phase, stride) : 0};
}

// The input position of the phase's output `i` under a tap that it meets.
CK_INLINE ptrdiff_t conv_source(const ck_conv_shape *shape, bool transposes, int axis, size_t phase, size_t tap,
                                size_t i) {
    ptrdiff_t reach = (ptrdiff_t)(tap * shape->dilation[axis]), pad = (ptrdiff_t)shape->pad[axis];
    if (!transposes) return (ptrdiff_t)(i * shape->stride[axis]) + reach - pad;
    return ((ptrdiff_t)phase + pad - reach) / (ptrdiff_t)shape->stride[axis] + (ptrdiff_t)i;
}

CK_INLINE size_t conv_phases(const ck_conv_shape *shape, bool transposes) {
    return transposes ? conv_volume(shape->stride) : 1;
}

CK_INLINE void conv_phase_split(const ck_conv_shape *shape, bool transposes, size_t phase, size_t *split) {
    split[0] = split[1] = split[2] = 0;
    if (!transposes) return;
    split[2] = phase % shape->stride[2];
    split[1] = phase / shape->stride[2] % shape->stride[1];
    split[0] = phase / shape->stride[2] / shape->stride[1];
}

CK_INLINE size_t conv_phase_taps(const ck_conv_shape *shape, bool transposes, const size_t *phase) {
    size_t taps = 1;
    for (int axis = 0; axis < 3; axis++) {
        size_t met = 0;
        for (size_t k = 0; k < shape->kernel[axis]; k++) met += conv_meets(shape, transposes, axis, phase[axis], k);
        taps *= met;
    }
    return taps;
}

CK_INLINE size_t conv_general_weights_size(const ck_conv_shape *shape) {
    if (shape->groups == 0) return 0;
    return shape->groups * conv_ceil(shape->output_channels / shape->groups, CK_CONV_PIXELS) *
           (shape->input_channels / shape->groups) * conv_volume(shape->kernel) * CK_CONV_PIXELS;
}

CK_INLINE size_t conv_general_panel(const ck_conv_shape *shape) {
    return shape->groups == 0 ? 0
                              : shape->input_channels / shape->groups * conv_volume(shape->kernel) * CK_PANEL_PIXELS;
}

CK_INLINE void conv_general_pack(const ck_conv_shape *shape, bool transposes, const ck_loose_float *weights,
                                 float *packed) {
    size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    size_t volume = conv_volume(shape->kernel), phase[3];
    for (size_t group = 0; group < shape->groups; group++)
        for (size_t tile = 0; tile < outputs; tile += CK_CONV_PIXELS)
            for (size_t index = 0; index < conv_phases(shape, transposes); index++) {
                conv_phase_split(shape, transposes, index, phase);
                for (size_t tap = 0; tap < volume; tap++) {
                    size_t kx = tap % shape->kernel[2], ky = tap / shape->kernel[2] % shape->kernel[1];
                    size_t kd = tap / shape->kernel[2] / shape->kernel[1];
                    if (!conv_meets(shape, transposes, 0, phase[0], kd) ||
                        !conv_meets(shape, transposes, 1, phase[1], ky) ||
                        !conv_meets(shape, transposes, 2, phase[2], kx))
                        continue;
                    for (size_t c = 0; c < inputs; c++)
                        for (size_t o = tile; o < tile + CK_CONV_PIXELS; o++) {
                            size_t from = transposes ? (group * inputs + c) * outputs + o
                                                     : (group * outputs + o) * inputs + c;
                            *packed++ = o < outputs ? weights[from * volume + tap] : 0;
                        }
                }
            }
}

// Gathers [tap, input channel, pixel] for the pixels [first, first + count) of a phase; the taps' number.
CK_INLINE size_t conv_gather(const conv_general *work, const size_t *phase, const conv_phase *axes, size_t first,
                             size_t count, const float *input, float *panel) {
    const ck_conv_shape *shape = &work->shape;
    bool transposes = work->transposes;
    size_t channels = shape->input_channels / shape->groups, plane = conv_volume(shape->input);
    size_t place[CK_PANEL_PIXELS][3];
    size_t x = first % axes[2].count, y = first / axes[2].count % axes[1].count;
    size_t d = first / axes[2].count / axes[1].count;
    for (size_t j = 0; j < count; j++) {
        place[j][0] = d, place[j][1] = y, place[j][2] = x;
        if (++x == axes[2].count) {
            x = 0;
            if (++y == axes[1].count) y = 0, d++;
        }
    }
    size_t taps = 0;
    for (size_t kd = 0; kd < shape->kernel[0]; kd++) {
        if (!conv_meets(shape, transposes, 0, phase[0], kd)) continue;
        for (size_t ky = 0; ky < shape->kernel[1]; ky++) {
            if (!conv_meets(shape, transposes, 1, phase[1], ky)) continue;
            for (size_t kx = 0; kx < shape->kernel[2]; kx++) {
                if (!conv_meets(shape, transposes, 2, phase[2], kx)) continue;
                ptrdiff_t from[CK_PANEL_PIXELS];
                bool is_run = count == CK_PANEL_PIXELS;
                for (size_t j = 0; j < count; j++) {
                    ptrdiff_t sd = conv_source(shape, transposes, 0, phase[0], kd, place[j][0]);
                    ptrdiff_t sy = conv_source(shape, transposes, 1, phase[1], ky, place[j][1]);
                    ptrdiff_t sx = conv_source(shape, transposes, 2, phase[2], kx, place[j][2]);
                    bool inside = (size_t)sd < shape->input[0] && (size_t)sy < shape->input[1] &&
                                  (size_t)sx < shape->input[2];
                    from[j] = inside ? (sd * (ptrdiff_t)shape->input[1] + sy) * (ptrdiff_t)shape->input[2] + sx : -1;
                    is_run &= inside && from[j] == from[0] + (ptrdiff_t)j;
                }
                for (size_t j = count; j < CK_PANEL_PIXELS; j++) from[j] = -1;
                float *to = panel + taps++ * channels * CK_PANEL_PIXELS;
                if (is_run)
                    for (size_t c = 0; c < channels; c++)
                        for (size_t j = 0; j < CK_PANEL_PIXELS; j += CK_WIDTH)
                            vf_store(to + c * CK_PANEL_PIXELS + j, vf_load(input + c * plane + from[0] + j));
                else
                    for (size_t c = 0; c < channels; c++)
                        for (size_t j = 0; j < CK_PANEL_PIXELS; j++)
                            to[c * CK_PANEL_PIXELS + j] = from[j] < 0 ? 0 : input[c * plane + (size_t)from[j]];
            }
        }
    }
    return taps;
}

CK_INLINE void conv_panel_product(size_t depth, const float *weights, const float *panel,
                                  float results[CK_CONV_PIXELS][CK_PANEL_PIXELS]) {
    vf sums[CK_CONV_PIXELS][2];
    for (int o = 0; o < CK_CONV_PIXELS; o++) sums[o][0] = sums[o][1] = vf_set(0);
    for (size_t k = 0; k < depth; k++, panel += CK_PANEL_PIXELS, weights += CK_CONV_PIXELS) {
        vf a = vf_load(panel), b = vf_load(panel + CK_WIDTH);
        _Pragma("clang loop unroll(full)") for (int o = 0; o < CK_CONV_PIXELS; o++) {
            vf w = vf_set(weights[o]);
            sums[o][0] = vf_fma(w, a, sums[o][0]);
            sums[o][1] = vf_fma(w, b, sums[o][1]);
        }
    }
    for (int o = 0; o < CK_CONV_PIXELS; o++) {
        vf_store(results[o], sums[o][0]);
        vf_store(results[o] + CK_WIDTH, sums[o][1]);
    }
}

static void CK_NAME(conv_general_item)(const conv_general *work, size_t item, float *panel) {
    const ck_conv_shape *shape = &work->shape;
    bool transposes = work->transposes;
    size_t at = item % work->panels, index = item / work->panels % work->phases;
    size_t rest = item / work->panels / work->phases, group = rest % shape->groups, batch = rest / shape->groups;
    size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    size_t input_plane = conv_volume(shape->input), output_plane = conv_volume(shape->output), phase[3];
    conv_phase_split(shape, transposes, index, phase);
    conv_phase axes[3];
    for (int axis = 0; axis < 3; axis++) axes[axis] = conv_phase_of(shape, transposes, axis, phase[axis]);
    size_t pixels = axes[0].count * axes[1].count * axes[2].count, first = at * CK_PANEL_PIXELS;
    if (first >= pixels) return;
    size_t count = conv_smaller(CK_PANEL_PIXELS, pixels - first), earlier = 0;
    for (size_t i = 0; i < index; i++) {
        size_t split[3];
        conv_phase_split(shape, transposes, i, split);
        earlier += conv_phase_taps(shape, transposes, split);
    }
    size_t taps = conv_gather(work, phase, axes, first, count,
                              work->input + (batch * shape->groups + group) * inputs * input_plane, panel);
    size_t to[CK_PANEL_PIXELS];
    for (size_t j = 0; j < count; j++) {
        size_t i = first + j, x = i % axes[2].count, y = i / axes[2].count % axes[1].count;
        size_t d = i / axes[2].count / axes[1].count;
        to[j] = ((axes[0].first + d * axes[0].step) * shape->output[1] + axes[1].first + y * axes[1].step) *
                    shape->output[2] +
                axes[2].first + x * axes[2].step;
    }
    size_t tap_floats = inputs * CK_CONV_PIXELS, volume = conv_volume(shape->kernel);
    size_t tiles = conv_ceil(outputs, CK_CONV_PIXELS);
    const conv_end *end = &work->end;
    for (size_t tile = 0; tile < tiles; tile++) {
        float results[CK_CONV_PIXELS][CK_PANEL_PIXELS];
        conv_panel_product(taps * inputs, work->weights + ((group * tiles + tile) * volume + earlier) * tap_floats,
                           panel, results);
        for (size_t o = 0; o < CK_CONV_PIXELS && tile * CK_CONV_PIXELS + o < outputs; o++) {
            size_t channel = group * outputs + tile * CK_CONV_PIXELS + o;
            size_t base = (batch * shape->output_channels + channel) * output_plane;
            float residual[CK_PANEL_PIXELS] = {0};
            vf bias = vf_set(end->bias ? end->bias[channel] : 0);
            if (end->residual)
                for (size_t j = 0; j < count; j++) residual[j] = end->residual[base + to[j]];
            for (size_t j = 0; j < CK_PANEL_PIXELS; j += CK_WIDTH) {
                conv_store(end, results[o] + j, vf_load(results[o] + j), bias, end->residual ? residual + j : NULL);
                if (!end->clamps)
                    vf_store(results[o] + j, CK_CONV_ACTIVATE(end->activation, vf_load(results[o] + j)));
            }
            if (transposes)
                for (size_t j = 0; j < count; j++) work->output[base + to[j]] = results[o][j];
            else
                memcpy(work->output + base + first, results[o], count * sizeof(float));
        }
    }
}

static void CK_NAME(conv_general_task)(void *context, size_t index, size_t slot) {
    const conv_general *work = context;
    CK_NAME(conv_general_item)(work, index, work->scratch + slot * work->scratch_each);
}

static void CK_NAME(conv_general_run)(ck_pool *pool, const ck_conv_shape *shape, bool transposes, const float *input,
                                      const float *weights, const ck_epilogue *epilogue, float *output,
                                      float *scratch) {
    size_t pixels = 1;
    for (int axis = 0; axis < 3; axis++) pixels *= conv_phase_of(shape, transposes, axis, 0).count;
    conv_general work = {.shape = *shape,
                         .transposes = transposes,
                         .end = conv_end_for(epilogue),
                         .input = input,
                         .weights = weights,
                         .output = output,
                         .scratch = scratch,
                         .scratch_each = conv_general_panel(shape),
                         .phases = conv_phases(shape, transposes),
                         .panels = conv_ceil(pixels, CK_PANEL_PIXELS)};
    bool forks = conv_product(shape) > CK_CONV_FORK;
    ck_pool_run_slots(forks ? pool : NULL, shape->batch * shape->groups * work.phases * work.panels,
                      CK_NAME(conv_general_task), &work);
}
