// How sums of 8-bit numbers are stored as floats or integers in blocks of channels.

// Stores one vector of columns channel by channel: where it ends within the group or lies in two blocks of channels, and
// for activations that are more than bounds.
static __attribute__((noinline)) void CK_I8(conv_i8_store_channels)(const CK_I8(conv_i8_part) *part, size_t row,
                                                                      size_t column, size_t rows, const vu *sums) {
    const CK_I8(conv_i8) *work = part->work;
    const conv_end *end = &work->end;
    const size_t left = work->outputs - column, count = left < CK_WIDTH ? left : CK_WIDTH;
    const size_t first = part->channel + column;
    const vf scale = vf_load(part->scales + column) * work->input_scale.value * end->scale;
    const vf bias = end->bias ? CK_NAME(gemm_load_part)(end->bias + first, count) : vf_set(0);
    for (size_t r = 0; r < rows; r++) {
        size_t at[CK_WIDTH];
        float residual[CK_WIDTH] = {0};
        for (size_t i = 0; i < count; i++) {
            at[i] = (first + i) / CK_CHANNEL_BLOCK * part->plane + (part->first + row + r) * CK_CHANNEL_BLOCK +
                    (first + i) % CK_CHANNEL_BLOCK;
            if (end->residual) residual[i] = end->residual[at[i]];
        }
        if (work->integers) {
            for (size_t i = 0; i < count; i++) work->integers[at[i]] = (int32_t)sums[2 * r][i];
            continue;
        }
        vf value = vf_fma(__builtin_convertvector((vi)sums[2 * r], vf), scale, bias) + vf_load(residual);
        value = vf_min(end->high, vf_max(end->low, value));
        if (!end->clamps) value = CK_CONV_ACTIVATE(end->activation, value);
        for (size_t i = 0; i < count; i++) work->floats[at[i]] = value[i];
    }
}

CK_INLINE void CK_I8(conv_i8_store)(const CK_I8(conv_i8_part) *part, size_t row, size_t panel, const int rows,
                                      vu *sums) {
    const CK_I8(conv_i8) *work = part->work;
    const conv_end *end = &work->end;
    const size_t column = panel * GEMM_COLUMNS;
    GEMM_UNROLL
    for (int h = 0; h < 2; h++) {
        const size_t at = column + (size_t)h * CK_WIDTH, channel = part->channel + at;
        if (at >= work->outputs) return;
        const size_t lane = channel % CK_CHANNEL_BLOCK;
        if (at + CK_WIDTH > work->outputs || lane + CK_WIDTH > CK_CHANNEL_BLOCK || !end->clamps) {
            vu stored[2 * GEMM_ROWS];
            GEMM_UNROLL
            for (int r = 0; r < rows; r++) stored[2 * r] = sums[2 * r + h];
            CK_I8(conv_i8_store_channels)(part, row, at, (size_t)rows, stored);
            continue;
        }
        const size_t to = channel / CK_CHANNEL_BLOCK * part->plane + (part->first + row) * CK_CHANNEL_BLOCK + lane;
        if (work->integers) {
            GEMM_UNROLL
            for (int r = 0; r < rows; r++)
                vf_store((float *)(work->integers + to + (size_t)r * CK_CHANNEL_BLOCK), (vf)sums[2 * r + h]);
            continue;
        }
        const vf scale = vf_load(part->scales + at) * work->input_scale.value * end->scale;
        const vf bias = end->bias ? vf_load(end->bias + channel) : vf_set(0);
        const float *residual = end->residual ? end->residual + to : NULL;
        GEMM_UNROLL
        for (int r = 0; r < rows; r++) {
            vf value = vf_fma(__builtin_convertvector((vi)sums[2 * r + h], vf), scale, bias);
            if (residual) value += vf_load(residual + (size_t)r * CK_CHANNEL_BLOCK);
            vf_store(work->floats + to + (size_t)r * CK_CHANNEL_BLOCK, vf_min(end->high, vf_max(end->low, value)));
        }
    }
}

// Zeros behind the last channel.
CK_INLINE void CK_I8(conv_i8_fill)(const CK_I8(conv_i8_part) *part, size_t rows) {
    const CK_I8(conv_i8) *work = part->work;
    const size_t channels = work->shape->output_channels;
    if (work->bytes) return;
    float *output = work->integers ? (float *)work->integers : work->floats;
    output += channels / CK_CHANNEL_BLOCK * part->plane + part->first * CK_CHANNEL_BLOCK;
    for (size_t r = 0; channels % CK_CHANNEL_BLOCK != 0 && r < rows; r++)
        for (size_t c = channels % CK_CHANNEL_BLOCK; c < CK_CHANNEL_BLOCK; c++) output[r * CK_CHANNEL_BLOCK + c] = 0;
}
