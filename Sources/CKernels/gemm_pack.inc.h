// Packed operands: B in blocks of k, each of panels [panel][k in the block][GEMM_COLUMNS], padded with zeros; A in
// tiles [k][rows].

// PERF: a block of B's panel takes 64 KiB of the second cache. Blocks for the first cache (256 or 384) cost 2 to 3 % of
// the peak in stores and loads of C on Zen 3.
#undef GEMM_K_BLOCK
#define GEMM_K_BLOCK (CK_WIDTH == 16 ? 512 : 1024)

// The largest of nearly equal blocks of up to `most` of k; none is empty.
CK_INLINE size_t CK_NAME(gemm_block_of_k)(size_t k, size_t most) {
    const size_t blocks = k / most + (k % most != 0);
    return blocks > 1 ? k / blocks + (k % blocks != 0) : k;
}

CK_INLINE size_t CK_NAME(gemm_k_block)(size_t k) { return CK_NAME(gemm_block_of_k)(k, GEMM_K_BLOCK); }

CK_INLINE size_t CK_NAME(gemm_panels)(size_t n) { return n / GEMM_COLUMNS + (n % GEMM_COLUMNS != 0); }

static size_t CK_NAME(f32_packed_size)(size_t k, size_t n) { return k * CK_NAME(gemm_panels)(n) * GEMM_COLUMNS; }

static size_t CK_NAME(bf16_packed_size)(size_t k, size_t n) { return CK_NAME(f32_packed_size)(k, n); }

// One panel of `columns` columns, padded; b is its first element.
static void CK_NAME(gemm_pack_panel)(const ck_loose_float *b, ptrdiff_t row_stride, ptrdiff_t column_stride,
                                     size_t k, size_t columns, float *to) {
    if (column_stride == 1 && columns == GEMM_COLUMNS) {
        for (size_t p = 0; p < k; p++, b += row_stride, to += GEMM_COLUMNS) {
            vf low, high;
            memcpy(&low, b, sizeof low);
            memcpy(&high, b + CK_WIDTH, sizeof high);
            vf_store(to, low);
            vf_store(to + CK_WIDTH, high);
        }
        return;
    }
    size_t done = 0;
    if (row_stride == 1 && columns == GEMM_COLUMNS) {
        for (; done + 4 <= k; done += 4) {
            for (size_t j = 0; j < GEMM_COLUMNS; j += 4) {
                vf4 rows[4];
                for (int i = 0; i < 4; i++)
                    memcpy(&rows[i], b + (ptrdiff_t)(j + (size_t)i) * column_stride + (ptrdiff_t)done, sizeof rows[i]);
                vf4_turn(rows);
                for (size_t i = 0; i < 4; i++) memcpy(to + (done + i) * GEMM_COLUMNS + j, &rows[i], sizeof rows[i]);
            }
        }
    }
    for (size_t p = done; p < k; p++) {
        const ck_loose_float *row = b + (ptrdiff_t)p * row_stride;
        float *padded = to + p * GEMM_COLUMNS;
        for (size_t j = 0; j < columns; j++) padded[j] = row[(ptrdiff_t)j * column_stride];
        for (size_t j = columns; j < GEMM_COLUMNS; j++) padded[j] = 0;
    }
}

static void CK_NAME(f32_pack)(const ck_loose_float *b, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t k,
                              size_t n, float *packed) {
    const size_t block = CK_NAME(gemm_k_block)(k);
    for (size_t k0 = 0; k0 < k; k0 += block) {
        const size_t count = k - k0 < block ? k - k0 : block;
        for (size_t j = 0; j < n; j += GEMM_COLUMNS, packed += count * GEMM_COLUMNS)
            CK_NAME(gemm_pack_panel)(b + (ptrdiff_t)k0 * row_stride + (ptrdiff_t)j * column_stride, row_stride,
                                     column_stride, count, n - j < GEMM_COLUMNS ? n - j : GEMM_COLUMNS, packed);
    }
}

CK_INLINE uint16_t CK_NAME(gemm_bf16)(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (value != value) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static void CK_NAME(bf16_pack)(const float *b, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t k, size_t n,
                               uint16_t *packed) {
    const size_t block = CK_NAME(gemm_k_block)(k);
    for (size_t k0 = 0; k0 < k; k0 += block) {
        const size_t end = k - k0 < block ? k : k0 + block;
        for (size_t j = 0; j < n; j += GEMM_COLUMNS)
            for (size_t p = k0; p < end; p++, packed += GEMM_COLUMNS)
                for (size_t i = 0; i < GEMM_COLUMNS; i++) {
                    const ptrdiff_t at = (ptrdiff_t)p * row_stride + (ptrdiff_t)(j + i) * column_stride;
                    packed[i % CK_WIDTH * 2 + i / CK_WIDTH] = j + i < n ? CK_NAME(gemm_bf16)(b[at]) : 0;
                }
    }
}

// A tile of A as [k][rows].
static void CK_NAME(gemm_pack_rows)(const float *a, ptrdiff_t row_stride, ptrdiff_t column_stride, size_t rows,
                                    size_t k, float *to) {
    if (row_stride == 1) {
        for (size_t p = 0; p < k; p++)
            for (size_t r = 0; r < rows; r++) to[p * rows + r] = a[(ptrdiff_t)p * column_stride + (ptrdiff_t)r];
        return;
    }
    for (size_t r = 0; r < rows; r++) {
        const float *row = a + (ptrdiff_t)r * row_stride;
        for (size_t p = 0; p < k; p++) to[p * rows + r] = row[(ptrdiff_t)p * column_stride];
    }
}
