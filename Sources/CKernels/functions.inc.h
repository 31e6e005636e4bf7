// Functions of vectors of floats.
//
// NUMERICS: the polynomials are minimax fits in double; exp, log, erf, sin and cos stay within 2 ulp, tanh, sigmoid and
// SiLU within 2.5 (3 without fused multiplication), GELU within 2.5 ulp or 1e-7.

typedef double vd __attribute__((ext_vector_type(CK_WIDTH)));

#if CK_WIDTH == 8 && CK_HAS_FMA
static const int32_t CK_NAME(head_masks)[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

CK_INLINE __m256i CK_NAME(head_mask)(size_t count) {
    return _mm256_loadu_si256((const __m256i *)(CK_NAME(head_masks) + 8 - count));
}
#endif

// The first `count` elements, less than a vector, zeros behind them; reads nothing else.
CK_INLINE vf vf_load_head(const float *from, size_t count) {
#if CK_WIDTH == 8 && CK_HAS_FMA
    return (vf)_mm256_maskload_ps(from, CK_NAME(head_mask)(count));
#elif CK_WIDTH == 16
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
#else
    return vf_load_part(from, count);
#endif
}

CK_INLINE void vf_store_head(float *to, vf value, size_t count) {
#if CK_WIDTH == 8 && CK_HAS_FMA
    _mm256_maskstore_ps(to, CK_NAME(head_mask)(count), (__m256)value);
#elif CK_WIDTH == 16
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)value);
#else
    vf_store_part(to, value, count);
#endif
}

CK_INLINE vf vf_select(vi mask, vf a, vf b) { return mask ? a : b; }

CK_INLINE vi CK_NAME(lanes)(void) {
    vi lanes;
    for (int i = 0; i < CK_WIDTH; i++) lanes[i] = i;
    return lanes;
}

// The first `count` elements, less than a vector, `filler` behind them.
CK_INLINE vf CK_NAME(load_filled)(const float *from, size_t count, float filler) {
    return vf_select(CK_NAME(lanes)() < (int32_t)count, vf_load_head(from, count), vf_set(filler));
}

// A vector, or its first `head` elements where head is not 0.
CK_INLINE vf CK_NAME(load_column)(const float *x, size_t head) { return head ? vf_load_head(x, head) : vf_load(x); }

CK_INLINE void CK_NAME(store_column)(float *y, vf value, size_t head) {
    if (head) vf_store_head(y, value, head);
    else vf_store(y, value);
}

CK_INLINE vf vf_abs(vf x) { return (vf)((vi)x & 0x7fffffff); }

CK_INLINE vf vf_copysign(vf magnitude, vf sign) {
    return (vf)(((vi)magnitude & 0x7fffffff) | ((vi)sign & (int32_t)0x80000000));
}

#if CK_HAS_FMA || defined(__aarch64__)
CK_INLINE vf vf_round(vf x) { return __builtin_elementwise_roundeven(x); }
CK_INLINE vf vf_floor(vf x) { return __builtin_elementwise_floor(x); }
CK_INLINE vf vf_ceil(vf x) { return __builtin_elementwise_ceil(x); }
#else
CK_INLINE vf vf_round(vf x) {
    const vf whole = vf_copysign(vf_set(8388608.0f), x);
    const vf rounded = vf_copysign((x + whole) - whole, x);
    return vf_select(vf_abs(x) < 8388608.0f, rounded, x);
}
CK_INLINE vf vf_floor(vf x) {
    const vf rounded = vf_round(x);
    return vf_select(rounded > x, rounded - 1.0f, rounded);
}
CK_INLINE vf vf_ceil(vf x) {
    const vf rounded = vf_round(x);
    return vf_select(rounded < x, vf_copysign(rounded + 1.0f, x), rounded);
}
#endif

// The quotient n of x by ln 2 in the low bits of the result, and x - n ln 2 reduced to ±ln 2 / 2.
CK_INLINE vi CK_NAME(exp_reduce)(vf x, vf *rest) {
    const vf magic = vf_set(12582912.0f);
    const vf shifted = vf_fma(x, vf_set(1.44269504f), magic);
    const vf n = shifted - magic;
    *rest = vf_fma(n, vf_set(2.12194440e-4f), vf_fma(n, vf_set(-0.693359375f), x));
    return (vi)shifted - 0x4b400000;
}

// e^r - 1 for |r| up to ln 2 / 2.
CK_INLINE vf CK_NAME(exp_rest)(vf r) {
    vf p = vf_fma(vf_set(0.00138146018f), r, vf_set(0.00836871522f));
    p = vf_fma(p, r, vf_set(0.0416683879f));
    p = vf_fma(p, r, vf_set(0.166665206f));
    p = vf_fma(p, r, vf_set(0.499999934f));
    return vf_fma(p * r, r, r);
}

CK_INLINE vf vf_exp(vf x) {
    x = vf_min(vf_set(89.0f), vf_max(vf_set(-104.5f), x));
    vf r;
    const vi n = CK_NAME(exp_reduce)(x, &r);
    const vi half = n >> 1;
    const vf e = CK_NAME(exp_rest)(r) + 1.0f;
    return e * (vf)((half + 127) << 23) * (vf)((n - half + 127) << 23);
}

// e^x for x up to 88; zero below -87.7.
CK_INLINE vf vf_exp_flushed(vf x) {
    vf r;
    const vi n = CK_NAME(exp_reduce)(vf_max(vf_set(-88.0f), x), &r);
    return (CK_NAME(exp_rest)(r) + 1.0f) * (vf)((n + 127) << 23);
}

CK_INLINE vf vf_expm1(vf x) {
    x = vf_min(vf_set(89.0f), vf_max(vf_set(-30.0f), x));
    vf r;
    const vi n = CK_NAME(exp_reduce)(x, &r);
    const vi half = n >> 1;
    const vf low = (vf)((half + 127) << 23), high = (vf)((n - half + 127) << 23);
    return vf_fma(CK_NAME(exp_rest)(r) * low, high, vf_fma(low, high, vf_set(-1.0f)));
}

CK_INLINE vf vf_log(vf x) {
    const vi tiny = x < 1.17549435e-38f;
    const vi bits = (vi)vf_select(tiny, x * 8388608.0f, x);
    const vi exponent = (bits - 0x3f3504f3) >> 23;
    const vf f = (vf)(bits - (exponent << 23)) - 1.0f;
    const vf e = __builtin_convertvector(exponent - (tiny & 23), vf);
    vf p = vf_fma(vf_set(0.0674663816f), f, vf_set(-0.116756512f));
    p = vf_fma(p, f, vf_set(0.11888163f));
    p = vf_fma(p, f, vf_set(-0.124055891f));
    p = vf_fma(p, f, vf_set(0.142195523f));
    p = vf_fma(p, f, vf_set(-0.166679958f));
    p = vf_fma(p, f, vf_set(0.200021187f));
    p = vf_fma(p, f, vf_set(-0.250000096f));
    p = vf_fma(p, f, vf_set(0.333333126f));
    const vf square = f * f;
    vf y = p * square * f;
    y = vf_fma(e, vf_set(-2.12194440e-4f), y);
    y = vf_fma(square, vf_set(-0.5f), y);
    y = vf_fma(e, vf_set(0.693359375f), f + y);
    const vf outside = vf_select(x == 0.0f, vf_set(-INFINITY), vf_set(NAN));
    return vf_select(x > 0.0f, vf_select(x == INFINITY, x, y), outside);
}

// log(1 + x) for x from 0 to 1.
CK_INLINE vf CK_NAME(log1p_unit)(vf x) {
    const vf u = x + 1.0f;
    return vf_log(u) + (x - (u - 1.0f)) / u;
}

CK_INLINE vf vf_erf(vf x) {
    const vf t = vf_min(vf_set(4.0f), vf_abs(x));
    const vf s = t * t;
    vf p = vf_fma(vf_set(7.89869546e-05f), s, vf_set(-0.000802481881f));
    p = vf_fma(p, s, vf_set(0.00519016251f));
    p = vf_fma(p, s, vf_set(-0.0268549161f));
    p = vf_fma(p, s, vf_set(0.112836174f));
    p = vf_fma(p, s, vf_set(-0.376126298f));
    p = vf_fma(p, s, vf_set(0.12837916709f));
    const vf near = vf_fma(p, t, t);
    vf q = vf_fma(vf_set(-0.000198220011f), t, vf_set(0.00306549352f));
    q = vf_fma(q, t, vf_set(-0.0223152248f));
    q = vf_fma(q, t, vf_set(0.104113701f));
    q = vf_fma(q, t, vf_set(0.63697606f));
    q = vf_fma(q, t, vf_set(1.12779726f));
    q = vf_fma(q, t, vf_set(0.000166444808f));
    const vf far = 1.0f - vf_exp_flushed(-q);
    return vf_copysign(vf_select(t > 1.0f, far, near), x);
}

CK_INLINE vf vf_tanh(vf x) {
    const vf e = vf_expm1(vf_min(vf_set(20.0f), vf_abs(x) * 2.0f));
    return vf_copysign(e / (e + 2.0f), x);
}

CK_INLINE vf vf_sigmoid(vf x) { return 1.0f / (1.0f + vf_exp(-x)); }

// max(x, 0) - |x| Φ(-|x|), NaN for minus infinity as the product of its factors is, where -log Φ(-t) is a polynomial that grows past the fitted range.
CK_INLINE vf vf_gelu(vf x) {
    const vf t = vf_min(vf_set(14.0f), vf_abs(x));
    vf q = vf_fma(vf_set(1.17179331e-06f), t, vf_set(-1.73877787e-05f));
    q = vf_fma(q, t, vf_set(7.93472626e-05f));
    q = vf_fma(q, t, vf_set(0.00022410013f));
    q = vf_fma(q, t, vf_set(-0.00508307385f));
    q = vf_fma(q, t, vf_set(0.0365386578f));
    q = vf_fma(q, t, vf_set(0.318234593f));
    q = vf_fma(q, t, vf_set(0.797897838f));
    q = vf_fma(q, t, vf_set(0.693146401f));
    return vf_fma(-vf_abs(vf_min(vf_set(14.0f), x)), vf_exp_flushed(-q), vf_max(vf_set(0.0f), x));
}

// sin(x + quadrant π / 2); exact reduction in double up to 2^20, libm beyond.
static __attribute__((noinline, unused)) vf CK_NAME(sin_quadrant)(vf x, int32_t quadrant) {
    const vf clamped = vf_select(vf_abs(x) < 1048576.0f, x, vf_set(0.0f));
    const vd wide = __builtin_convertvector(clamped, vd);
    const vd magic = (vd)6755399441055744.0;
    const vd n = (wide * 0.63661977236758134308 + magic) - magic;
    const vd rest = (wide - n * 1.57079632673412561417) - n * 6.07710050650619224932e-11;
    const vf r = __builtin_convertvector(rest, vf);
    const vi turn = __builtin_convertvector(n, vi) + quadrant;
    const vf s = r * r;
    vf sine = vf_fma(vf_set(2.7180465e-06f), s, vf_set(-0.000198393044f));
    sine = vf_fma(sine, s, vf_set(0.00833332928f));
    sine = vf_fma(sine, s, vf_set(-0.166666666f));
    sine = vf_fma(sine * s, r, r);
    vf cosine = vf_fma(vf_set(-2.72050322e-07f), s, vf_set(2.47994513e-05f));
    cosine = vf_fma(cosine, s, vf_set(-0.00138888835f));
    cosine = vf_fma(cosine, s, vf_set(0.0416666666f));
    cosine = vf_fma(cosine * s, s, vf_fma(s, vf_set(-0.5f), vf_set(1.0f)));
    const vf value = vf_select((turn & 1) == 0, sine, cosine);
    vf y = (vf)((vi)value ^ ((turn & 2) << 30));
    float in[CK_WIDTH], out[CK_WIDTH];
    vf_store(in, x);
    vf_store(out, y);
    for (int i = 0; i < CK_WIDTH; i++)
        if (!(fabsf(in[i]) < 1048576.0f)) out[i] = quadrant ? cosf(in[i]) : sinf(in[i]);
    return vf_load(out);
}

// The function of each element; folds to one function where `function` is a constant.
CK_INLINE vf CK_NAME(apply)(ck_function function, vf alpha, vf beta, vf x) {
    const vf zero = vf_set(0.0f), one = vf_set(1.0f);
    switch (function) {
    case CK_RELU: return vf_max(zero, x);
    case CK_CLIP: return vf_min(beta, vf_max(alpha, x));
    case CK_LEAKY_RELU: return vf_select(x < zero, alpha * x, x);
    case CK_ELU: return vf_select(x < zero, alpha * vf_expm1(x), x);
    case CK_SELU: return beta * vf_select(x > zero, x, alpha * vf_expm1(x));
    case CK_CELU: return vf_select(x > zero, x, alpha * vf_expm1(x / alpha));
    case CK_SIGMOID: return vf_sigmoid(x);
    case CK_TANH: return vf_tanh(x);
    case CK_SILU: return x / (vf_exp(-x) + 1.0f);
    case CK_SWISH: return x / (vf_exp(-alpha * x) + 1.0f);
    case CK_MISH: {
        const vf e = vf_exp(vf_min(vf_set(20.0f), x));
        const vf n = e * (e + 2.0f);
        return x * (n / (n + 2.0f));
    }
    case CK_SOFTPLUS: return vf_max(zero, x) + CK_NAME(log1p_unit)(vf_exp(-vf_abs(x)));
    case CK_SOFTSIGN: return x / (vf_abs(x) + 1.0f);
    case CK_GELU: return vf_gelu(x);
    case CK_GELU_TANH: return x / (vf_exp(x * vf_fma(x * x, vf_set(-0.0713548163f), vf_set(-1.59576912f))) + 1.0f);
    case CK_HARD_SIGMOID: return vf_max(zero, vf_min(one, vf_fma(alpha, x, beta)));
    case CK_HARD_SWISH: return x * vf_max(zero, vf_min(one, vf_fma(vf_set(1.0f / 6), x, vf_set(0.5f))));
    case CK_THRESHOLDED_RELU: return vf_select(x > alpha, x, zero);
    case CK_EXP: return vf_exp(x);
    case CK_LOG: return vf_log(x);
    case CK_SQRT: return __builtin_elementwise_sqrt(x);
    case CK_RECIPROCAL: return one / x;
    case CK_ERF: return vf_erf(x);
    case CK_ABS: return vf_abs(x);
    case CK_NEG: return -x;
    case CK_FLOOR: return vf_floor(x);
    case CK_CEIL: return vf_ceil(x);
    case CK_ROUND: return vf_round(x);
    case CK_SIN: return CK_NAME(sin_quadrant)(x, 0);
    case CK_COS: return CK_NAME(sin_quadrant)(x, 1);
    case CK_AFFINE: return vf_fma(alpha, x, beta);
    default: return x;
    }
}

static __attribute__((noinline, unused)) vf CK_NAME(apply_any)(const ck_activation *activation, vf x) {
    return CK_NAME(apply)(activation->function, vf_set(activation->alpha), vf_set(activation->beta), x);
}

// The cheap functions inline, a call for the others: for the ends of kernels.
CK_INLINE vf CK_NAME(apply_vector)(const ck_activation *activation, vf x) {
    switch (activation->function) {
    case CK_IDENTITY: return x;
    case CK_RELU: return vf_max(vf_set(0.0f), x);
    case CK_CLIP: return vf_min(vf_set(activation->beta), vf_max(vf_set(activation->alpha), x));
    default: return CK_NAME(apply_any)(activation, x);
    }
}
