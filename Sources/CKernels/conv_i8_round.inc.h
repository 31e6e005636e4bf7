// How sums of 8-bit numbers are stored as numbers of 8 bits, channels last.

CK_INLINE CK_I8(conv_i8_form) CK_I8(conv_i8_form_of)(const ck_quantization *quantization) {
    const int32_t lowest = quantization->is_signed ? -128 : 0, zero = CK_NAME(quantize_zero)(quantization, 0) - lowest;
    const float scale = *quantization->scales;
    return (CK_I8(conv_i8_form)){.scale = vf_divisor_for(scale), .low = vf_set((float)-zero * scale),
                                 .high = vf_set((float)(255 - zero) * scale), .least = vf_set((float)-zero),
                                 .greatest = vf_set((float)(255 - zero)), .zero = zero};
}

// Results within bounds are numbers of 8 bits, so that those of a function that has bounds are its bounds' numbers.
CK_INLINE CK_I8(conv_i8_rounding) CK_I8(conv_i8_rounding_for)(const ck_conv_rounding *rounding, const conv_end *end) {
    CK_I8(conv_i8_rounding) made = {.result = CK_I8(conv_i8_form_of)(rounding->result), .residual = rounding->residual};
    if (rounding->residual) {
        made.residual_form = CK_I8(conv_i8_form_of)(rounding->residual_form);
        made.sum = CK_I8(conv_i8_form_of)(rounding->sum);
    }
    CK_I8(conv_i8_form) *result = &made.result;
    if (end->clamps) {
        result->low = vf_max(result->low, vf_min(end->low, result->high));
        result->high = vf_min(result->high, vf_max(end->high, result->low));
        result->least = vf_max(result->least, result->low / result->scale.value);
        result->greatest = vf_min(result->greatest, result->high / result->scale.value);
    }
    return made;
}

// The number less the zero point of a value that is divided by the scale already, and 1.5 * 2^23: its lowest bits are
// that number.
CK_INLINE vf CK_I8(conv_i8_shifted_quotient)(const CK_I8(conv_i8_form) *form, vf quotient) {
    return vf_min(vf_max(quotient, form->least), form->greatest) + vf_set(12582912);
}

// The same of a value.
CK_INLINE vf CK_I8(conv_i8_shifted)(const CK_I8(conv_i8_form) *form, vf value) {
    const vf bounded = vf_min(vf_max(value, form->low), form->high);
#if CK_HAS_FMA
    // NUMERICS: one correction of a quotient below 2^9 gives what division gives, but for one in some millions.
    const vf estimate = bounded * form->scale.reciprocal;
    const vf rest = vf_fma(-estimate, form->scale.value, bounded);
    const vf quotient = vf_fma(rest, form->scale.reciprocal, estimate);
#else
    const vf quotient = bounded / form->scale.value;
#endif
    return quotient + vf_set(12582912);
}

CK_INLINE CK_NAME(u8s) CK_I8(conv_i8_number)(const CK_I8(conv_i8_form) *form, vf shifted) {
    return __builtin_convertvector(vf_bits(shifted) + (vi)form->zero, CK_NAME(u8s));
}

// A sum, divided by its scale, and the residual's numbers, each a float as DequantizeLinear has it.
CK_INLINE vf CK_I8(conv_i8_add_residual)(const CK_I8(conv_i8_rounding) *rounding, vf quotient,
                                         CK_NAME(u8s) residual) {
    const vf whole = CK_I8(conv_i8_shifted_quotient)(&rounding->sum, quotient) - vf_set(12582912);
    const vf rounded = whole * rounding->sum.scale.value;
    const vi numbers = __builtin_convertvector(residual, vi) - (vi)rounding->residual_form.zero;
    const vf addend = __builtin_convertvector(numbers, vf) * rounding->residual_form.scale.value;
    return rounded + addend;
}

// A scale that is not infinite, so that sums of 0 are 0; what is not a number stays so.
CK_INLINE vf CK_I8(conv_i8_finite)(vf scale) {
    return vf_max(vf_set(-__FLT_MAX__), vf_min(vf_set(__FLT_MAX__), scale));
}

// Rows of a panel that ends within the group, or whose activation is more than bounds.
static __attribute__((noinline)) void CK_I8(conv_i8_round_part)(const CK_I8(conv_i8_part) *part, size_t row,
                                                                size_t panel, size_t rows, const vu *sums) {
    const CK_I8(conv_i8) *work = part->work;
    const conv_end *end = &work->end;
    const CK_I8(conv_i8_rounding) *rounding = &work->rounding;
    const size_t stride = ck_pixel_bytes(work->shape->output_channels);
    for (size_t column = panel * GEMM_COLUMNS, h = 0; h < 2 && column < work->outputs; h++, column += CK_WIDTH) {
        const size_t count = conv_smaller(work->outputs - column, CK_WIDTH), channel = part->channel + column;
        const vf divisor = rounding->residual ? rounding->sum.scale.value : vf_set(1);
        const vf scales = vf_load(part->scales + column) * work->input_scale.value * end->scale;
        const vf scale = CK_I8(conv_i8_finite)(scales / divisor);
        const vf bias = (end->bias ? CK_NAME(gemm_load_part)(end->bias + channel, count) : vf_set(0)) / divisor;
        for (size_t r = 0; r < rows; r++) {
            const size_t at = (part->first + row + r) * stride + channel;
            vf value = vf_fma(__builtin_convertvector((vi)sums[2 * r + h], vf), scale, bias);
            if (rounding->residual) {
                CK_NAME(u8s) residual = (CK_NAME(u8s))0;
                for (size_t i = 0; i < count; i++) residual[i] = rounding->residual[at + i];
                value = CK_I8(conv_i8_add_residual)(rounding, value, residual);
            }
            if (!end->clamps) value = CK_CONV_ACTIVATE(end->activation, value);
            const CK_NAME(u8s) numbers =
                CK_I8(conv_i8_number)(&rounding->result, CK_I8(conv_i8_shifted)(&rounding->result, value));
            for (size_t i = 0; i < count; i++) work->bytes[at + i] = numbers[i];
        }
    }
}

CK_INLINE void CK_I8(conv_i8_round_rows)(const CK_I8(conv_i8_part) *part, size_t row, size_t column, size_t rows,
                                         const bool has_residual, const vu *sums) {
    const CK_I8(conv_i8) *work = part->work;
    const conv_end *end = &work->end;
    const CK_I8(conv_i8_rounding) rounding = work->rounding;
    const size_t stride = ck_pixel_bytes(work->shape->output_channels), channel = part->channel + column;
    const size_t first = (part->first + row) * stride + channel;
    uint8_t *to = work->bytes + first;
    const uint8_t *residual = has_residual ? rounding.residual + first : NULL;
    // PERF: the scale of what is rounded first is a part of the sums'.
    const vf divisor = has_residual ? rounding.sum.scale.value : rounding.result.scale.value;
    const vf scale = work->input_scale.value * end->scale / divisor;
    vf scales[2], biases[2];
    GEMM_UNROLL
    for (size_t h = 0; h < 2; h++) {
        scales[h] = CK_I8(conv_i8_finite)(vf_load(part->scales + column + h * CK_WIDTH) * scale);
        biases[h] = end->bias ? vf_load(end->bias + channel + h * CK_WIDTH) / divisor : vf_set(0);
    }
    for (size_t r = 0; r < rows; r++, to += stride) {
        CK_NAME(u8s) numbers[2];
        GEMM_UNROLL
        for (size_t h = 0; h < 2; h++) {
            vf value = vf_fma(__builtin_convertvector((vi)sums[2 * r + h], vf), scales[h], biases[h]);
            if (has_residual) {
                CK_NAME(u8s) addend;
                memcpy(&addend, residual + r * stride + h * CK_WIDTH, sizeof addend);
                value = CK_I8(conv_i8_shifted)(&rounding.result, CK_I8(conv_i8_add_residual)(&rounding, value, addend));
            } else {
                value = CK_I8(conv_i8_shifted_quotient)(&rounding.result, value);
            }
            numbers[h] = CK_I8(conv_i8_number)(&rounding.result, value);
        }
        memcpy(to, numbers, sizeof numbers);
    }
}

// PERF: one text for all heights of tiles, whose sums pass through memory, so that its constants have registers.
static __attribute__((noinline)) void CK_I8(conv_i8_round)(const CK_I8(conv_i8_part) *part, size_t row, size_t panel,
                                                           size_t rows, const vu *sums) {
    const CK_I8(conv_i8) *work = part->work;
    const size_t column = panel * GEMM_COLUMNS;
    if (column + GEMM_COLUMNS > work->outputs || !work->end.clamps)
        CK_I8(conv_i8_round_part)(part, row, panel, rows, sums);
    else if (work->rounding.residual) CK_I8(conv_i8_round_rows)(part, row, column, rows, true, sums);
    else CK_I8(conv_i8_round_rows)(part, row, column, rows, false, sums);
}
