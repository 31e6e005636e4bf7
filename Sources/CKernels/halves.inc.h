// Floats of 16 bits.

typedef uint16_t CK_NAME(halves) __attribute__((ext_vector_type(CK_WIDTH)));

CK_INLINE CK_NAME(halves) CK_NAME(to_f16)(vf x) {
#if CK_WIDTH == 8 && CK_HAS_FMA
    return (CK_NAME(halves))_mm256_cvtps_ph((__m256)x, 0);
#elif CK_WIDTH == 16
    return (CK_NAME(halves))_mm512_cvtps_ph((__m512)x, 0);
#else
    const vu bits = (vu)x, size = bits & 0x7fffffff;
    const vu normal = (size - (112u << 23) + 0xfff + ((size >> 13) & 1)) >> 13;
    const vu small = (vu)((vf)size + 0.5f) - 0x3f000000;
    const vu special = size > 0x7f800000 ? 0x7e00 | ((size >> 13) & 0x3ff) : (vu)0x7c00;
    const vu kept = size < 0x38800000 ? small : size >= 0x47800000 ? special : normal;
    return __builtin_convertvector(kept | ((bits >> 16) & 0x8000), CK_NAME(halves));
#endif
}

CK_INLINE vf CK_NAME(from_f16)(CK_NAME(halves) x) {
#if CK_WIDTH == 8 && CK_HAS_FMA
    return (vf)_mm256_cvtph_ps((__m128i)x);
#elif CK_WIDTH == 16
    return (vf)_mm512_cvtph_ps((__m256i)x);
#else
    const vu bits = __builtin_convertvector(x, vu), size = bits & 0x7fff;
    const vu normal = (size << 13) + (112u << 23);
    const vu special = (size << 13) + (224u << 23);
    const vu small = (vu)(__builtin_convertvector((vi)size, vf) * 5.9604644775390625e-8f);
    const vu kept = size >= 0x7c00 ? special : size < 0x400 ? small : normal;
    return (vf)(kept | ((bits & 0x8000) << 16));
#endif
}

CK_INLINE CK_NAME(halves) CK_NAME(to_bf16)(vf x) {
    const vu bits = (vu)x;
    const vu rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    return __builtin_convertvector((bits & 0x7fffffff) > 0x7f800000 ? (bits >> 16) | 0x40 : rounded, CK_NAME(halves));
}

CK_INLINE vf CK_NAME(from_bf16)(CK_NAME(halves) x) { return (vf)(__builtin_convertvector(x, vu) << 16); }

typedef struct CK_NAME(halves_work) {
    const float *floats;
    float *to_floats;
    const uint16_t *halves;
    uint16_t *to_halves;
    size_t count;
    size_t pieces;
    bool is_bf16;
} CK_NAME(halves_work);

CK_INLINE void CK_NAME(narrow)(bool is_bf16, const float *x, uint16_t *y, size_t count) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = count - i;
        const vf value = rest < CK_WIDTH ? vf_load_head(x + i, rest) : vf_load(x + i);
        const CK_NAME(halves) halves = is_bf16 ? CK_NAME(to_bf16)(value) : CK_NAME(to_f16)(value);
        if (rest < CK_WIDTH) memcpy(y + i, &halves, rest * sizeof *y);
        else memcpy(y + i, &halves, sizeof halves);
    }
}

CK_INLINE void CK_NAME(widen)(bool is_bf16, const uint16_t *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = count - i;
        CK_NAME(halves) halves = 0;
        if (rest < CK_WIDTH) memcpy(&halves, x + i, rest * sizeof *x);
        else memcpy(&halves, x + i, sizeof halves);
        const vf value = is_bf16 ? CK_NAME(from_bf16)(halves) : CK_NAME(from_f16)(halves);
        if (rest < CK_WIDTH) vf_store_head(y + i, value, rest);
        else vf_store(y + i, value);
    }
}

static void CK_NAME(halves_task)(void *context, size_t index) {
    const CK_NAME(halves_work) *work = context;
    const size_t start = CK_NAME(piece_start)(work->count, work->pieces, index);
    const size_t count = CK_NAME(piece_start)(work->count, work->pieces, index + 1) - start;
    if (count == 0) return;
    if (work->floats) {
        if (work->is_bf16) CK_NAME(narrow)(true, work->floats + start, work->to_halves + start, count);
        else CK_NAME(narrow)(false, work->floats + start, work->to_halves + start, count);
    } else if (work->is_bf16) {
        CK_NAME(widen)(true, work->halves + start, work->to_floats + start, count);
    } else {
        CK_NAME(widen)(false, work->halves + start, work->to_floats + start, count);
    }
}

static void CK_NAME(run_halves)(CK_NAME(halves_work) work, ck_pool *pool) {
    if (work.count == 0) return;
    work.pieces = CK_NAME(piece_count)(pool, work.count, 32768);
    ck_pool_run(pool, work.pieces, CK_NAME(halves_task), &work);
}

static void CK_NAME(f32_to_f16)(const float *x, uint16_t *y, size_t count, ck_pool *pool) {
    CK_NAME(run_halves)((CK_NAME(halves_work)){.floats = x, .to_halves = y, .count = count}, pool);
}

static void CK_NAME(f16_to_f32)(const uint16_t *x, float *y, size_t count, ck_pool *pool) {
    CK_NAME(run_halves)((CK_NAME(halves_work)){.halves = x, .to_floats = y, .count = count}, pool);
}

static void CK_NAME(f32_to_bf16)(const float *x, uint16_t *y, size_t count, ck_pool *pool) {
    CK_NAME(run_halves)((CK_NAME(halves_work)){.floats = x, .to_halves = y, .count = count, .is_bf16 = true}, pool);
}

static void CK_NAME(bf16_to_f32)(const uint16_t *x, float *y, size_t count, ck_pool *pool) {
    CK_NAME(run_halves)((CK_NAME(halves_work)){.halves = x, .to_floats = y, .count = count, .is_bf16 = true}, pool);
}
