// The packed weights of convolutions of 8-bit numbers: for each group the scales of its columns, padded, and the packed
// columns of its product.

CK_INLINE size_t CK_I8(conv_i8_group_bytes)(size_t k, size_t outputs) {
    return CK_I8(packed_columns)(outputs) * sizeof(float) + CK_I8(packed_bytes)(k, outputs);
}

size_t CK_I8(i8_conv_weights_bytes)(const ck_conv_shape *shape) {
    if (shape->groups == 0) return 0;
#if !CK_HAS_VNNI
    if (CK_I8(conv_i8_is_winograd)(shape)) return CK_I8(conv_i8_winograd_bytes)(shape);
#endif
    const size_t k = shape->input_channels / shape->groups * conv_volume(shape->kernel);
    return shape->groups * CK_I8(conv_i8_group_bytes)(k, shape->output_channels / shape->groups);
}

void CK_I8(i8_conv_pack)(const ck_conv_shape *shape, const void *weights, bool is_signed, const void *zero_points,
                         size_t zero_point_stride, const float *scales, size_t scale_stride, void *packed) {
    if (shape->groups == 0) return;
#if !CK_HAS_VNNI
    if (CK_I8(conv_i8_is_winograd)(shape)) {
        CK_I8(conv_i8_winograd_pack)
        (shape, weights, is_signed, zero_points, zero_point_stride, scales, scale_stride, packed);
        return;
    }
#endif
    const size_t inputs = shape->input_channels / shape->groups, outputs = shape->output_channels / shape->groups;
    const size_t taps = conv_volume(shape->kernel), k = inputs * taps;
    const size_t columns = CK_I8(packed_columns)(outputs);
    char *to = packed;
    for (size_t group = 0; group < shape->groups; group++) {
        for (size_t j = 0; j < columns; j++) {
            const float scale = j < outputs ? scales[(group * outputs + j) * scale_stride] : 0;
            memcpy(to + j * sizeof scale, &scale, sizeof scale);
        }
        // Columns of products by [tap, input].
        const CK_I8(unpacked) columns_of_group = {
            (const int8_t *)weights + group * outputs * k, is_signed, inputs, (ptrdiff_t)taps, 1, (ptrdiff_t)k,
            zero_points ? (const int8_t *)zero_points + group * outputs * zero_point_stride : NULL, zero_point_stride};
        CK_I8(pack_weights)(&columns_of_group, k, outputs, to + columns * sizeof(float));
        to += CK_I8(conv_i8_group_bytes)(k, outputs);
    }
}
