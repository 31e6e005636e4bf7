// DynamicQuantizeLinear of ONNX, by rows.

typedef uint8_t CK_NAME(u8s) __attribute__((ext_vector_type(CK_WIDTH)));

#define GEMM_QUANTIZE_PARTS 64

typedef struct CK_NAME(quantize_call) {
    size_t rows, columns, parts, rows_per_task;
    const float *x;
    size_t x_stride;
    uint8_t *y;
    size_t y_stride;
    float *scales;
    uint8_t *zero_points;
    float lows[GEMM_QUANTIZE_PARTS], highs[GEMM_QUANTIZE_PARTS], poisons[GEMM_QUANTIZE_PARTS];
} CK_NAME(quantize_call);

// The range of the numbers and zero; `poison` is NaN where one of them is NaN or infinite, 0 otherwise.
static void CK_NAME(quantize_range)(const float *x, size_t count, float *low, float *high, float *poison) {
    vf lows[2] = {vf_set(0), vf_set(0)}, highs[2] = {vf_set(0), vf_set(0)}, poisons = vf_set(0);
    size_t i = 0;
    for (; i + 2 * CK_WIDTH <= count; i += 2 * CK_WIDTH)
        for (size_t h = 0; h < 2; h++) {
            const vf value = vf_load(x + i + h * CK_WIDTH);
            lows[h] = vf_min(value, lows[h]);
            highs[h] = vf_max(value, highs[h]);
            poisons += value - value;
        }
    *high = vf_highest(vf_max(highs[0], highs[1]));
    *low = -vf_highest(-vf_min(lows[0], lows[1]));
    *poison = vf_sum(poisons);
    for (; i < count; i++) {
        if (x[i] < *low) *low = x[i];
        if (x[i] > *high) *high = x[i];
        *poison += x[i] - x[i];
    }
}

// What is far below 2^22, rounded to even.
CK_INLINE vf CK_NAME(quantize_round_small)(vf value) {
    // NUMERICS: adding 1.5 · 2^23 leaves no bits behind the point.
    const vf shift = vf_set(12582912);
    return value + shift - shift;
}

CK_INLINE vf CK_NAME(quantize_round)(vf value) {
    return CK_NAME(quantize_round_small)(vf_min(vf_max(value, vf_set(-1024)), vf_set(1024)));
}

CK_INLINE CK_NAME(u8s) CK_NAME(quantize_vector)(vf value, vf_divisor divisor, vf zero) {
    const vf rounded = CK_NAME(quantize_round)(vf_divide(value, divisor)) + zero;
    const vf saturated = vf_min(vf_max(rounded, vf_set(0)), vf_set(255));
    return __builtin_convertvector(__builtin_convertvector(saturated, vi), CK_NAME(u8s));
}

static void CK_NAME(quantize_numbers)(const float *x, uint8_t *y, size_t count, float scale, uint8_t zero_point) {
    const vf_divisor divisor = vf_divisor_for(scale);
    const vf zero = vf_set(zero_point);
    size_t i = 0;
    for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
        const CK_NAME(u8s) bytes = CK_NAME(quantize_vector)(vf_load(x + i), divisor, zero);
        memcpy(y + i, &bytes, sizeof bytes);
    }
    if (i < count) {
        const vf value = CK_NAME(gemm_load_part)(x + i, count - i);
        const CK_NAME(u8s) bytes = CK_NAME(quantize_vector)(value, divisor, zero);
        memcpy(y + i, &bytes, count - i);
    }
}

static void CK_NAME(quantize_parameters)(float low, float high, float *scale, uint8_t *zero_point) {
    *scale = (high - low) / 255;
    if (*scale == 0) *scale = 1;
    const vf zero = CK_NAME(quantize_round)(vf_set(-low / *scale));
    *zero_point = zero[0] > 255 ? 255 : zero[0] > 0 ? (uint8_t)zero[0] : 0;
}

static void CK_NAME(quantize_some_rows)(void *context, size_t task) {
    const CK_NAME(quantize_call) *call = context;
    const size_t begin = task * call->rows_per_task;
    const size_t end = call->rows - begin < call->rows_per_task ? call->rows : begin + call->rows_per_task;
    for (size_t i = begin; i < end; i++) {
        float low, high, poison;
        CK_NAME(quantize_range)(call->x + i * call->x_stride, call->columns, &low, &high, &poison);
        CK_NAME(quantize_parameters)(low, high, &call->scales[i], &call->zero_points[i]);
        CK_NAME(quantize_numbers)(call->x + i * call->x_stride, call->y + i * call->y_stride, call->columns,
                                  call->scales[i], call->zero_points[i]);
        call->scales[i] += poison;
    }
}

static void CK_NAME(quantize_part_range)(void *context, size_t part) {
    CK_NAME(quantize_call) *call = context;
    const size_t begin = ck_gemm_part(call->columns, call->parts, part);
    const size_t end = ck_gemm_part(call->columns, call->parts, part + 1);
    CK_NAME(quantize_range)(call->x + begin, end - begin, &call->lows[part], &call->highs[part],
                            &call->poisons[part]);
}

static void CK_NAME(quantize_part_numbers)(void *context, size_t part) {
    CK_NAME(quantize_call) *call = context;
    const size_t begin = ck_gemm_part(call->columns, call->parts, part);
    const size_t end = ck_gemm_part(call->columns, call->parts, part + 1);
    CK_NAME(quantize_numbers)(call->x + begin, call->y + begin, end - begin, *call->scales, *call->zero_points);
}

static void CK_NAME(u8_quantize_rows)(size_t rows, size_t columns, const float *x, size_t x_row_stride, uint8_t *y,
                                      size_t y_row_stride, float *scales, uint8_t *zero_points, ck_pool *pool) {
    if (rows == 0) return;
    CK_NAME(quantize_call) call = {.rows = rows, .columns = columns, .rows_per_task = 1 + 65536 / (columns + 1), .x = x,
                                   .x_stride = x_row_stride, .y = y, .y_stride = y_row_stride, .scales = scales,
                                   .zero_points = zero_points};
    const size_t tasks = (rows - 1) / call.rows_per_task + 1;
    if (rows >= 4 || columns < 131072 || ck_pool_thread_count(pool) < 2) {
        ck_pool_run(tasks > 1 ? pool : NULL, tasks, CK_NAME(quantize_some_rows), &call);
        return;
    }
    call.parts = columns / 32768 < GEMM_QUANTIZE_PARTS ? columns / 32768 : GEMM_QUANTIZE_PARTS;
    for (size_t i = 0; i < rows; i++) {
        ck_pool_run(pool, call.parts, CK_NAME(quantize_part_range), &call);
        float low = 0, high = 0, poison = 0;
        for (size_t part = 0; part < call.parts; part++) {
            if (call.lows[part] < low) low = call.lows[part];
            if (call.highs[part] > high) high = call.highs[part];
            poison += call.poisons[part];
        }
        CK_NAME(quantize_parameters)(low, high, call.scales, call.zero_points);
        ck_pool_run(pool, call.parts, CK_NAME(quantize_part_numbers), &call);
        *call.scales += poison;
        call.x += x_row_stride;
        call.y += y_row_stride;
        call.scales++;
        call.zero_points++;
    }
}
