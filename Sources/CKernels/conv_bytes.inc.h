// Pooling of numbers of 8 bits, channels last, and the floats that they stand for.

typedef uint8_t CK_NAME(byte_block) __attribute__((ext_vector_type(CK_CHANNEL_BLOCK)));

typedef struct CK_NAME(byte_pooling) {
    const ck_pooling_shape *shape;
    const uint8_t *input;
    uint8_t *output;
    size_t pieces;
} CK_NAME(byte_pooling);

// The greatest bytes of one place's window in one image; the lowest where the window is empty.
CK_INLINE void CK_NAME(byte_pool_place)(const CK_NAME(byte_pooling) *work, const uint8_t *image, const conv_range *taps,
                                        const ptrdiff_t *start, uint8_t *to) {
    const ck_pooling_shape *shape = work->shape;
    const size_t pixel = ck_pixel_bytes(shape->channels);
    for (size_t c = 0; c < shape->channels; c += CK_CHANNEL_BLOCK) {
        CK_NAME(byte_block) greatest = (CK_NAME(byte_block))0;
        for (size_t kd = taps[0].first; kd < taps[0].end; kd++)
            for (size_t ky = taps[1].first; ky < taps[1].end; ky++) {
                const ptrdiff_t z = start[0] + (ptrdiff_t)(kd * shape->dilation[0]);
                const ptrdiff_t y = start[1] + (ptrdiff_t)(ky * shape->dilation[1]);
                const ptrdiff_t row = (z * (ptrdiff_t)shape->input[1] + y) * (ptrdiff_t)shape->input[2];
                for (size_t kx = taps[2].first; kx < taps[2].end; kx++) {
                    const ptrdiff_t at = row + start[2] + (ptrdiff_t)(kx * shape->dilation[2]);
                    CK_NAME(byte_block) value;
                    memcpy(&value, image + (size_t)at * pixel + c, sizeof value);
                    greatest = __builtin_elementwise_max(greatest, value);
                }
            }
        memcpy(to + c, &greatest, sizeof greatest);
    }
}

static void CK_NAME(byte_pool_task)(void *context, size_t index) {
    const CK_NAME(byte_pooling) *work = context;
    const ck_pooling_shape *shape = work->shape;
    const size_t pixel = ck_pixel_bytes(shape->channels), places = conv_volume(shape->output);
    const size_t count = shape->batch * places, end = CK_NAME(piece_start)(count, work->pieces, index + 1);
    for (size_t at = CK_NAME(piece_start)(count, work->pieces, index); at < end; at++) {
        const size_t place = at % places, plane = shape->output[1] * shape->output[2];
        const size_t position[3] = {place / plane, place % plane / shape->output[2], place % shape->output[2]};
        conv_range taps[3];
        ptrdiff_t start[3];
        for (int axis = 0; axis < 3; axis++) {
            taps[axis] = conv_taps(position[axis], shape->stride[axis], shape->pad[axis], shape->dilation[axis],
                                   shape->kernel[axis], shape->input[axis]);
            start[axis] = (ptrdiff_t)(position[axis] * shape->stride[axis]) - (ptrdiff_t)shape->pad[axis];
        }
        const uint8_t *image = work->input + at / places * conv_volume(shape->input) * pixel;
        CK_NAME(byte_pool_place)(work, image, taps, start, work->output + at * pixel);
    }
}

static void CK_NAME(u8_max_pool)(ck_pool *pool, const ck_pooling_shape *shape, const uint8_t *input, uint8_t *output) {
    CK_NAME(byte_pooling) work = {.shape = shape, .input = input, .output = output};
    const size_t places = shape->batch * conv_volume(shape->output);
    if (places == 0 || shape->channels == 0) return;
    const size_t reads = places * shape->channels * conv_larger(1, conv_volume(shape->kernel)) / 16;
    work.pieces = conv_smaller(places, CK_NAME(piece_count)(pool, reads, 8192));
    ck_pool_run(work.pieces > 1 ? pool : NULL, work.pieces, CK_NAME(byte_pool_task), &work);
}

typedef struct CK_NAME(byte_blocks) {
    size_t channels, positions;
    const uint8_t *input;
    float *output;
    int32_t zero;
    float scale;
} CK_NAME(byte_blocks);

// One block of channels of an image.
static void CK_NAME(byte_blocks_task)(void *context, size_t index) {
    const CK_NAME(byte_blocks) *work = context;
    const size_t blocks = conv_blocks(work->channels), pixel = ck_pixel_bytes(work->channels);
    const size_t first = index % blocks * CK_CHANNEL_BLOCK;
    const size_t count = conv_smaller(CK_CHANNEL_BLOCK, work->channels - first);
    const uint8_t *from = work->input + index / blocks * work->positions * pixel + first;
    float *to = work->output + index * work->positions * CK_CHANNEL_BLOCK;
    for (size_t i = 0; i < work->positions; i++, from += pixel, to += CK_CHANNEL_BLOCK) {
        float values[CK_CHANNEL_BLOCK];
        for (size_t c = 0; c < CK_CHANNEL_BLOCK; c++) values[c] = (float)(from[c] - work->zero) * work->scale;
        for (size_t c = count; c < CK_CHANNEL_BLOCK; c++) values[c] = 0;
        memcpy(to, values, sizeof values);
    }
}

static void CK_NAME(f32_blocks_of_u8)(ck_pool *pool, size_t batch, size_t channels, size_t positions,
                                      const ck_quantization *quantization, const uint8_t *input, float *output) {
    const int32_t lowest = quantization->is_signed ? -128 : 0;
    CK_NAME(byte_blocks) work = {.channels = channels, .positions = positions, .input = input, .output = output,
                                 .zero = CK_NAME(quantize_zero)(quantization, 0) - lowest,
                                 .scale = *quantization->scales};
    const bool is_small = batch * channels * positions < 65536;
    ck_pool_run(is_small ? NULL : pool, batch * conv_blocks(channels), CK_NAME(byte_blocks_task), &work);
}
