// Numbers of 8 bits and the floats that they stand for.

// One channel's numbers: their scale and zero point, the range of the numbers less the zero point, and that of what they
// stand for where the scale is no extreme.
typedef struct CK_NAME(quantize_channel) {
    vf_divisor scale;
    vf zero, low, high;
    bool has_range;
    vf least, greatest;
} CK_NAME(quantize_channel);

typedef struct CK_NAME(quantize_work) {
    const ck_quantization *quantization;
    // Either the bytes or one of the floats is missing.
    const float *floats;
    const uint8_t *bytes;
    uint8_t *to_bytes;
    float *to_floats;
    size_t pieces;
} CK_NAME(quantize_work);

CK_INLINE int32_t CK_NAME(quantize_zero)(const ck_quantization *quantization, size_t channel) {
    if (!quantization->zero_points) return 0;
    return quantization->is_signed ? ((const int8_t *)quantization->zero_points)[channel]
                                   : ((const uint8_t *)quantization->zero_points)[channel];
}

CK_INLINE CK_NAME(quantize_channel) CK_NAME(quantize_channel_for)(const ck_quantization *all, size_t channel) {
    const float scale = all->scales[channel];
    const int32_t zero = CK_NAME(quantize_zero)(all, channel), low = (all->is_signed ? -128 : 0) - zero;
    return (CK_NAME(quantize_channel)){
        .scale = vf_divisor_for(scale), .zero = vf_set((float)zero), .low = vf_set((float)low),
        .high = vf_set((float)(low + 255)), .has_range = vf_is_usual(scale),
        .least = vf_set((float)low * scale), .greatest = vf_set((float)(low + 255) * scale)};
}

// The number less the zero point.
CK_INLINE vf CK_NAME(quantize_value)(vf value, const CK_NAME(quantize_channel) *by) {
    // PERF: what is within the range needs no bounds later.
    if (by->has_range) {
        const vf quotient = vf_divide_small(vf_min(vf_max(value, by->least), by->greatest), by->scale);
        return CK_NAME(quantize_round_small)(quotient);
    }
    return vf_min(vf_max(CK_NAME(quantize_round)(vf_divide(value, by->scale)), by->low), by->high);
}

CK_INLINE void CK_NAME(quantize_to_bytes)(const CK_NAME(quantize_channel) *by, const float *x, uint8_t *y, size_t count) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = count - i < CK_WIDTH ? count - i : CK_WIDTH;
        const vf value = CK_NAME(quantize_value)(
            rest == CK_WIDTH ? vf_load(x + i) : CK_NAME(gemm_load_part)(x + i, rest), by) + by->zero;
        const CK_NAME(u8s) bytes = __builtin_convertvector(__builtin_convertvector(value, vi), CK_NAME(u8s));
        if (rest == CK_WIDTH) memcpy(y + i, &bytes, sizeof bytes);
        else memcpy(y + i, &bytes, rest);
    }
}

CK_INLINE void CK_NAME(quantize_to_floats)(const CK_NAME(quantize_channel) *by, const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = count - i < CK_WIDTH ? count - i : CK_WIDTH;
        const vf value = rest == CK_WIDTH ? vf_load(x + i) : CK_NAME(gemm_load_part)(x + i, rest);
        const vf result = CK_NAME(quantize_value)(value, by) * by->scale.value;
        if (rest == CK_WIDTH) vf_store(y + i, result);
        else CK_NAME(gemm_store_part)(y + i, result, rest);
    }
}

CK_INLINE void CK_NAME(quantize_from_bytes)(bool is_signed, int32_t zero, float scale, const uint8_t *x,
                                            float *restrict y, size_t count) {
    if (is_signed)
        for (size_t i = 0; i < count; i++) y[i] = (float)((int8_t)x[i] - zero) * scale;
    else
        for (size_t i = 0; i < count; i++) y[i] = (float)(x[i] - zero) * scale;
}

static void CK_NAME(quantize_task)(void *context, size_t index) {
    const CK_NAME(quantize_work) *work = context;
    const ck_quantization *all = work->quantization;
    const size_t count = all->outer * all->channels * all->inner;
    const size_t end = CK_NAME(piece_start)(count, work->pieces, index + 1);
    for (size_t at = CK_NAME(piece_start)(count, work->pieces, index); at < end;) {
        const size_t channel = at / all->inner % all->channels;
        const size_t row = all->inner - at % all->inner;
        const size_t length = row < end - at ? row : end - at;
        if (work->bytes) {
            CK_NAME(quantize_from_bytes)(all->is_signed, CK_NAME(quantize_zero)(all, channel), all->scales[channel],
                                         work->bytes + at, work->to_floats + at, length);
        } else {
            const CK_NAME(quantize_channel) by = CK_NAME(quantize_channel_for)(all, channel);
            if (work->to_bytes) CK_NAME(quantize_to_bytes)(&by, work->floats + at, work->to_bytes + at, length);
            else CK_NAME(quantize_to_floats)(&by, work->floats + at, work->to_floats + at, length);
        }
        at += length;
    }
}

static void CK_NAME(run_quantize)(CK_NAME(quantize_work) work, ck_pool *pool) {
    const ck_quantization *all = work.quantization;
    const size_t count = all->outer * all->channels * all->inner;
    if (count == 0) return;
    work.pieces = CK_NAME(piece_count)(pool, count, 32768);
    ck_pool_run(work.pieces > 1 ? pool : NULL, work.pieces, CK_NAME(quantize_task), &work);
}

static void CK_NAME(i8_quantize)(const ck_quantization *quantization, const float *x, void *y, ck_pool *pool) {
    CK_NAME(run_quantize)((CK_NAME(quantize_work)){.quantization = quantization, .floats = x, .to_bytes = y}, pool);
}

static void CK_NAME(i8_dequantize)(const ck_quantization *quantization, const void *x, float *y, ck_pool *pool) {
    CK_NAME(run_quantize)((CK_NAME(quantize_work)){.quantization = quantization, .bytes = x, .to_floats = y}, pool);
}

static void CK_NAME(f32_requantize)(const ck_quantization *quantization, const float *x, float *y, ck_pool *pool) {
    CK_NAME(run_quantize)((CK_NAME(quantize_work)){.quantization = quantization, .floats = x, .to_floats = y}, pool);
}

static void CK_NAME(u8_range)(const float *x, size_t count, float *scale, uint8_t *zero_point, ck_pool *pool) {
    CK_NAME(quantize_call) call = {.columns = count, .x = x, .parts = 1};
    if (count >= 65536 && ck_pool_thread_count(pool) > 1)
        call.parts = count / 32768 < GEMM_QUANTIZE_PARTS ? count / 32768 : GEMM_QUANTIZE_PARTS;
    ck_pool_run(call.parts > 1 ? pool : NULL, call.parts, CK_NAME(quantize_part_range), &call);
    float low = 0, high = 0;
    for (size_t part = 0; part < call.parts; part++) {
        if (call.lows[part] < low) low = call.lows[part];
        if (call.highs[part] > high) high = call.highs[part];
    }
    CK_NAME(quantize_parameters)(low, high, scale, zero_point);
}
