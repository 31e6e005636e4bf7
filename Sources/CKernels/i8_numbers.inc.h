// What sums of 8-bit numbers are made of, a group of k at a time.
//
// With VNNI: numbers of 8 bits without sign (signed ones plus 128) by signed weights, four at a time; what the zero
// points of the numbers add is taken from the sums. Without: numbers of 16 bits that are less their zero points already,
// two at a time.

#if CK_HAS_VNNI
#define I8_GROUP 4
typedef uint8_t CK_I8(number);
#else
#define I8_GROUP 2
typedef int16_t CK_I8(number);
typedef int16_t CK_I8(i16s) __attribute__((ext_vector_type(2 * CK_WIDTH)));
typedef int8_t CK_I8(i8s) __attribute__((ext_vector_type(2 * CK_WIDTH)));
#endif
typedef CK_I8(number) CK_I8(numbers) __attribute__((ext_vector_type(CK_WIDTH)));

CK_INLINE size_t CK_I8(groups)(size_t k) { return k / I8_GROUP + (k % I8_GROUP != 0); }

// Microseconds that sums of products take about.
CK_INLINE double CK_I8(microseconds)(size_t m, size_t n, size_t k) {
    return ck_gemm_microseconds(m, n, k) / I8_GROUP;
}

// Numbers from one row to the next.
// PERF: never a multiple of the distance at which rows share a set of the first cache.
CK_INLINE size_t CK_I8(row_stride)(size_t k) {
    const size_t bytes = (k * sizeof(CK_I8(number)) / 64 + 1) * 64;
    return (bytes % 1024 == 0 ? bytes + 64 : bytes) / sizeof(CK_I8(number));
}

// Tiles of rows whose numbers stay in the second cache.
CK_INLINE size_t CK_I8(tiles_per_block)(size_t k) {
    const size_t fitting = 262144 / sizeof(CK_I8(number)) / (k + 1) / GEMM_ROWS, most = GEMM_BLOCK_ROWS / GEMM_ROWS;
    return fitting < 1 ? 1 : fitting < most ? fitting : most;
}

// One vector of columns of a group of weights, of 8 bits or (without VNNI) of 16.
#if CK_HAS_VNNI
typedef vi CK_I8(weights);

CK_INLINE CK_I8(weights) CK_I8(load_weights)(const void *from, const bool is_wide) {
    (void)is_wide;
    return vf_bits(vf_load(from));
}

CK_INLINE vu CK_I8(add_products)(vu sums, int32_t group, CK_I8(weights) weights) {
    return (vu)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)(vi)group, (__m512i)weights);
}
#else
typedef CK_I8(i16s) CK_I8(weights);

CK_INLINE CK_I8(weights) CK_I8(load_weights)(const void *from, const bool is_wide) {
    CK_I8(i16s) wide;
    if (is_wide) {
        memcpy(&wide, from, sizeof wide);
        return wide;
    }
    CK_I8(i8s) narrow;
    memcpy(&narrow, from, sizeof narrow);
    return __builtin_convertvector(narrow, CK_I8(i16s));
}

CK_INLINE vu CK_I8(add_products)(vu sums, int32_t group, CK_I8(weights) weights) {
    const CK_I8(i16s) a = (CK_I8(i16s))(vi)group;
#if defined(__x86_64__) && CK_WIDTH == 8
    return sums + (vu)_mm256_madd_epi16((__m256i)a, (__m256i)weights);
#elif defined(__x86_64__) && CK_WIDTH == 4
    return sums + (vu)_mm_madd_epi16((__m128i)a, (__m128i)weights);
#else
    const vi low = ((vi)a << 16 >> 16) * ((vi)weights << 16 >> 16);
    return sums + (vu)low + (vu)(((vi)a >> 16) * ((vi)weights >> 16));
#endif
}
#endif

// PERF: VNNI adds to its sums late, so that few rows need more of them.
#define I8_STEPS(rows) (CK_HAS_VNNI ? GEMM_STEPS(rows) : 1)
// PERF: with VNNI, fewer steps to the next groups save up to 3 % of a convolution.
#define I8_UNROLL (CK_HAS_VNNI ? 4 : 1)

// Adds the products of one group of each row, of which every third has a pointer: an address of x86 reaches the two
// rows behind it.
CK_INLINE void CK_I8(add_group)(const int rows, const bool is_wide, const CK_I8(number) *const *a, size_t stride,
                                const char *b, vu *parts) {
    const CK_I8(weights) low = CK_I8(load_weights)(b, is_wide);
    const CK_I8(weights) high =
        CK_I8(load_weights)(b + CK_WIDTH * I8_GROUP * (is_wide ? sizeof(int16_t) : 1), is_wide);
    GEMM_UNROLL
    for (int r = 0; r < rows; r++) {
        int32_t group;
        memcpy(&group, a[r / 3] + (size_t)(r % 3) * stride, sizeof group);
        parts[2 * r] = CK_I8(add_products)(parts[2 * r], group, low);
        parts[2 * r + 1] = CK_I8(add_products)(parts[2 * r + 1], group, high);
    }
}

// The sums of a tile's rows of numbers, which lie `stride` apart, by a panel of weights. Each group is a step.
CK_INLINE void CK_I8(tile_sums)(const int rows, const bool is_wide, size_t groups, const CK_I8(number) *from,
                                size_t stride, const void *panel, ck_later later, vu *sums) {
    const int steps = I8_STEPS(rows), pointers = (rows + 2) / 3;
    const size_t group_bytes = 2 * CK_WIDTH * I8_GROUP * (is_wide ? sizeof(int16_t) : 1);
    const char *b = panel;
    const CK_I8(number) *a[(GEMM_ROWS + 2) / 3];
    GEMM_UNROLL
    for (int i = 0; i < pointers; i++) a[i] = from + 3 * (size_t)i * stride;
    vu parts[4 * 2 * GEMM_ROWS];
    GEMM_UNROLL
    for (int i = 0; i < steps * 2 * rows; i++) parts[i] = (vu)0;
    size_t left = groups;
    for (; left >= I8_UNROLL; left -= I8_UNROLL, b += I8_UNROLL * group_bytes) {
#if CK_HAS_VNNI
        // PERF: layers of weights from the third cache took 10 to 35 % less time in most runs on a busy machine.
        GEMM_UNROLL
        for (size_t i = 0; i < I8_UNROLL * 2 * CK_WIDTH * I8_GROUP; i += 64) __builtin_prefetch(b + 4096 + i);
#endif
        GEMM_UNROLL
        for (int u = 0; u < I8_UNROLL; u++) {
            if (rows >= GEMM_ROWS / 2) __builtin_prefetch(later.from, 0, 2);
            later.from += later.step;
            const CK_I8(number) *group[(GEMM_ROWS + 2) / 3];
            GEMM_UNROLL
            for (int i = 0; i < pointers; i++) group[i] = a[i] + u * I8_GROUP;
            CK_I8(add_group)(rows, is_wide, group, stride, b + (size_t)u * group_bytes, parts + u % steps * 2 * rows);
        }
        GEMM_UNROLL
        for (int i = 0; i < pointers; i++) {
            a[i] += I8_UNROLL * I8_GROUP;
            // PERF: the compiler would make a chain of additions of the pointers.
            __asm__("" : "+r"(a[i]));
        }
    }
    for (; I8_UNROLL > 1 && left > 0; left--, b += group_bytes) {
        CK_I8(add_group)(rows, is_wide, a, stride, b, parts);
        GEMM_UNROLL
        for (int i = 0; i < pointers; i++) a[i] += I8_GROUP;
    }
    GEMM_UNROLL
    for (int s = steps / 2; s > 0; s /= 2) {
        GEMM_UNROLL
        for (int i = 0; i < s * 2 * rows; i++) parts[i] += parts[i + s * 2 * rows];
    }
    GEMM_UNROLL
    for (int i = 0; i < 2 * rows; i++) sums[i] = parts[i];
}

// The part of the next panel that one of some tiles fetches; one tile alone reads panels as fast as they come.
CK_INLINE ck_later CK_I8(later)(const void *panel, size_t groups, size_t tiles, size_t tile) {
    const size_t group_bytes = I8_GROUP * GEMM_COLUMNS;
    if (tiles < 2) return (ck_later){panel, 0};
    return ck_later_part((const char *)panel + groups * group_bytes, groups, group_bytes, tiles, tile);
}

// Packed weights of `columns` columns, padded: their zero points (less 128 where the weights have no sign), with VNNI
// their sums, and panels [panel][group of k][GEMM_COLUMNS][I8_GROUP], unsigned weights less 128.
typedef struct CK_I8(packed) {
    const int32_t *zeros;
    const int32_t *sums;
    const int8_t *panels;
    bool has_zeros;
} CK_I8(packed);

CK_INLINE size_t CK_I8(packed_columns)(size_t n) { return CK_NAME(gemm_panels)(n) * GEMM_COLUMNS; }

CK_INLINE size_t CK_I8(panel_bytes)(size_t k) { return CK_I8(groups)(k) * I8_GROUP * GEMM_COLUMNS; }

CK_INLINE CK_I8(packed) CK_I8(packed_for)(const void *from, size_t n) {
    const size_t columns = CK_I8(packed_columns)(n);
    const int32_t *words = from;
    CK_I8(packed) packed = {words, words + (CK_HAS_VNNI ? columns : 0), NULL, false};
    packed.panels = (const int8_t *)(packed.sums + columns);
    for (size_t j = 0; j < columns; j++) packed.has_zeros |= packed.zeros[j] != 0;
    return packed;
}

CK_INLINE size_t CK_I8(packed_bytes)(size_t k, size_t n) {
    const size_t columns = CK_I8(packed_columns)(n);
    return columns * sizeof(int32_t) * (1 + CK_HAS_VNNI) + columns * CK_I8(groups)(k) * I8_GROUP;
}

// Weights as they lie in a tensor: row p of column j at
// p % period * stride + p / period * period_stride + j * column_stride.
typedef struct CK_I8(unpacked) {
    const void *numbers;
    bool is_signed;
    size_t period;
    ptrdiff_t stride, period_stride, column_stride;
    const void *zero_points;
    size_t zero_point_stride;
} CK_I8(unpacked);

static void CK_I8(pack_weights)(const CK_I8(unpacked) *weights, size_t k, size_t n, void *packed) {
    const size_t columns = CK_I8(packed_columns)(n);
    const uint8_t flip = weights->is_signed ? 0 : 0x80;
    const uint8_t *zero_points = weights->zero_points;
    int32_t *zeros = packed, *sums = zeros + columns;
    memset(packed, 0, CK_I8(packed_bytes)(k, n));
    int8_t *panels = (int8_t *)(zeros + columns * (1 + CK_HAS_VNNI));
    for (size_t j = 0; j < n; j++) {
        const uint8_t *from = (const uint8_t *)weights->numbers + (ptrdiff_t)j * weights->column_stride;
        int8_t *to = panels + j / GEMM_COLUMNS * CK_I8(panel_bytes)(k) + j % GEMM_COLUMNS * I8_GROUP;
        int32_t sum = 0;
        for (size_t p = 0; p < k; p++) {
            const ptrdiff_t at = (ptrdiff_t)(p % weights->period) * weights->stride +
                                 (ptrdiff_t)(p / weights->period) * weights->period_stride;
            const int8_t number = (int8_t)(from[at] ^ flip);
            to[p / I8_GROUP * I8_GROUP * GEMM_COLUMNS + p % I8_GROUP] = number;
            sum += number;
        }
        if (CK_HAS_VNNI) sums[j] = sum;
        zeros[j] = (int8_t)((zero_points ? zero_points[j * weights->zero_point_stride] : 0) ^ flip);
    }
}

// Takes from the sums of a tile what the zero points add: those of the weights by the sums of the rows (NULL where there
// are none), and with VNNI those of the rows, `row_zero_stride` apart, by the sums of the weights.
CK_INLINE void CK_I8(take_zeros)(const CK_I8(packed) *packed, size_t column, const uint32_t *row_sums,
                                 const uint32_t *row_zeros, size_t row_zero_stride, const int rows, vu *sums) {
    if (row_sums) {
        vu zeros[2];
        memcpy(zeros, packed->zeros + column, sizeof zeros);
        GEMM_UNROLL
        for (int i = 0; i < 2 * rows; i++) sums[i] -= zeros[i % 2] * (vu)row_sums[i / 2];
    }
    if (CK_HAS_VNNI) {
        vu columns[2];
        memcpy(columns, packed->sums + column, sizeof columns);
        GEMM_UNROLL
        for (int i = 0; i < 2 * rows; i++) sums[i] -= columns[i % 2] * (vu)row_zeros[(size_t)(i / 2) * row_zero_stride];
    }
}
