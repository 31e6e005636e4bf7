// Weights of 2, 4 or 8 bits with a scale and a zero point for each block along k, and the floats that they stand for.
//
// Packed panels: scales [block][GEMM_COLUMNS], zero points [block][GEMM_COLUMNS], and the codes of each k: a byte for
// each column, or for two columns CK_WIDTH apart, the first in the low half.

typedef uint8_t CK_NAME(codes) __attribute__((ext_vector_type(CK_WIDTH)));

CK_INLINE size_t CK_NAME(bits_code_bytes)(unsigned bits) { return bits == 8 ? GEMM_COLUMNS : CK_WIDTH; }

CK_INLINE size_t CK_NAME(bits_blocks)(size_t k, size_t block) { return k / block + (k % block != 0); }

CK_INLINE size_t CK_NAME(bits_panel_bytes)(size_t k, unsigned bits, size_t block) {
    return 2 * CK_NAME(bits_blocks)(k, block) * GEMM_COLUMNS * sizeof(float) + k * CK_NAME(bits_code_bytes)(bits);
}

static size_t CK_NAME(bits_packed_bytes)(size_t k, size_t n, unsigned bits, size_t block) {
    return CK_NAME(gemm_panels)(n) * CK_NAME(bits_panel_bytes)(k, bits, block);
}

static void CK_NAME(bits_pack)(const ck_bits_weights *weights, size_t k, size_t n, void *packed) {
    const unsigned bits = weights->bits;
    const size_t block = weights->block, blocks = CK_NAME(bits_blocks)(k, block), row_bytes = blocks * block * bits / 8;
    const size_t code_bytes = CK_NAME(bits_code_bytes)(bits), panel_bytes = CK_NAME(bits_panel_bytes)(k, bits, block);
    memset(packed, 0, CK_NAME(bits_packed_bytes)(k, n, bits, block));
    for (size_t j = 0; j < n; j++) {
        const size_t lane = j % GEMM_COLUMNS;
        char *panel = (char *)packed + j / GEMM_COLUMNS * panel_bytes;
        for (size_t q = 0; q < blocks; q++) {
            const float numbers[2] = {weights->scales[j * blocks + q],
                                      weights->zeros ? weights->zeros[j * blocks + q] : (float)(1u << (bits - 1))};
            for (size_t i = 0; i < 2; i++)
                memcpy(panel + ((i * blocks + q) * GEMM_COLUMNS + lane) * sizeof(float), &numbers[i], sizeof(float));
        }
        uint8_t *codes = (uint8_t *)panel + 2 * blocks * GEMM_COLUMNS * sizeof(float);
        for (size_t p = 0; p < k; p++) {
            const size_t bit = p * bits;
            const unsigned code = weights->codes[j * row_bytes + bit / 8] >> bit % 8 & ((1u << bits) - 1);
            if (bits == 8) codes[p * code_bytes + lane] = (uint8_t)code;
            else codes[p * code_bytes + lane % CK_WIDTH] |= (uint8_t)(code << (lane / CK_WIDTH * 4));
        }
    }
}

// A panel of weights of few bits, from the step k0 of k on.
typedef struct CK_NAME(bits_panel) {
    const float *scales, *zeros;
    const char *codes;
    size_t block, k0;
    bool is_byte;
} CK_NAME(bits_panel);

CK_INLINE CK_NAME(bits_panel) CK_NAME(bits_panel_at)(const char *packed, size_t panel, size_t k, unsigned bits,
                                                     size_t block, size_t k0) {
    const size_t blocks = CK_NAME(bits_blocks)(k, block);
    const char *from = packed + panel * CK_NAME(bits_panel_bytes)(k, bits, block);
    const float *scales = (const float *)(const void *)from, *zeros = scales + blocks * GEMM_COLUMNS;
    return (CK_NAME(bits_panel)){
        .scales = scales, .zeros = zeros, .block = block, .k0 = k0, .is_byte = bits == 8,
        .codes = (const char *)(zeros + blocks * GEMM_COLUMNS) + k0 * CK_NAME(bits_code_bytes)(bits)};
}

// The two vectors of codes of one step.
CK_INLINE void CK_NAME(bits_load)(const bool is_byte, const char *from, vf *low, vf *high) {
    CK_NAME(codes) bytes;
    memcpy(&bytes, from, sizeof bytes);
    const vi codes = __builtin_convertvector(bytes, vi);
    if (!is_byte) {
        *low = __builtin_convertvector(codes & 15, vf);
        *high = __builtin_convertvector(codes >> 4, vf);
        return;
    }
    *low = __builtin_convertvector(codes, vf);
    memcpy(&bytes, from + CK_WIDTH, sizeof bytes);
    *high = __builtin_convertvector(__builtin_convertvector(bytes, vi), vf);
}

// Steps of k from `p` on that share a block, at most to `end`.
CK_INLINE size_t CK_NAME(bits_run)(const CK_NAME(bits_panel) *panel, size_t p, size_t end) {
    const size_t rest = panel->block - p % panel->block;
    return rest < end - p ? rest : end - p;
}

CK_INLINE void CK_NAME(bits_expand_as)(const CK_NAME(bits_panel) *panel, size_t count, const bool is_byte, float *to) {
    const size_t step = is_byte ? GEMM_COLUMNS : CK_WIDTH;
    const char *from = panel->codes;
    for (size_t p = panel->k0, end = p + count; p < end;) {
        const size_t at = p / panel->block * GEMM_COLUMNS, run = CK_NAME(bits_run)(panel, p, end);
        const vf scale0 = vf_load(panel->scales + at), scale1 = vf_load(panel->scales + at + CK_WIDTH);
        const vf zero0 = vf_load(panel->zeros + at), zero1 = vf_load(panel->zeros + at + CK_WIDTH);
        for (size_t i = 0; i < run; i++, from += step, to += GEMM_COLUMNS) {
            vf low, high;
            CK_NAME(bits_load)(is_byte, from, &low, &high);
            vf_store(to, (low - zero0) * scale0);
            vf_store(to + CK_WIDTH, (high - zero1) * scale1);
        }
        p += run;
    }
}

// The floats of a panel for `count` steps of k, [count][GEMM_COLUMNS].
static void CK_NAME(bits_expand)(const CK_NAME(bits_panel) *panel, size_t count, float *to) {
    if (panel->is_byte) CK_NAME(bits_expand_as)(panel, count, true, to);
    else CK_NAME(bits_expand_as)(panel, count, false, to);
}

// Rows that are multiplied while codes become floats in registers, which are not worth storing for them.
#undef GEMM_BITS_ROWS
#define GEMM_BITS_ROWS 3

CK_INLINE void CK_NAME(bits_tile_body)(const CK_NAME(gemm_tile) *tile, const CK_NAME(bits_panel) *panel,
                                       const int rows, const bool is_byte) {
    const size_t step = is_byte ? GEMM_COLUMNS : CK_WIDTH;
    const char *from = panel->codes;
    const float *a = tile->a;
    vf sums[2 * GEMM_ROWS];
    GEMM_UNROLL
    for (int i = 0; i < 2 * rows; i++) sums[i] = vf_set(0);
    for (size_t p = panel->k0, end = p + tile->k; p < end;) {
        const size_t at = p / panel->block * GEMM_COLUMNS, run = CK_NAME(bits_run)(panel, p, end);
        const vf zero0 = vf_load(panel->zeros + at), zero1 = vf_load(panel->zeros + at + CK_WIDTH);
        // PERF: two steps have sums of their own, and a block is scaled once.
        vf parts[2][2 * GEMM_BITS_ROWS];
        GEMM_UNROLL
        for (int i = 0; i < 2 * rows; i++) parts[0][i] = parts[1][i] = vf_set(0);
        for (size_t i = 0; i < run; i += 2)
            GEMM_UNROLL
            for (size_t s = 0; s < 2; s++) {
                if (i + s == run) break;
                vf low, high;
                CK_NAME(bits_load)(is_byte, from, &low, &high);
                from += step;
                GEMM_UNROLL
                for (int r = 0; r < rows; r++) {
                    const vf x = vf_set(a[(size_t)r * tile->a_stride + i + s]);
                    parts[s][2 * r] = vf_fma(x, low - zero0, parts[s][2 * r]);
                    parts[s][2 * r + 1] = vf_fma(x, high - zero1, parts[s][2 * r + 1]);
                }
            }
        const vf scale0 = vf_load(panel->scales + at), scale1 = vf_load(panel->scales + at + CK_WIDTH);
        GEMM_UNROLL
        for (int r = 0; r < rows; r++) {
            sums[2 * r] = vf_fma(parts[0][2 * r] + parts[1][2 * r], scale0, sums[2 * r]);
            sums[2 * r + 1] = vf_fma(parts[0][2 * r + 1] + parts[1][2 * r + 1], scale1, sums[2 * r + 1]);
        }
        a += run;
        p += run;
    }
    CK_NAME(gemm_finish)(tile, rows, sums);
}

#define GEMM_BITS_TILE(rows, name, is_byte)                                                                            \
    static void CK_NAME(bits_tile_##name##_##rows)(const CK_NAME(gemm_tile) *tile, const CK_NAME(bits_panel) *panel) { \
        CK_NAME(bits_tile_body)(tile, panel, rows, is_byte);                                                           \
    }

GEMM_BITS_TILE(1, halves, false)
GEMM_BITS_TILE(2, halves, false)
GEMM_BITS_TILE(3, halves, false)
GEMM_BITS_TILE(1, bytes, true)
GEMM_BITS_TILE(2, bytes, true)
GEMM_BITS_TILE(3, bytes, true)

typedef void CK_NAME(bits_tile_function)(const CK_NAME(gemm_tile) *, const CK_NAME(bits_panel) *);

static CK_NAME(bits_tile_function) *const CK_NAME(bits_tile_functions)[2][GEMM_BITS_ROWS + 1] = {
    {NULL, CK_NAME(bits_tile_halves_1), CK_NAME(bits_tile_halves_2), CK_NAME(bits_tile_halves_3)},
    {NULL, CK_NAME(bits_tile_bytes_1), CK_NAME(bits_tile_bytes_2), CK_NAME(bits_tile_bytes_3)},
};

// Floats that a thread needs for a panel.
CK_INLINE size_t CK_NAME(bits_scratch)(size_t k) { return CK_NAME(gemm_k_block)(k) * GEMM_COLUMNS; }
