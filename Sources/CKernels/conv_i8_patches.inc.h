// Patches of a convolution's input as rows of a product.

// PERF: rows of patches are too short for calls.
CK_INLINE void CK_I8(conv_i8_copy)(CK_I8(number) *target, const CK_I8(number) *source, size_t count) {
    const size_t bytes = count * sizeof *target;
    char *to = (char *)target;
    const char *from = (const char *)source;
    if (bytes < 16) {
        for (size_t i = 0; i < bytes; i++) to[i] = from[i];
    } else if (bytes < 64) {
        for (size_t i = 0; i + 16 < bytes; i += 16) memcpy(to + i, from + i, 16);
        memcpy(to + bytes - 16, from + bytes - 16, 16);
    } else {
        for (size_t i = 0; i + 64 < bytes; i += 64) memcpy(to + i, from + i, 64);
        memcpy(to + bytes - 64, from + bytes - 64, 64);
    }
}

// The same number of numbers for each of some patches.
CK_INLINE void CK_I8(conv_i8_copy_run)(CK_I8(number) *to, size_t to_step, const CK_I8(number) *from, size_t from_step,
                                       size_t patches, size_t count) {
    const size_t bytes = count * sizeof *to;
    if (bytes < 16 || bytes > 32) {
        for (size_t r = 0; r < patches; r++) CK_I8(conv_i8_copy)(to + r * to_step, from + r * from_step, count);
        return;
    }
    for (size_t r = 0; r < patches; r++, to += to_step, from += from_step) {
        memcpy(to, from, 16);
        memcpy((char *)to + bytes - 16, (const char *)from + bytes - 16, 16);
    }
}

// Patches that lie side by side along the width, and which of their taps lie within the input, all the same.
typedef struct CK_I8(conv_i8_patch_run) {
    size_t group, place[3], count;
    conv_range taps;
} CK_I8(conv_i8_patch_run);

// Taps along the width that begin at `first`, of rows that begin at `from` in the input.
CK_INLINE void CK_I8(conv_i8_gather_taps)(const CK_I8(conv_i8) *work, const CK_I8(conv_i8_patch_run) *run,
                                          const CK_I8(number) *from, CK_I8(number) *to) {
    const ck_conv_shape *shape = work->shape;
    const size_t inputs = work->inputs, width = shape->kernel[2], step = shape->stride[2] * work->number_stride;
    const conv_range taps = run->taps;
    CK_I8(number) *inside = to + taps.first * inputs;
    if (work->inputs == work->number_stride && shape->dilation[2] == 1) {
        CK_I8(conv_i8_copy_run)(inside, work->patch_stride, from, step, run->count, (taps.end - taps.first) * inputs);
    } else {
        const size_t tap_step = shape->dilation[2] * work->number_stride;
        for (size_t kx = taps.first; kx < taps.end; kx++, inside += inputs, from += tap_step)
            CK_I8(conv_i8_copy_run)(inside, work->patch_stride, from, step, run->count, inputs);
    }
    if (taps.end - taps.first == width) return;
    for (size_t r = 0; r < run->count; r++, to += work->patch_stride) {
        memset(to, (int)work->zero, taps.first * inputs * sizeof *to);
        memset(to + taps.end * inputs, (int)work->zero, (width - taps.end) * inputs * sizeof *to);
    }
}

static void CK_I8(conv_i8_gather_run)(const CK_I8(conv_i8) *work, const CK_I8(conv_i8_patch_run) *run,
                                      CK_I8(number) *rows) {
    const ck_conv_shape *shape = work->shape;
    const size_t length = shape->kernel[2] * work->inputs;
    // Where the first tap within the input lies.
    const size_t x = run->place[2] * shape->stride[2] + run->taps.first * shape->dilation[2] - shape->pad[2];
    CK_I8(number) *to = rows;
    for (size_t kd = 0; kd < shape->kernel[0]; kd++) {
        const size_t z = run->place[0] * shape->stride[0] + kd * shape->dilation[0] - shape->pad[0];
        for (size_t ky = 0; ky < shape->kernel[1]; ky++, to += length) {
            const size_t y = run->place[1] * shape->stride[1] + ky * shape->dilation[1] - shape->pad[1];
            if (z < shape->input[0] && y < shape->input[1] && run->taps.first < run->taps.end) {
                const size_t pixel = (z * shape->input[1] + y) * shape->input[2] + x;
                const CK_I8(number) *from = work->numbers + pixel * work->number_stride + run->group * work->inputs;
                CK_I8(conv_i8_gather_taps)(work, run, from, to);
                continue;
            }
            for (size_t r = 0; r < run->count; r++)
                memset(to + r * work->patch_stride, (int)work->zero, length * sizeof *to);
        }
    }
    for (size_t r = 0; r < run->count; r++)
        for (size_t p = work->k; p % I8_GROUP != 0; p++) rows[r * work->patch_stride + p] = 0;
}

// The patches [first, first + count) of a group's channels.
static void CK_I8(conv_i8_gather)(const CK_I8(conv_i8) *work, size_t group, size_t first, size_t count,
                                    CK_I8(number) *rows) {
    const ck_conv_shape *shape = work->shape;
    const size_t width = shape->output[2], stride = shape->stride[2], pad = shape->pad[2];
    const size_t reach = (shape->kernel[2] - 1) * shape->dilation[2];
    // The places along the width whose taps all lie within the input.
    const size_t inner = conv_ceil(pad, stride);
    const size_t inner_end = shape->input[2] + pad > reach ? (shape->input[2] + pad - reach - 1) / stride + 1 : 0;
    for (size_t at = first; at < first + count;) {
        CK_I8(conv_i8_patch_run) run = {
            group, {at / width / shape->output[1], at / width % shape->output[1], at % width}, 1, {0, shape->kernel[2]}};
        if (run.place[2] >= inner && run.place[2] < inner_end)
            run.count = conv_smaller(conv_smaller(inner_end, width) - run.place[2], first + count - at);
        else
            run.taps = conv_taps(run.place[2], stride, pad, shape->dilation[2], shape->kernel[2], shape->input[2]);
        CK_I8(conv_i8_gather_run)(work, &run, rows + (at - first) * work->patch_stride);
        at += run.count;
    }
}

// The sums of rows of patches less the zero point.
static void CK_I8(conv_i8_sum_rows)(const CK_I8(conv_i8) *work, const CK_I8(number) *rows, size_t stride, size_t count,
                                    uint32_t *sums) {
    for (size_t r = 0; r < count; r++, rows += stride) {
        uint32_t sum = 0;
        for (size_t p = 0; p < work->k; p++) sum += (uint32_t)(int32_t)rows[p];
        sums[r] = sum - work->zero * (uint32_t)work->k;
    }
}

CK_INLINE CK_I8(number) *CK_I8(conv_i8_patch_rows)(const CK_I8(conv_i8) *work, size_t group) {
    return (CK_I8(number) *)(void *)work->patches + group * conv_volume(work->shape->output) * work->patch_stride;
}

// Some patches of all groups, where they are gathered ahead.
static void CK_I8(conv_i8_gather_piece)(void *context, size_t index) {
    const CK_I8(conv_i8) *work = context;
    const size_t count = conv_volume(work->shape->output);
    const size_t first = ck_gemm_part(count, work->pieces, index), end = ck_gemm_part(count, work->pieces, index + 1);
    for (size_t group = 0; group < work->shape->groups; group++)
        CK_I8(conv_i8_gather)
        (work, group, first, end - first, CK_I8(conv_i8_patch_rows)(work, group) + first * work->patch_stride);
}
