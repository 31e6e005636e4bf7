// Runs of convolutions of 8-bit numbers, image by image.

// Numbers or bytes of an image.
CK_INLINE size_t conv_i8_image_size(ck_layout layout, size_t channels, const size_t *extents) {
    size_t pixel = channels;
    if (layout == CK_BLOCKED) pixel = conv_blocks(channels) * CK_CHANNEL_BLOCK;
    if (layout == CK_CHANNELS_LAST) pixel = ck_pixel_bytes(channels);
    return pixel * conv_volume(extents);
}

// Goes on to the next image.
CK_INLINE void CK_I8(conv_i8_next)(CK_I8(conv_i8) *work) {
    const ck_conv_shape *shape = work->shape;
    const size_t element = work->layout == CK_CHANNELS_LAST ? 1 : sizeof(float);
    work->input = (const char *)work->input +
                  element * conv_i8_image_size(work->layout, shape->input_channels, shape->input);
    const size_t blocked = conv_i8_image_size(CK_BLOCKED, shape->output_channels, shape->output);
    const size_t last = conv_i8_image_size(CK_CHANNELS_LAST, shape->output_channels, shape->output);
    if (work->integers) work->integers += blocked;
    if (work->floats) work->floats += blocked;
    if (work->end.residual) work->end.residual += blocked;
    if (work->bytes) work->bytes += last;
    if (work->rounding.residual) work->rounding.residual += last;
}

static void CK_I8(conv_i8_image)(CK_I8(conv_i8) *work, ck_pool *pool, bool forks) {
    const size_t places = conv_volume(work->places), channels = work->shape->input_channels;
    const size_t outputs = conv_volume(work->shape->output);
    if (work->reads_bytes) {
        work->numbers = (CK_I8(number) *)(uintptr_t)work->input;
    } else if (!work->is_pointwise) {
        work->pieces = conv_smaller(CK_NAME(piece_count)(pool, places * channels, 32768), places);
        ck_pool_run(work->pieces > 1 ? pool : NULL, work->pieces, CK_I8(conv_i8_quantize_piece), work);
    }
    if (work->gathers_ahead) {
        work->pieces = conv_smaller(CK_NAME(piece_count)(pool, outputs * work->k * work->shape->groups, 32768), outputs);
        ck_pool_run(work->pieces > 1 ? pool : NULL, work->pieces, CK_I8(conv_i8_gather_piece), work);
    }
    ck_pool_run_slots(forks ? pool : NULL, work->shape->groups * work->split.row_blocks * work->split.column_blocks,
                      CK_I8(conv_i8_item), work);
}

static void CK_I8(conv_i8_run)(CK_I8(conv_i8) *work, const ck_quantization *quantization, ck_pool *pool,
                                 void *scratch) {
    const ck_conv_shape *shape = work->shape;
    if (shape->batch == 0 || conv_volume(work->places) == 0 || conv_volume(shape->output) == 0 || work->outputs == 0)
        return;
    work->input_scale = vf_divisor_for(*quantization->scales);
    work->low = (float)((quantization->is_signed ? -128 : 0) - CK_NAME(quantize_zero)(quantization, 0));
    work->high = work->low + 255;
    work->zero = CK_HAS_VNNI ? (uint32_t)-work->low : 0;
    char *base = (char *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    work->numbers = (CK_I8(number) *)(void *)base;
    work->patches = base + CK_I8(conv_i8_number_bytes)(work);
    const bool forks = conv_product(shape) / shape->batch >= CK_CONV_FORK;
    for (size_t image = 0; image < shape->batch; image++, CK_I8(conv_i8_next)(work))
        CK_I8(conv_i8_image)(work, pool, forks);
}

static CK_I8(conv_i8) CK_I8(conv_i8_begin)(const ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                                           const void *input, const void *packed, const ck_epilogue *epilogue) {
    CK_I8(conv_i8) work = CK_I8(conv_i8_for)(shape, layout, ck_pool_thread_count(pool));
    work.input = input;
    work.packed = packed;
    work.end = conv_end_for(epilogue);
    return work;
}

void CK_I8(f32_conv_i8)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                        const ck_quantization *quantization, const void *input, const void *packed,
                        const ck_epilogue *epilogue, float *output, void *scratch) {
    if (shape->groups == 0) return;
    CK_I8(conv_i8) work = CK_I8(conv_i8_begin)(pool, shape, layout, input, packed, epilogue);
    work.floats = output;
    CK_I8(conv_i8_run)(&work, quantization, pool, scratch);
}

void CK_I8(i32_conv_i8)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                        const ck_quantization *quantization, const void *input, const void *packed, int32_t *output,
                        void *scratch) {
    if (shape->groups == 0) return;
    CK_I8(conv_i8) work = CK_I8(conv_i8_begin)(pool, shape, layout, input, packed, NULL);
    work.integers = output;
    CK_I8(conv_i8_run)(&work, quantization, pool, scratch);
}

void CK_I8(u8_conv_i8)(ck_pool *pool, const ck_conv_shape *shape, ck_layout layout,
                       const ck_quantization *quantization, const void *input, const void *packed,
                       const ck_epilogue *epilogue, const ck_conv_rounding *rounding, uint8_t *output, void *scratch) {
    if (shape->groups == 0) return;
    CK_I8(conv_i8) work = CK_I8(conv_i8_begin)(pool, shape, layout, input, packed, epilogue);
    work.bytes = output;
    work.end.residual = NULL;
    work.rounding = CK_I8(conv_i8_rounding_for)(rounding, &work.end);
    CK_I8(conv_i8_run)(&work, quantization, pool, scratch);
}
