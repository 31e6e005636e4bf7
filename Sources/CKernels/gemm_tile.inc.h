// The inner loops of products: a tile of up to GEMM_ROWS rows by two vectors of columns, held in registers.
#undef GEMM_ROWS
#undef GEMM_COLUMNS
#if CK_WIDTH == 16
#define GEMM_ROWS 14
#else
#define GEMM_ROWS 6
#endif
#define GEMM_COLUMNS (2 * CK_WIDTH)

#define GEMM_UNROLL _Pragma("clang loop unroll(full)")

// What is read later, of which each step of an inner loop fetches so many bytes into the second cache.
typedef struct ck_later {
    const char *from;
    size_t step;
} ck_later;

// One of equal parts of what loops of so many steps read, `step_bytes` in each.
CK_INLINE ck_later ck_later_part(const void *from, size_t steps, size_t step_bytes, size_t parts, size_t index) {
    const size_t step = step_bytes / parts;
    return (ck_later){(const char *)from + index * steps * step, step};
}

typedef struct CK_NAME(gemm_tile) {
    size_t k;
    const float *a;
    size_t a_stride;
    const void *b;
    size_t b_stride;
    ck_later later;
    float *c;
    size_t c_stride;
    // Up to GEMM_COLUMNS.
    size_t columns;
    float scale;
    const float *bias;
    // What is added to the sums: the residual, or C itself where a part of k has been summed.
    const float *addend;
    size_t addend_stride;
    // Identity where the activation is not due or not done in registers.
    ck_activation activation;
} CK_NAME(gemm_tile);

typedef void CK_NAME(gemm_tile_function)(const CK_NAME(gemm_tile) *);

CK_INLINE vf CK_NAME(gemm_load_part)(const float *from, size_t count) {
#if CK_WIDTH == 16 && defined(__x86_64__)
    return _mm512_maskz_loadu_ps((__mmask16)(count >= 16 ? 0xffff : (1u << count) - 1), from);
#elif CK_WIDTH == 8 && defined(__x86_64__)
    const vi mask = (vi)(int)(count < 8 ? count : 8) > (vi){0, 1, 2, 3, 4, 5, 6, 7};
    return _mm256_maskload_ps(from, (__m256i)mask);
#else
    return vf_load_part(from, count);
#endif
}

CK_INLINE void CK_NAME(gemm_store_part)(float *to, vf value, size_t count) {
#if CK_WIDTH == 16 && defined(__x86_64__)
    _mm512_mask_storeu_ps(to, (__mmask16)(count >= 16 ? 0xffff : (1u << count) - 1), value);
#elif CK_WIDTH == 8 && defined(__x86_64__)
    const vi mask = (vi)(int)(count < 8 ? count : 8) > (vi){0, 1, 2, 3, 4, 5, 6, 7};
    _mm256_maskstore_ps(to, (__m256i)mask, value);
#else
    vf_store_part(to, value, count);
#endif
}

// Whether the tile's registers can take an activation.
CK_INLINE bool CK_NAME(gemm_activates_in_registers)(ck_function function) {
    return function == CK_IDENTITY || function == CK_RELU || function == CK_CLIP || function == CK_LEAKY_RELU;
}

CK_INLINE void CK_NAME(gemm_activate_tile)(const int count, vf *values, ck_activation activation) {
    const vf zero = vf_set(0), alpha = vf_set(activation.alpha), beta = vf_set(activation.beta);
    switch (activation.function) {
    case CK_RELU:
        GEMM_UNROLL
        for (int i = 0; i < count; i++) values[i] = vf_max(zero, values[i]);
        break;
    case CK_CLIP:
        GEMM_UNROLL
        for (int i = 0; i < count; i++) values[i] = vf_min(beta, vf_max(alpha, values[i]));
        break;
    case CK_LEAKY_RELU:
        GEMM_UNROLL
        for (int i = 0; i < count; i++) values[i] = values[i] < zero ? alpha * values[i] : values[i];
        break;
    default: break;
    }
}

static __attribute__((noinline)) void CK_NAME(gemm_finish_part)(const CK_NAME(gemm_tile) *tile, size_t rows,
                                                              const vf *sums) {
    const size_t first = tile->columns < CK_WIDTH ? tile->columns : CK_WIDTH;
    const size_t counts[2] = {first, tile->columns - first};
    for (size_t h = 0; h < 2 && counts[h] > 0; h++) {
        vf bias = vf_set(0);
        if (tile->bias) bias = CK_NAME(gemm_load_part)(tile->bias + h * CK_WIDTH, counts[h]);
        for (size_t r = 0; r < rows; r++) {
            vf value = sums[2 * r + h] * vf_set(tile->scale) + bias;
            if (tile->addend)
                value += CK_NAME(gemm_load_part)(tile->addend + r * tile->addend_stride + h * CK_WIDTH, counts[h]);
            CK_NAME(gemm_activate_tile)(1, &value, tile->activation);
            CK_NAME(gemm_store_part)(tile->c + r * tile->c_stride + h * CK_WIDTH, value, counts[h]);
        }
    }
}

CK_INLINE void CK_NAME(gemm_finish)(const CK_NAME(gemm_tile) *tile, const int rows, vf *sums) {
    if (tile->columns < GEMM_COLUMNS) {
        vf stored[2 * GEMM_ROWS];
        GEMM_UNROLL
        for (int i = 0; i < 2 * rows; i++) stored[i] = sums[i];
        CK_NAME(gemm_finish_part)(tile, (size_t)rows, stored);
        return;
    }
    if (tile->scale != 1) {
        const vf scale = vf_set(tile->scale);
        GEMM_UNROLL
        for (int i = 0; i < 2 * rows; i++) sums[i] *= scale;
    }
    if (tile->bias) {
        const vf bias0 = vf_load(tile->bias), bias1 = vf_load(tile->bias + CK_WIDTH);
        GEMM_UNROLL
        for (int r = 0; r < rows; r++) {
            sums[2 * r] += bias0;
            sums[2 * r + 1] += bias1;
        }
    }
    if (tile->addend) {
        const float *addend = tile->addend;
        GEMM_UNROLL
        for (int r = 0; r < rows; r++, addend += tile->addend_stride) {
            sums[2 * r] += vf_load(addend);
            sums[2 * r + 1] += vf_load(addend + CK_WIDTH);
        }
    }
    CK_NAME(gemm_activate_tile)(2 * rows, sums, tile->activation);
    float *c = tile->c;
    GEMM_UNROLL
    for (int r = 0; r < rows; r++, c += tile->c_stride) {
        vf_store(c, sums[2 * r]);
        vf_store(c + CK_WIDTH, sums[2 * r + 1]);
    }
}

// The two vectors of B in one step of k; of bfloat16 they are interleaved.
CK_INLINE void CK_NAME(gemm_load_b)(const bool bf16, const void *b, vf *low, vf *high) {
    if (bf16) {
        vu pairs;
        memcpy(&pairs, b, sizeof pairs);
        *low = (vf)(pairs << 16);
        *high = (vf)(pairs & 0xffff0000u);
    } else {
        *low = vf_load(b);
        *high = vf_load((const float *)b + CK_WIDTH);
    }
}

// PERF: with fewer than four rows, several steps of k have sums of their own to hide the latency of the addition.
#define GEMM_STEPS(rows) ((rows) == 1 ? 4 : (rows) < 4 ? 2 : 1)

// PERF: steps of k that B is fetched ahead of.
#define GEMM_AHEAD 24

// Rows of A lie at a_stride from each other, or when packed the rows of each step of k lie together.
CK_INLINE void CK_NAME(gemm_tile_body)(const CK_NAME(gemm_tile) *tile, const int rows, const bool packed_a,
                                       const bool bf16) {
    const int steps = GEMM_STEPS(rows);
    vf sums[4 * 2 * GEMM_ROWS];
    GEMM_UNROLL
    for (int i = 0; i < steps * 2 * rows; i++) sums[i] = vf_set(0);
    const size_t a_stride = packed_a ? 1 : tile->a_stride;
    const size_t a_step = packed_a ? (size_t)rows : 1;
    const size_t b_bytes = bf16 ? 2 * GEMM_COLUMNS : 4 * tile->b_stride;
    const size_t ahead = GEMM_AHEAD * b_bytes;
    // Fewer rows are one tile alone.
    const bool fetches_later = rows >= GEMM_ROWS / 2;
    const char *later = tile->later.from ? tile->later.from : tile->b;
    const int lines = ((bf16 ? 2 : 4) * GEMM_COLUMNS + 63) / 64;
    // Every third row has a pointer: an address of x86 reaches the two rows behind it.
    const float *a[(GEMM_ROWS + 2) / 3];
    GEMM_UNROLL
    for (int i = 0; i < (rows + 2) / 3; i++) a[i] = tile->a + 3 * (size_t)i * a_stride;
    const char *b = tile->b;
    size_t left = tile->k;
    for (; left >= (size_t)steps; left -= (size_t)steps) {
        GEMM_UNROLL
        for (int s = 0; s < steps; s++) {
            vf low, high;
            CK_NAME(gemm_load_b)(bf16, b, &low, &high);
            GEMM_UNROLL
            for (int line = 0; line < lines; line++) __builtin_prefetch(b + ahead + 64 * line);
            if (fetches_later) __builtin_prefetch(later, 0, 2);
            later += tile->later.step;
            b += b_bytes;
            GEMM_UNROLL
            for (int r = 0; r < rows; r++) {
                const vf x = vf_set(a[r / 3][(size_t)(r % 3) * a_stride + (size_t)s * a_step]);
                vf *sum = sums + 2 * (s * rows + r);
                sum[0] = vf_fma(x, low, sum[0]);
                sum[1] = vf_fma(x, high, sum[1]);
            }
        }
        GEMM_UNROLL
        for (int i = 0; i < (rows + 2) / 3; i++) a[i] += (size_t)steps * a_step;
    }
    if (steps > 1) {
        for (; left > 0; left--) {
            vf low, high;
            CK_NAME(gemm_load_b)(bf16, b, &low, &high);
            b += b_bytes;
            GEMM_UNROLL
            for (int r = 0; r < rows; r++) {
                const vf x = vf_set(a[r / 3][(size_t)(r % 3) * a_stride]);
                sums[2 * r] = vf_fma(x, low, sums[2 * r]);
                sums[2 * r + 1] = vf_fma(x, high, sums[2 * r + 1]);
            }
            GEMM_UNROLL
            for (int i = 0; i < (rows + 2) / 3; i++) a[i] += a_step;
        }
        GEMM_UNROLL
        for (int s = steps / 2; s > 0; s /= 2) {
            GEMM_UNROLL
            for (int i = 0; i < s * 2 * rows; i++) sums[i] += sums[i + s * 2 * rows];
        }
    }
    CK_NAME(gemm_finish)(tile, rows, sums);
}

#define GEMM_TILE_FUNCTIONS(rows)                                                                                      \
    static void CK_NAME(gemm_tile_plain_##rows)(const CK_NAME(gemm_tile) *tile) {                                      \
        CK_NAME(gemm_tile_body)(tile, rows, false, false);                                                             \
    }                                                                                                                  \
    static void CK_NAME(gemm_tile_packed_##rows)(const CK_NAME(gemm_tile) *tile) {                                     \
        CK_NAME(gemm_tile_body)(tile, rows, true, false);                                                              \
    }                                                                                                                  \
    static void CK_NAME(gemm_tile_bf16_##rows)(const CK_NAME(gemm_tile) *tile) {                                       \
        CK_NAME(gemm_tile_body)(tile, rows, false, true);                                                              \
    }                                                                                                                  \
    static void CK_NAME(gemm_tile_bf16_packed_##rows)(const CK_NAME(gemm_tile) *tile) {                                \
        CK_NAME(gemm_tile_body)(tile, rows, true, true);                                                               \
    }

#undef GEMM_FOR_ROWS
#if GEMM_ROWS == 14
#define GEMM_FOR_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#else
#define GEMM_FOR_ROWS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#endif

GEMM_FOR_ROWS(GEMM_TILE_FUNCTIONS)

#define GEMM_PLAIN_ENTRY(rows) CK_NAME(gemm_tile_plain_##rows),
#define GEMM_PACKED_ENTRY(rows) CK_NAME(gemm_tile_packed_##rows),
#define GEMM_BF16_ENTRY(rows) CK_NAME(gemm_tile_bf16_##rows),
#define GEMM_BF16_PACKED_ENTRY(rows) CK_NAME(gemm_tile_bf16_packed_##rows),

// By the type of B, by whether A is packed, and by rows.
static CK_NAME(gemm_tile_function) *const CK_NAME(gemm_tile_functions)[2][2][GEMM_ROWS + 1] = {
    {{NULL, GEMM_FOR_ROWS(GEMM_PLAIN_ENTRY)}, {NULL, GEMM_FOR_ROWS(GEMM_PACKED_ENTRY)}},
    {{NULL, GEMM_FOR_ROWS(GEMM_BF16_ENTRY)}, {NULL, GEMM_FOR_ROWS(GEMM_BF16_PACKED_ENTRY)}},
};
