typedef struct CK_NAME(layer_work) {
    const ck_layer_norm *norm;
    size_t pieces;
} CK_NAME(layer_work);

// The sum of (x - mean)².
static double CK_NAME(row_deviation)(const float *x, size_t count, float mean) {
    double total = 0;
    for (size_t block = 0; block < count; block += 128 * CK_WIDTH) {
        const size_t left = count - block, some = left < 128 * CK_WIDTH ? left : 128 * CK_WIDTH;
        vf sums[4] = {0};
        size_t i = 0;
        for (; i + 4 * CK_WIDTH <= some; i += 4 * CK_WIDTH)
            for (int v = 0; v < 4; v++) {
                const vf d = vf_load(x + block + i + v * CK_WIDTH) - mean;
                sums[v] = vf_fma(d, d, sums[v]);
            }
        for (; i + CK_WIDTH <= some; i += CK_WIDTH) {
            const vf d = vf_load(x + block + i) - mean;
            sums[0] = vf_fma(d, d, sums[0]);
        }
        if (i < some) {
            const vf d = CK_NAME(load_filled)(x + block + i, some - i, mean) - mean;
            sums[1] = vf_fma(d, d, sums[1]);
        }
        total += vf_sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
    }
    return total;
}

CK_INLINE vf CK_NAME(layer_vector)(vf x, float mean, float factor, const float *scale, const float *bias, size_t i,
                                   size_t head) {
    vf value = (x - mean) * factor;
    if (scale) value *= CK_NAME(load_column)(scale + i, head);
    if (bias) value += CK_NAME(load_column)(bias + i, head);
    return value;
}

CK_INLINE void CK_NAME(layer_row)(const float *x, size_t count, float mean, float factor, const float *scale,
                                  const float *bias, float *y) {
    size_t i = 0;
    for (; i + CK_WIDTH <= count; i += CK_WIDTH)
        vf_store(y + i, CK_NAME(layer_vector)(vf_load(x + i), mean, factor, scale, bias, i, 0));
    if (i == count) return;
    const vf value = vf_load_head(x + i, count - i);
    vf_store_head(y + i, CK_NAME(layer_vector)(value, mean, factor, scale, bias, i, count - i), count - i);
}

// s = x + residual + addend.
static void CK_NAME(layer_sum)(const float *x, const float *residual, const float *addend, float *s, size_t count) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t head = count - i < CK_WIDTH ? count - i : 0;
        vf value = CK_NAME(load_column)(x + i, head);
        if (residual) value += CK_NAME(load_column)(residual + i, head);
        if (addend) value += CK_NAME(load_column)(addend + i, head);
        CK_NAME(store_column)(s + i, value, head);
    }
}

static void CK_NAME(layer_task)(void *context, size_t index) {
    const CK_NAME(layer_work) *work = context;
    const ck_layer_norm *norm = work->norm;
    const size_t count = norm->columns, end = CK_NAME(piece_start)(norm->rows, work->pieces, index + 1);
    for (size_t row = CK_NAME(piece_start)(norm->rows, work->pieces, index); row < end; row++) {
        const float *s = norm->x + row * count;
        float *y = norm->y + row * count;
        if (norm->residual || norm->addend || norm->sum) {
            float *to = norm->sum ? norm->sum + row * count : y;
            const float *residual = norm->residual ? norm->residual + row % norm->residual_rows * count : NULL;
            CK_NAME(layer_sum)(s, residual, norm->addend, to, count);
            s = to;
        }
        const float mean = norm->centred ? (float)(CK_NAME(row_sum)(s, count) / (double)count) : 0.0f;
        const double variance = CK_NAME(row_deviation)(s, count, mean) / (double)count;
        const float factor = (float)(1.0 / sqrt(variance + (double)norm->epsilon));
        if (norm->scale && norm->bias) CK_NAME(layer_row)(s, count, mean, factor, norm->scale, norm->bias, y);
        else if (norm->scale) CK_NAME(layer_row)(s, count, mean, factor, norm->scale, NULL, y);
        else CK_NAME(layer_row)(s, count, mean, factor, NULL, norm->bias, y);
        if (norm->mean) norm->mean[row] = mean;
        if (norm->inverse_deviation) norm->inverse_deviation[row] = factor;
    }
}

static void CK_NAME(f32_layer_norm)(const ck_layer_norm *norm, ck_pool *pool) {
    if (norm->rows == 0) return;
    CK_NAME(layer_work) work = {norm, 1};
    work.pieces = CK_NAME(piece_count)(pool, norm->rows, CK_NAME(items_per_piece)(norm->columns) / 2 + 1);
    ck_pool_run(pool, work.pieces, CK_NAME(layer_task), &work);
}

typedef struct CK_NAME(channel_work) {
    const float *x;
    size_t outer;
    size_t groups;
    size_t channels;
    size_t inner;
    const float *scale;
    const float *shift;
    float epsilon;
    const ck_activation *activation;
    float *y;
    size_t pieces;
} CK_NAME(channel_work);

// y = x * scale + shift, each a number for all or a number for each element.
CK_INLINE void CK_NAME(scale_row)(bool steps, const float *x, const float *scale, const float *shift, float *y,
                                  size_t count) {
    const vf first_scale = vf_set(*scale), first_shift = vf_set(*shift);
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t head = count - i < CK_WIDTH ? count - i : 0;
        const vf a = steps ? CK_NAME(load_column)(scale + i, head) : first_scale;
        const vf b = steps ? CK_NAME(load_column)(shift + i, head) : first_shift;
        CK_NAME(store_column)(y + i, vf_fma(CK_NAME(load_column)(x + i, head), a, b), head);
    }
}

static void CK_NAME(batch_task)(void *context, size_t index) {
    const CK_NAME(channel_work) *work = context;
    const bool steps = work->inner == 1;
    const size_t rows = steps ? work->outer : work->outer * work->channels;
    const size_t columns = steps ? work->channels : work->inner;
    const size_t end = CK_NAME(piece_start)(rows, work->pieces, index + 1);
    for (size_t row = CK_NAME(piece_start)(rows, work->pieces, index); row < end; row++) {
        const size_t channel = steps ? 0 : row % work->channels;
        for (size_t i = 0; i < columns; i += 4096) {
            const size_t some = columns - i < 4096 ? columns - i : 4096;
            const float *x = work->x + row * columns + i;
            float *y = work->y + row * columns + i;
            if (steps) CK_NAME(scale_row)(true, x, work->scale + i, work->shift + i, y, some);
            else CK_NAME(scale_row)(false, x, work->scale + channel, work->shift + channel, y, some);
            if (work->activation) CK_NAME(map_span)(work->activation, y, y, some);
        }
    }
}

static void CK_NAME(f32_batch_norm)(const float *x, size_t outer, size_t channels, size_t inner, const float *scale,
                                    const float *shift, const ck_activation *activation, float *y, ck_pool *pool) {
    if (outer == 0 || channels == 0 || inner == 0) return;
    const bool is_identity = !activation || activation->function == CK_IDENTITY;
    CK_NAME(channel_work) work = {.x = x, .outer = outer, .channels = channels, .inner = inner, .scale = scale,
                                  .shift = shift, .activation = is_identity ? NULL : activation, .y = y};
    const size_t rows = inner == 1 ? outer : outer * channels, columns = inner == 1 ? channels : inner;
    work.pieces = CK_NAME(piece_count)(pool, rows, CK_NAME(items_per_piece)(columns));
    ck_pool_run(pool, work.pieces, CK_NAME(batch_task), &work);
}

// y = (x - mean) * scale + shift.
static void CK_NAME(centre_row)(const float *x, float mean, float scale, float shift, float *y, size_t count) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t head = count - i < CK_WIDTH ? count - i : 0;
        const vf centred = CK_NAME(load_column)(x + i, head) - mean;
        CK_NAME(store_column)(y + i, vf_fma(centred, vf_set(scale), vf_set(shift)), head);
    }
}

static void CK_NAME(group_task)(void *context, size_t index) {
    const CK_NAME(channel_work) *work = context;
    const size_t rows = work->outer * work->groups, each = work->channels / work->groups;
    const size_t count = each * work->inner;
    const size_t end = CK_NAME(piece_start)(rows, work->pieces, index + 1);
    for (size_t row = CK_NAME(piece_start)(rows, work->pieces, index); row < end; row++) {
        const float *x = work->x + row * count;
        const double mean = CK_NAME(row_sum)(x, count) / (double)count;
        const double variance = CK_NAME(row_deviation)(x, count, (float)mean) / (double)count;
        const double factor = 1.0 / sqrt(variance + (double)work->epsilon);
        for (size_t i = 0; i < each; i++) {
            const size_t channel = row % work->groups * each + i;
            const size_t at = row * count + i * work->inner;
            CK_NAME(centre_row)(work->x + at, (float)mean, (float)(work->scale[channel] * factor),
                                work->shift[channel], work->y + at, work->inner);
        }
    }
}

static void CK_NAME(f32_group_norm)(const float *x, size_t outer, size_t groups, size_t channels, size_t inner,
                                    const float *scale, const float *bias, float epsilon, float *y, ck_pool *pool) {
    if (outer == 0 || channels == 0 || inner == 0 || groups == 0) return;
    CK_NAME(channel_work) work = {.x = x, .outer = outer, .groups = groups, .channels = channels, .inner = inner,
                                  .scale = scale, .shift = bias, .epsilon = epsilon, .y = y};
    work.pieces = CK_NAME(piece_count)(pool, outer * groups,
                                       CK_NAME(items_per_piece)(channels / groups * inner) / 2 + 1);
    ck_pool_run(pool, work.pieces, CK_NAME(group_task), &work);
}

typedef struct CK_NAME(lrn_work) {
    const float *x;
    size_t outer;
    size_t channels;
    size_t inner;
    size_t size;
    float alpha;
    float beta;
    float bias;
    float *y;
    size_t pieces;
} CK_NAME(lrn_work);

static void CK_NAME(lrn_task)(void *context, size_t index) {
    const CK_NAME(lrn_work) *work = context;
    const size_t rows = work->outer * work->channels, before = (work->size - 1) / 2, after = work->size / 2;
    const size_t end = CK_NAME(piece_start)(rows, work->pieces, index + 1);
    const float alpha = work->alpha / (float)work->size;
    for (size_t row = CK_NAME(piece_start)(rows, work->pieces, index); row < end; row++) {
        const size_t channel = row % work->channels;
        const size_t first = channel < before ? 0 : channel - before;
        const size_t last = work->channels - channel <= after ? work->channels - 1 : channel + after;
        const float *image = work->x + (row - channel) * work->inner;
        for (size_t i = 0; i < work->inner; i += CK_WIDTH) {
            const size_t head = work->inner - i < CK_WIDTH ? work->inner - i : 0;
            vf sum = vf_set(0);
            for (size_t c = first; c <= last; c++) {
                const vf value = CK_NAME(load_column)(image + c * work->inner + i, head);
                sum = vf_fma(value, value, sum);
            }
            const vf base = vf_fma(sum, vf_set(alpha), vf_set(work->bias));
            vf power;
            if (work->beta == 0.75f) {
                const vf root = __builtin_elementwise_sqrt(base);
                power = 1.0f / (root * __builtin_elementwise_sqrt(root));
            } else {
                power = vf_exp(vf_log(base) * -work->beta);
            }
            CK_NAME(store_column)(work->y + row * work->inner + i,
                                  CK_NAME(load_column)(image + channel * work->inner + i, head) * power, head);
        }
    }
}

static void CK_NAME(f32_lrn)(const float *x, size_t outer, size_t channels, size_t inner, size_t size, float alpha,
                             float beta, float bias, float *y, ck_pool *pool) {
    if (outer == 0 || channels == 0 || inner == 0 || size == 0) return;
    CK_NAME(lrn_work) work = {x, outer, channels, inner, size, alpha, beta, bias, y, 1};
    work.pieces = CK_NAME(piece_count)(pool, outer * channels, CK_NAME(items_per_piece)(inner) / 4 + 1);
    ck_pool_run(pool, work.pieces, CK_NAME(lrn_task), &work);
}
