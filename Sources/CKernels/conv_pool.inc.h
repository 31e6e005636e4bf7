// Pooling, in both layouts.

typedef struct conv_pooling {
    ck_pooling_shape shape;
    bool averages;
    const float *input;
    float *output;
    // Planes of an image, floats of a position, rows of a piece and pieces of a plane.
    size_t planes;
    size_t lanes;
    size_t rows;
    size_t pieces;
} conv_pooling;

// The larger one, or the one that is not a number.
CK_INLINE vf conv_greater(vf a, vf b) {
    vf larger = vf_max(a, b);
    return a != a ? a : larger;
}

CK_INLINE float conv_greater_of(float a, float b) { return a > b || a != a ? a : b; }

// The numbers of positions under the window at `position`: the real ones, and with the padding.
CK_INLINE size_t conv_window_size(const ck_pooling_shape *shape, int axis, size_t position, conv_range real) {
    if (!shape->counts_padding) return real.end - real.first;
    conv_range all = conv_taps(position, shape->stride[axis], 0, shape->dilation[axis], shape->kernel[axis],
                               shape->pad[axis] + shape->input[axis] + shape->pad_end[axis]);
    return all.end - all.first;
}

typedef struct conv_window {
    conv_range taps[3];
    // The first tap's place, and the distances between taps.
    ptrdiff_t start;
    ptrdiff_t steps[3];
    float scale;
} conv_window;

CK_INLINE void conv_pool_vector(const bool averages, const conv_window *window, const float *from, float *to) {
    vf result[CK_BLOCK_VECTORS];
    for (int v = 0; v < CK_BLOCK_VECTORS; v++) result[v] = vf_set(averages ? 0 : -INFINITY);
    for (size_t kd = window->taps[0].first; kd < window->taps[0].end; kd++)
        for (size_t ky = window->taps[1].first; ky < window->taps[1].end; ky++) {
            const float *row = from + (ptrdiff_t)kd * window->steps[0] + (ptrdiff_t)ky * window->steps[1];
            for (size_t kx = window->taps[2].first; kx < window->taps[2].end; kx++)
                _Pragma("clang loop unroll(full)") for (int v = 0; v < CK_BLOCK_VECTORS; v++) {
                    vf value = vf_load(row + (ptrdiff_t)kx * window->steps[2] + v * CK_WIDTH);
                    result[v] = averages ? result[v] + value : conv_greater(value, result[v]);
                }
        }
    for (int v = 0; v < CK_BLOCK_VECTORS; v++)
        vf_store(to + v * CK_WIDTH, averages ? result[v] * window->scale : result[v]);
}

CK_INLINE void conv_pool_scalar(const bool averages, const conv_window *window, const float *from, float *to) {
    float result = averages ? 0 : -INFINITY;
    for (size_t kd = window->taps[0].first; kd < window->taps[0].end; kd++)
        for (size_t ky = window->taps[1].first; ky < window->taps[1].end; ky++) {
            const float *row = from + (ptrdiff_t)kd * window->steps[0] + (ptrdiff_t)ky * window->steps[1];
            for (size_t kx = window->taps[2].first; kx < window->taps[2].end; kx++) {
                float value = row[(ptrdiff_t)kx * window->steps[2]];
                result = averages ? result + value : conv_greater_of(value, result);
            }
        }
    *to = averages ? result * window->scale : result;
}

static void CK_NAME(conv_pool_task)(void *context, size_t index) {
    const conv_pooling *work = context;
    const ck_pooling_shape *shape = &work->shape;
    size_t piece = index % work->pieces, image = index / work->pieces, lanes = work->lanes;
    size_t rows = shape->output[0] * shape->output[1], first = piece * work->rows;
    size_t last = conv_smaller(rows, first + work->rows), width = shape->output[2];
    size_t input_row = shape->input[2] * lanes, input_slice = shape->input[1] * input_row;
    const float *input = work->input + image * shape->input[0] * input_slice;
    float *output = work->output + (image * rows + first) * width * lanes;
    size_t channels = lanes == 1 ? lanes : shape->channels - image % work->planes * CK_CHANNEL_BLOCK;
    conv_window window = {.steps = {(ptrdiff_t)(shape->dilation[0] * input_slice),
                                    (ptrdiff_t)(shape->dilation[1] * input_row),
                                    (ptrdiff_t)(shape->dilation[2] * lanes)}};
    // The columns whose window lies in the input as a whole.
    const size_t reach = (shape->kernel[2] - 1) * shape->dilation[2];
    const size_t inner_first = conv_ceil(shape->pad[2], shape->stride[2]);
    const size_t inner_end = shape->input[2] + shape->pad[2] > reach
                                 ? (shape->input[2] + shape->pad[2] - reach - 1) / shape->stride[2] + 1
                                 : 0;
    for (size_t r = first; r < last; r++) {
        size_t at[3] = {r / shape->output[1], r % shape->output[1], 0}, sizes[3];
        for (int axis = 0; axis < 2; axis++) {
            window.taps[axis] = conv_taps(at[axis], shape->stride[axis], shape->pad[axis], shape->dilation[axis],
                                          shape->kernel[axis], shape->input[axis]);
            sizes[axis] = conv_window_size(shape, axis, at[axis], window.taps[axis]);
        }
        ptrdiff_t row = ((ptrdiff_t)(at[0] * shape->stride[0]) - (ptrdiff_t)shape->pad[0]) * (ptrdiff_t)input_slice +
                        ((ptrdiff_t)(at[1] * shape->stride[1]) - (ptrdiff_t)shape->pad[1]) * (ptrdiff_t)input_row;
        for (size_t x = 0; x < width; x++, output += lanes) {
            const bool is_inner = x > inner_first && x < inner_end;
            if (!is_inner)
                window.taps[2] = x == inner_first && x < inner_end
                                     ? (conv_range){0, shape->kernel[2]}
                                     : conv_taps(x, shape->stride[2], shape->pad[2], shape->dilation[2],
                                                 shape->kernel[2], shape->input[2]);
            if (work->averages && !is_inner) {
                sizes[2] = conv_window_size(shape, 2, x, window.taps[2]);
                size_t size = sizes[0] * sizes[1] * sizes[2];
                window.scale = size ? 1 / (float)size : 0;
            }
            const float *from = input + row +
                                ((ptrdiff_t)(x * shape->stride[2]) - (ptrdiff_t)shape->pad[2]) * (ptrdiff_t)lanes;
            if (lanes == 1 && work->averages)
                conv_pool_scalar(true, &window, from, output);
            else if (lanes == 1)
                conv_pool_scalar(false, &window, from, output);
            else if (work->averages)
                conv_pool_vector(true, &window, from, output);
            else
                conv_pool_vector(false, &window, from, output);
            if (lanes != 1)
                for (size_t c = channels; c < CK_CHANNEL_BLOCK; c++) output[c] = 0;
        }
    }
}

CK_INLINE void conv_pool_run(ck_pool *pool, const ck_pooling_shape *shape, bool averages, const float *input,
                             float *output) {
    bool is_blocked = shape->layout == CK_BLOCKED;
    conv_pooling work = {.shape = *shape,
                         .averages = averages,
                         .input = input,
                         .output = output,
                         .planes = is_blocked ? conv_blocks(shape->channels) : shape->channels,
                         .lanes = is_blocked ? CK_CHANNEL_BLOCK : 1};
    size_t rows = shape->output[0] * shape->output[1], images = shape->batch * work.planes;
    if (rows * shape->output[2] * images == 0) return;
    size_t row_reads = shape->output[2] * work.lanes * conv_larger(1, conv_volume(shape->kernel));
    work.rows = conv_smaller(rows, conv_ceil(65536, row_reads));
    work.pieces = conv_ceil(rows, work.rows);
    ck_pool_run(images * rows * row_reads > 200000 ? pool : NULL, images * work.pieces, CK_NAME(conv_pool_task), &work);
}

static void CK_NAME(f32_max_pool)(ck_pool *pool, const ck_pooling_shape *shape, const float *input, float *output) {
    conv_pool_run(pool, shape, false, input, output);
}

static void CK_NAME(f32_average_pool)(ck_pool *pool, const ck_pooling_shape *shape, const float *input,
                                      float *output) {
    conv_pool_run(pool, shape, true, input, output);
}

typedef struct conv_global {
    bool is_blocked;
    bool averages;
    size_t channels;
    size_t blocks;
    size_t positions;
    const float *input;
    float *output;
} conv_global;

// Planes of a piece in the plain layout.
#define CK_GLOBAL_PLANES 16

CK_INLINE vf conv_global_step(bool averages, vf result, vf value) {
    return averages ? result + value : conv_greater(value, result);
}

CK_INLINE void conv_global_block(const bool averages, const float *from, size_t positions, size_t channels, float *to) {
    for (size_t lane = 0; lane < CK_CHANNEL_BLOCK; lane += CK_WIDTH) {
        vf results[4];
        size_t i = 0;
        for (int k = 0; k < 4; k++) results[k] = vf_set(averages ? 0 : -INFINITY);
        for (; i + 4 <= positions; i += 4)
            _Pragma("clang loop unroll(full)") for (size_t k = 0; k < 4; k++) results[k] = conv_global_step(
                averages, results[k], vf_load(from + (i + k) * CK_CHANNEL_BLOCK + lane));
        for (; i < positions; i++)
            results[0] = conv_global_step(averages, results[0], vf_load(from + i * CK_CHANNEL_BLOCK + lane));
        vf low = conv_global_step(averages, results[0], results[1]);
        vf result = conv_global_step(averages, low, conv_global_step(averages, results[2], results[3]));
        vf_store(to + lane, averages ? result / (float)positions : result);
    }
    for (size_t c = channels; c < CK_CHANNEL_BLOCK; c++) to[c] = 0;
}

CK_INLINE void conv_global_plane(const bool averages, const float *from, size_t positions, float *to) {
    vf results[4];
    size_t i = 0;
    for (int k = 0; k < 4; k++) results[k] = vf_set(averages ? 0 : -INFINITY);
    for (; i + 4 * CK_WIDTH <= positions; i += 4 * CK_WIDTH)
        _Pragma("clang loop unroll(full)") for (size_t k = 0; k < 4; k++) results[k] =
            conv_global_step(averages, results[k], vf_load(from + i + k * CK_WIDTH));
    for (; i + CK_WIDTH <= positions; i += CK_WIDTH)
        results[0] = conv_global_step(averages, results[0], vf_load(from + i));
    vf low = conv_global_step(averages, results[0], results[1]);
    vf result = conv_global_step(averages, low, conv_global_step(averages, results[2], results[3]));
    float part[CK_WIDTH], all = averages ? 0 : -INFINITY;
    vf_store(part, result);
    for (int k = 0; k < CK_WIDTH; k++) all = averages ? all + part[k] : conv_greater_of(part[k], all);
    for (; i < positions; i++) all = averages ? all + from[i] : conv_greater_of(from[i], all);
    *to = averages ? all / (float)positions : all;
}

static void CK_NAME(conv_global_task)(void *context, size_t index) {
    const conv_global *work = context;
    if (work->is_blocked) {
        const float *from = work->input + index * work->positions * CK_CHANNEL_BLOCK;
        float *to = work->output + index * CK_CHANNEL_BLOCK;
        size_t channels = work->channels - index % work->blocks * CK_CHANNEL_BLOCK;
        if (work->averages)
            conv_global_block(true, from, work->positions, channels, to);
        else
            conv_global_block(false, from, work->positions, channels, to);
        return;
    }
    size_t end = conv_smaller((index + 1) * CK_GLOBAL_PLANES, work->channels);
    for (size_t plane = index * CK_GLOBAL_PLANES; plane < end; plane++)
        if (work->averages)
            conv_global_plane(true, work->input + plane * work->positions, work->positions, work->output + plane);
        else
            conv_global_plane(false, work->input + plane * work->positions, work->positions, work->output + plane);
}

CK_INLINE void conv_global_run(ck_pool *pool, ck_layout layout, bool averages, size_t batch, size_t channels,
                               size_t positions, const float *input, float *output) {
    bool is_blocked = layout == CK_BLOCKED;
    conv_global work = {.is_blocked = is_blocked,
                        .averages = averages,
                        .channels = is_blocked ? channels : batch * channels,
                        .blocks = conv_blocks(channels),
                        .positions = positions,
                        .input = input,
                        .output = output};
    size_t items = is_blocked ? batch * work.blocks : conv_ceil(work.channels, CK_GLOBAL_PLANES);
    ck_pool_run(batch * channels * positions > 200000 ? pool : NULL, items, CK_NAME(conv_global_task), &work);
}

static void CK_NAME(f32_global_max_pool)(ck_pool *pool, ck_layout layout, size_t batch, size_t channels,
                                         size_t positions, const float *input, float *output) {
    conv_global_run(pool, layout, false, batch, channels, positions, input, output);
}

static void CK_NAME(f32_global_average_pool)(ck_pool *pool, ck_layout layout, size_t batch, size_t channels,
                                             size_t positions, const float *input, float *output) {
    conv_global_run(pool, layout, true, batch, channels, positions, input, output);
}
