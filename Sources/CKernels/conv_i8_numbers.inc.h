// The numbers of 8 bits of a convolution's input.

// The numbers less the zero point, whose bounds are whole, so that it is all the same whether they apply before or after
// rounding; with VNNI less their lower bound.
CK_INLINE CK_I8(numbers) CK_I8(conv_i8_numbers)(const CK_I8(conv_i8) *work, vf value) {
    const vf bounded = vf_min(vf_max(vf_divide(value, work->input_scale), vf_set(work->low)), vf_set(work->high));
    const vf rounded = CK_NAME(quantize_round_small)(bounded);
    const vf numbers = CK_HAS_VNNI ? rounded - vf_set(work->low) : rounded;
    return __builtin_convertvector(__builtin_convertvector(numbers, vi), CK_I8(numbers));
}

// A row of places of one block of channels, `step` blocks apart.
CK_INLINE void CK_I8(conv_i8_quantize_blocks)(const CK_I8(conv_i8) *work, const float *from, size_t step,
                                                size_t count, size_t channels, CK_I8(number) *to) {
    for (size_t i = 0; i < count; i++, from += step * CK_CHANNEL_BLOCK, to += work->number_stride) {
        CK_I8(numbers) numbers[CK_BLOCK_VECTORS];
        GEMM_UNROLL
        for (size_t v = 0; v < CK_BLOCK_VECTORS; v++)
            numbers[v] = CK_I8(conv_i8_numbers)(work, vf_load(from + v * CK_WIDTH));
        if (channels == CK_CHANNEL_BLOCK) memcpy(to, numbers, sizeof numbers);
        else memcpy(to, numbers, channels * sizeof(*to));
    }
}

// A row of places of one channel, `step` elements apart.
CK_INLINE void CK_I8(conv_i8_quantize_channel)(const CK_I8(conv_i8) *work, const float *from, size_t step,
                                                 size_t count, CK_I8(number) *to) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = conv_smaller(count - i, CK_WIDTH);
        vf value = vf_set(0);
        if (step == 1) value = rest == CK_WIDTH ? vf_load(from + i) : CK_NAME(gemm_load_part)(from + i, rest);
        else
            for (size_t j = 0; j < rest; j++) value[j] = from[(i + j) * step];
        const CK_I8(numbers) numbers = CK_I8(conv_i8_numbers)(work, value);
        for (size_t j = 0; j < rest; j++, to += work->number_stride) *to = numbers[j];
    }
}

#if CK_HAS_VNNI
// Neighbouring places of three channels, `plane` elements apart, as many as vectors have; says how many.
// PERF: most images have three channels, and are read once.
CK_INLINE size_t CK_I8(conv_i8_quantize_three)(const CK_I8(conv_i8) *work, const float *from, size_t plane,
                                               size_t count, uint8_t *to) {
    typedef uint8_t pair __attribute__((ext_vector_type(2 * CK_WIDTH)));
    size_t i = 0;
    for (; i + CK_WIDTH <= count; i += CK_WIDTH, to += 3 * CK_WIDTH) {
        const CK_I8(numbers) first = CK_I8(conv_i8_numbers)(work, vf_load(from + i));
        const CK_I8(numbers) second = CK_I8(conv_i8_numbers)(work, vf_load(from + plane + i));
        const CK_I8(numbers) third = CK_I8(conv_i8_numbers)(work, vf_load(from + 2 * plane + i));
        const pair low = __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                                 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
        const pair high = __builtin_shufflevector(third, third, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0,
                                                  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        const CK_I8(numbers) mixed[3] = {
            __builtin_shufflevector(low, high, 0, 16, 32, 1, 17, 33, 2, 18, 34, 3, 19, 35, 4, 20, 36, 5),
            __builtin_shufflevector(low, high, 21, 37, 6, 22, 38, 7, 23, 39, 8, 24, 40, 9, 25, 41, 10, 26),
            __builtin_shufflevector(low, high, 42, 11, 27, 43, 12, 28, 44, 13, 29, 45, 14, 30, 46, 15, 31, 47)};
        memcpy(to, mixed, sizeof mixed);
    }
    return i;
}
#endif

// Places whose numbers are bytes, `step` pixels apart, as numbers less the zero point.
CK_INLINE void CK_I8(conv_i8_widen)(const CK_I8(conv_i8) *work, const uint8_t *from, size_t step, size_t count,
                                      CK_I8(number) *to) {
    const size_t channels = work->shape->input_channels, pixel = ck_pixel_bytes(channels);
    const int lowest = CK_HAS_VNNI ? 0 : (int)work->low;
    for (size_t i = 0; i < count; i++, from += step * pixel, to += work->number_stride)
        for (size_t c = 0; c < channels; c++) to[c] = (CK_I8(number))(from[c] + lowest);
}

// A row of places, `at` and on within the input, `step` pixels apart.
static void CK_I8(conv_i8_quantize_row)(const CK_I8(conv_i8) *work, size_t at, size_t step, size_t count,
                                        CK_I8(number) *to) {
    const ck_conv_shape *shape = work->shape;
    const size_t channels = shape->input_channels, plane = conv_volume(shape->input);
    const float *from = work->input;
    if (work->layout == CK_CHANNELS_LAST) {
        CK_I8(conv_i8_widen)(work, (const uint8_t *)work->input + at * ck_pixel_bytes(channels), step, count, to);
    } else if (work->layout == CK_BLOCKED) {
        for (size_t c = 0; c < channels; c += CK_CHANNEL_BLOCK)
            CK_I8(conv_i8_quantize_blocks)
            (work, from + c * plane + at * CK_CHANNEL_BLOCK, step, count, conv_smaller(CK_CHANNEL_BLOCK, channels - c),
             to + c);
    } else {
        size_t done = 0;
#if CK_HAS_VNNI
        if (step == 1 && channels == 3 && work->number_stride == 3)
            done = CK_I8(conv_i8_quantize_three)(work, from + at, plane, count, to);
#endif
        for (size_t c = 0; c < channels; c++)
            CK_I8(conv_i8_quantize_channel)
            (work, from + c * plane + at + done * step, step, count - done, to + done * work->number_stride + c);
    }
}

// The places [begin, end), with all their channels.
static void CK_I8(conv_i8_quantize)(const CK_I8(conv_i8) *work, size_t begin, size_t end, CK_I8(number) *numbers) {
    const ck_conv_shape *shape = work->shape;
    const size_t width = work->places[2], height = work->places[1];
    for (size_t at = begin; at < end;) {
        const size_t x = at % width, y = at / width % height, z = at / width / height;
        const size_t length = conv_smaller(width - x, end - at);
        const size_t source = (z * work->step[0] * shape->input[1] + y * work->step[1]) * shape->input[2] +
                              x * work->step[2];
        CK_I8(conv_i8_quantize_row)(work, source, work->step[2], length, numbers + (at - begin) * work->number_stride);
        at += length;
    }
}

static void CK_I8(conv_i8_quantize_piece)(void *context, size_t index) {
    const CK_I8(conv_i8) *work = context;
    const size_t count = conv_volume(work->places);
    const size_t begin = ck_gemm_part(count, work->pieces, index), end = ck_gemm_part(count, work->pieces, index + 1);
    CK_I8(conv_i8_quantize)(work, begin, end, work->numbers + begin * work->number_stride);
}
