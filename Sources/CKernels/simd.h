// Vectors of CK_WIDTH floats in the words of clang's vector extension, so that one text serves every instruction set.
//
// Included once in each file of an instruction set, inside its target attribute.

#define CK_JOIN_(a, b, c) a##b##_##c
#define CK_JOIN(a, b, c) CK_JOIN_(a, b, c)
// The name of a function in this instruction set's instance.
#define CK_NAME(name) CK_JOIN(ck_, CK_ISA_NAME, name)
#define CK_INLINE static inline __attribute__((always_inline, unused))

typedef float vf __attribute__((ext_vector_type(CK_WIDTH)));
typedef int32_t vi __attribute__((ext_vector_type(CK_WIDTH)));
typedef uint32_t vu __attribute__((ext_vector_type(CK_WIDTH)));

CK_INLINE vf vf_load(const float *from) {
    vf value;
    memcpy(&value, from, sizeof value);
    return value;
}

CK_INLINE void vf_store(float *to, vf value) { memcpy(to, &value, sizeof value); }

CK_INLINE vf vf_set(float value) { return (vf)value; }

// a * b + c, in one rounding where the instruction set has it.
CK_INLINE vf vf_fma(vf a, vf b, vf c) {
#if CK_HAS_FMA
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// A divisor of many numbers.
typedef struct vf_divisor {
    vf value;
    vf reciprocal;
    // Whether multiplying by the reciprocal serves.
    bool is_plain;
} vf_divisor;

// Whether a scale is positive and far from both ends of what a float can be.
CK_INLINE bool vf_is_usual(float scale) { return scale > 0x1p-60f && scale < 0x1p60f; }

CK_INLINE vf_divisor vf_divisor_for(float value) {
    const bool is_plain = CK_HAS_FMA && vf_is_usual(value);
    return (vf_divisor){vf_set(value), vf_set(1 / value), is_plain};
}

// a / b, rounded as division is, for quotients below 2^12.
CK_INLINE vf vf_divide_small(vf a, vf_divisor b) {
    if (!b.is_plain) return a / b.value;
    const vf estimate = a * b.reciprocal;
    // NUMERICS: Markstein's correction of a quotient, once to be within an ulp and once to be rounded right.
    const vf closer = vf_fma(vf_fma(-estimate, b.value, a), b.reciprocal, estimate);
    return vf_fma(vf_fma(-closer, b.value, a), b.reciprocal, closer);
}

// a / b, rounded as division is; quotients of 2^12 and more within some ulp.
CK_INLINE vf vf_divide(vf a, vf_divisor b) {
    if (!b.is_plain) return a / b.value;
    const vf estimate = a * b.reciprocal, quotient = vf_divide_small(a, b);
    const vf size = estimate < vf_set(0) ? -estimate : estimate;
    return size < vf_set(0x1p12f) ? quotient : estimate;
}

// The second operand where one is not a number, as the processor has it.
CK_INLINE vf vf_max(vf a, vf b) { return a > b ? a : b; }
CK_INLINE vf vf_min(vf a, vf b) { return a < b ? a : b; }

CK_INLINE vi vf_bits(vf value) { return (vi)value; }
CK_INLINE vf vf_from_bits(vi bits) { return (vf)bits; }

typedef float vf4 __attribute__((ext_vector_type(4)));

// Element j of row i changes places with element i of row j.
CK_INLINE void vf4_turn(vf4 rows[4]) {
    const vf4 low01 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
    const vf4 high01 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
    const vf4 low23 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
    const vf4 high23 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
    rows[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    rows[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    rows[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    rows[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

// The first `count` elements, zeros behind them; reads nothing else.
CK_INLINE vf vf_load_part(const float *from, size_t count) {
    float part[CK_WIDTH] = {0};
    for (size_t i = 0; i < count && i < CK_WIDTH; i++) part[i] = from[i];
    return vf_load(part);
}

CK_INLINE void vf_store_part(float *to, vf value, size_t count) {
    float part[CK_WIDTH];
    vf_store(part, value);
    for (size_t i = 0; i < count && i < CK_WIDTH; i++) to[i] = part[i];
}

// The sum of the elements, pairwise.
CK_INLINE float vf_sum(vf value) {
    float part[CK_WIDTH];
    vf_store(part, value);
    for (int half = CK_WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) part[i] += part[i + half];
    return part[0];
}

CK_INLINE float vf_highest(vf value) {
    float part[CK_WIDTH];
    vf_store(part, value);
    float highest = part[0];
    for (int i = 1; i < CK_WIDTH; i++) highest = part[i] > highest ? part[i] : highest;
    return highest;
}
