// Sums of convolutions: how many products they have, where taps meet the input, how a sum ends.

#define CK_BLOCK_VECTORS (CK_CHANNEL_BLOCK / CK_WIDTH)
// Pixels in a register tile.
#define CK_CONV_PIXELS 6
// Work that is worth a fork, in multiplications.
#define CK_CONV_FORK 1000000

typedef struct conv_end {
    vf scale;
    vf low;
    vf high;
    // Whether [low, high] is all there is to the activation.
    bool clamps;
    ck_activation activation;
    const float *bias;
    const float *residual;
} conv_end;

CK_INLINE size_t conv_volume(const size_t *sizes) { return sizes[0] * sizes[1] * sizes[2]; }

CK_INLINE size_t conv_ceil(size_t value, size_t divisor) { return value / divisor + (value % divisor != 0); }

CK_INLINE size_t conv_blocks(size_t channels) { return conv_ceil(channels, CK_CHANNEL_BLOCK); }

CK_INLINE size_t conv_smaller(size_t a, size_t b) { return a < b ? a : b; }

CK_INLINE size_t conv_larger(size_t a, size_t b) { return a > b ? a : b; }

CK_INLINE conv_end conv_end_for(const ck_epilogue *epilogue) {
    conv_end end = {
        .scale = vf_set(1), .low = vf_set(-INFINITY), .high = vf_set(INFINITY), .clamps = true,
        .activation = {.function = CK_IDENTITY}};
    if (epilogue == NULL) return end;
    end.scale = vf_set(epilogue->scale);
    end.bias = epilogue->bias;
    end.residual = epilogue->residual;
    end.activation = epilogue->activation;
    switch (end.activation.function) {
    case CK_IDENTITY: break;
    case CK_RELU: end.low = vf_set(0); break;
    case CK_CLIP:
        // Where the bounds are the wrong way round, all is the upper one.
        end.low = vf_min(vf_set(end.activation.alpha), vf_set(end.activation.beta));
        end.high = vf_set(end.activation.beta);
        break;
    default: end.clamps = false;
    }
    return end;
}

#define CK_CONV_ACTIVATE(activation, vector)                                                                           \
    CK_NAME(apply)((activation).function, vf_set((activation).alpha), vf_set((activation).beta), vector)

// Stores scale * sum + bias + residual within [low, high].
CK_INLINE void conv_store(const conv_end *end, float *to, vf sum, vf bias, const float *residual) {
    vf value = vf_fma(sum, end->scale, bias);
    if (residual) value += vf_load(residual);
    vf_store(to, vf_min(end->high, vf_max(end->low, value)));
}

// The other activations, over numbers that are stored already, and zeros behind the last channel.
static __attribute__((noinline)) void CK_NAME(conv_finish)(const conv_end *end, float *block, size_t pixels,
                                                           size_t channels) {
    if (!end->clamps)
        for (size_t i = 0; i < pixels * CK_CHANNEL_BLOCK; i += CK_WIDTH)
            vf_store(block + i, CK_CONV_ACTIVATE(end->activation, vf_load(block + i)));
    if (channels >= CK_CHANNEL_BLOCK) return;
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = channels; c < CK_CHANNEL_BLOCK; c++) block[i * CK_CHANNEL_BLOCK + c] = 0;
}

// The bias of one vector of channels, of which `channels` are real.
CK_INLINE vf conv_bias(const float *bias, size_t first, size_t channels) {
    if (bias == NULL || first >= channels) return vf_set(0);
    return first + CK_WIDTH <= channels ? vf_load(bias + first) : vf_load_part(bias + first, channels - first);
}

CK_INLINE size_t conv_product(const ck_conv_shape *shape) {
    return shape->batch * shape->output_channels * conv_volume(shape->output) *
           (shape->input_channels / (shape->groups ? shape->groups : 1)) * conv_volume(shape->kernel);
}

// Where the taps of one output position meet the input: from the first to before the end.
typedef struct conv_range {
    size_t first;
    size_t end;
} conv_range;

CK_INLINE conv_range conv_taps(size_t position, size_t stride, size_t pad, size_t dilation, size_t kernel,
                               size_t input) {
    size_t start = position * stride;
    conv_range range = {start < pad ? conv_ceil(pad - start, dilation) : 0, 0};
    if (input + pad > start) range.end = conv_smaller(kernel, conv_ceil(input + pad - start, dilation));
    if (range.first > range.end) range.first = range.end;
    return range;
}
