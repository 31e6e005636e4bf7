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

CK_INLINE void CK_I8(conv_i8_clear)(const CK_I8(conv_i8) *work, CK_I8(number) *to, size_t count) {
    if (count > 0) memset(to, (int)work->zero, count * sizeof *to);
}

// A patch's numbers along the width: the taps within the input begin at `from`.
CK_INLINE void CK_I8(conv_i8_gather_taps)(const CK_I8(conv_i8) *work, conv_range taps, const CK_I8(number) *from,
                                          const bool is_dense, CK_I8(number) *to) {
    const size_t inputs = work->inputs, width = work->shape->kernel[2];
    CK_I8(conv_i8_clear)(work, to, taps.first * inputs);
    CK_I8(number) *inside = to + taps.first * inputs;
    if (is_dense) {
        CK_I8(conv_i8_copy)(inside, from, (taps.end - taps.first) * inputs);
    } else {
        const size_t step = work->shape->dilation[2] * work->number_stride;
        for (size_t kx = taps.first; kx < taps.end; kx++, inside += inputs, from += step)
            CK_I8(conv_i8_copy)(inside, from, inputs);
    }
    CK_I8(conv_i8_clear)(work, to + taps.end * inputs, (width - taps.end) * inputs);
}

// The patch of a group's channels at one place of the output, whose taps along the width meet the input from `x` on.
CK_INLINE void CK_I8(conv_i8_gather_patch)(const CK_I8(conv_i8) *work, size_t group, const size_t *place,
                                           conv_range taps, const bool is_dense, CK_I8(number) *to) {
    const ck_conv_shape *shape = work->shape;
    const size_t inputs = work->inputs, stride = work->number_stride, width = shape->kernel[2];
    // Where the first tap within the input lies.
    const size_t x = place[2] * shape->stride[2] + taps.first * shape->dilation[2] - shape->pad[2];
    for (size_t kd = 0; kd < shape->kernel[0]; kd++) {
        const size_t z = place[0] * shape->stride[0] + kd * shape->dilation[0] - shape->pad[0];
        for (size_t ky = 0; ky < shape->kernel[1]; ky++, to += width * inputs) {
            const size_t y = place[1] * shape->stride[1] + ky * shape->dilation[1] - shape->pad[1];
            if (z >= shape->input[0] || y >= shape->input[1] || taps.first == taps.end) {
                CK_I8(conv_i8_clear)(work, to, width * inputs);
                continue;
            }
            const CK_I8(number) *from = work->numbers +
                                        ((z * shape->input[1] + y) * shape->input[2] + x) * stride + group * inputs;
            CK_I8(conv_i8_gather_taps)(work, taps, from, is_dense, to);
        }
    }
    for (size_t p = work->k; p % I8_GROUP != 0; p++) *to++ = 0;
}

// The patches [first, first + count) of a group's channels.
static void CK_I8(conv_i8_gather)(const CK_I8(conv_i8) *work, size_t group, size_t first, size_t count,
                                    CK_I8(number) *rows) {
    const ck_conv_shape *shape = work->shape;
    const bool is_dense = work->inputs == work->number_stride && shape->dilation[2] == 1;
    const size_t reach = (shape->kernel[2] - 1) * shape->dilation[2], plane = shape->output[1] * shape->output[2];
    size_t place[3] = {first / plane, first % plane / shape->output[2], first % shape->output[2]};
    for (size_t r = 0; r < count; r++, rows += work->patch_stride) {
        const size_t start = place[2] * shape->stride[2];
        conv_range taps = {0, shape->kernel[2]};
        // PERF: most patches lie within the width, which needs no divisions.
        if (start < shape->pad[2] || start - shape->pad[2] + reach >= shape->input[2])
            taps = conv_taps(place[2], shape->stride[2], shape->pad[2], shape->dilation[2], shape->kernel[2],
                             shape->input[2]);
        if (is_dense) CK_I8(conv_i8_gather_patch)(work, group, place, taps, true, rows);
        else CK_I8(conv_i8_gather_patch)(work, group, place, taps, false, rows);
        if (++place[2] < shape->output[2]) continue;
        place[2] = 0;
        if (++place[1] < shape->output[1]) continue;
        place[1] = 0;
        place[0]++;
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
