// Operations with broadcasting: axes are merged, then rows of the last axis are walked.

enum { CK_NAME(stage_size) = 256 };

// What walks the rows of a broadcast: `count` results from `at`, operands from their offsets with steps.
typedef void CK_NAME(row)(const void *context, size_t at, const size_t *offsets, const size_t *steps, size_t count);

typedef struct CK_NAME(walk) {
    ck_broadcast shape;
    size_t count;
    size_t pieces;
    CK_NAME(row) * row;
    const void *context;
} CK_NAME(walk);

static void CK_NAME(walk_task)(void *context, size_t index) {
    const CK_NAME(walk) *walk = context;
    const ck_broadcast *shape = &walk->shape;
    const size_t last = shape->rank - 1, columns = shape->sizes[last];
    size_t at = CK_NAME(piece_start)(walk->count, walk->pieces, index);
    const size_t end = CK_NAME(piece_start)(walk->count, walk->pieces, index + 1);
    size_t places[CK_BROADCAST_RANK], offsets[3] = {0, 0, 0}, rest = at;
    for (size_t axis = shape->rank; axis-- > 0;) {
        places[axis] = rest % shape->sizes[axis];
        rest /= shape->sizes[axis];
        for (int operand = 0; operand < 3; operand++)
            offsets[operand] += places[axis] * shape->strides[operand][axis];
    }
    const size_t steps[3] = {shape->strides[0][last], shape->strides[1][last], shape->strides[2][last]};
    while (at < end) {
        const size_t left = columns - places[last], count = left < end - at ? left : end - at;
        walk->row(walk->context, at, offsets, steps, count);
        at += count;
        for (int operand = 0; operand < 3; operand++) offsets[operand] -= places[last] * steps[operand];
        places[last] = 0;
        for (size_t axis = last; axis-- > 0;) {
            places[axis]++;
            for (int operand = 0; operand < 3; operand++) offsets[operand] += shape->strides[operand][axis];
            if (places[axis] < shape->sizes[axis]) break;
            for (int operand = 0; operand < 3; operand++)
                offsets[operand] -= places[axis] * shape->strides[operand][axis];
            places[axis] = 0;
        }
    }
}

// Leaves out axes of one element and merges those that all operands step through as through one.
static void CK_NAME(walk_broadcast)(const ck_broadcast *shape, int operands, size_t least, CK_NAME(row) * row,
                                    const void *context, ck_pool *pool) {
    CK_NAME(walk) walk = {.count = 1, .row = row, .context = context};
    ck_broadcast *merged = &walk.shape;
    for (size_t axis = 0; axis < shape->rank; axis++) {
        const size_t size = shape->sizes[axis];
        walk.count *= size;
        if (size == 1) continue;
        bool merges = merged->rank > 0;
        for (int operand = 0; operand < operands && merges; operand++)
            merges = merged->strides[operand][merged->rank - 1] == shape->strides[operand][axis] * size;
        const size_t to = merges ? merged->rank - 1 : merged->rank++;
        merged->sizes[to] = merges ? merged->sizes[to] * size : size;
        for (int operand = 0; operand < operands; operand++)
            merged->strides[operand][to] = shape->strides[operand][axis];
    }
    if (walk.count == 0) return;
    if (merged->rank == 0) {
        merged->rank = 1;
        merged->sizes[0] = 1;
        for (int operand = 0; operand < operands; operand++) merged->strides[operand][0] = 1;
    }
    walk.pieces = CK_NAME(piece_count)(pool, walk.count, least);
    ck_pool_run(pool, walk.pieces, CK_NAME(walk_task), &walk);
}

// The operand's elements side by side: as they are, or copied to the stage.
CK_INLINE const float *CK_NAME(staged)(const float *from, size_t step, size_t count, float *stage) {
    if (step == 1) return from;
    for (size_t i = 0; i < count; i++) stage[i] = from[i * step];
    return stage;
}

CK_INLINE vf CK_NAME(combine)(ck_binary operation, vf a, vf b) {
    switch (operation) {
    case CK_BINARY_ADD: return a + b;
    case CK_BINARY_SUB: return a - b;
    case CK_BINARY_MUL: return a * b;
    case CK_BINARY_DIV: return a / b;
    case CK_BINARY_MIN: return vf_select(a != a, a, vf_min(a, b));
    case CK_BINARY_MAX: return vf_select(a != a, a, vf_max(a, b));
    case CK_BINARY_PRELU: return vf_select(a < 0.0f, a * b, a);
    default: break;
    }
    float left[CK_WIDTH], right[CK_WIDTH], result[CK_WIDTH];
    vf_store(left, a);
    vf_store(right, b);
    for (int i = 0; i < CK_WIDTH; i++) {
        if (operation == CK_BINARY_POW) {
            result[i] = powf(left[i], right[i]);
        } else {
            result[i] = fmodf(left[i], right[i]);
            if (operation == CK_BINARY_MOD) {
                if (result[i] == 0) result[i] = copysignf(0, right[i]);
                else if (signbit(result[i]) != signbit(right[i])) result[i] += right[i];
            }
        }
    }
    return vf_load(result);
}

CK_INLINE void CK_NAME(combine_loop)(ck_binary operation, bool a_steps, bool b_steps, const float *a, const float *b,
                                     float *y, size_t count) {
    const vf a_first = vf_set(*a), b_first = vf_set(*b);
    size_t i = 0;
    for (; i + CK_WIDTH <= count; i += CK_WIDTH)
        vf_store(y + i, CK_NAME(combine)(operation, a_steps ? vf_load(a + i) : a_first,
                                         b_steps ? vf_load(b + i) : b_first));
    if (i == count) return;
    const size_t rest = count - i;
    vf_store_head(y + i, CK_NAME(combine)(operation, a_steps ? vf_load_head(a + i, rest) : a_first,
                                          b_steps ? vf_load_head(b + i, rest) : b_first), rest);
}

// x^exponent where multiplications, a root or a reciprocal give it; false otherwise.
static bool CK_NAME(pow_simple)(float exponent, const float *x, float *y, size_t count) {
    const ck_function function = exponent == 1.0f    ? CK_IDENTITY
                                 : exponent == -1.0f ? CK_RECIPROCAL
                                                     : CK_FUNCTION_COUNT;
    if (function != CK_FUNCTION_COUNT) {
        const ck_activation activation = {.function = function};
        CK_NAME(map_span)(&activation, x, y, count);
        return true;
    }
    if (exponent != 2.0f && exponent != 3.0f && exponent != 0.5f) return false;
    size_t i = 0;
    for (; i < count; i += CK_WIDTH) {
        const size_t left = count - i;
        const vf value = left < CK_WIDTH ? vf_load_head(x + i, left) : vf_load(x + i);
        vf power = value * value;
        if (exponent == 3.0f) power *= value;
        if (exponent == 0.5f)
            power = vf_select(value == -INFINITY, vf_set(INFINITY), __builtin_elementwise_sqrt(value + 0.0f));
        if (left < CK_WIDTH) vf_store_head(y + i, power, left);
        else vf_store(y + i, power);
    }
    return true;
}

static __attribute__((noinline)) void CK_NAME(combine_span)(ck_binary operation, bool a_steps, bool b_steps,
                                                           const float *a, const float *b, float *y, size_t count) {
    switch (operation) {
#define CK_CASE(name)                                                                                                  \
    case name:                                                                                                         \
        if (a_steps && b_steps) CK_NAME(combine_loop)(name, true, true, a, b, y, count);                               \
        else if (a_steps) CK_NAME(combine_loop)(name, true, false, a, b, y, count);                                    \
        else CK_NAME(combine_loop)(name, false, true, a, b, y, count);                                                 \
        break;
        CK_CASE(CK_BINARY_ADD)
        CK_CASE(CK_BINARY_SUB)
        CK_CASE(CK_BINARY_MUL)
        CK_CASE(CK_BINARY_DIV)
        CK_CASE(CK_BINARY_MIN)
        CK_CASE(CK_BINARY_MAX)
        CK_CASE(CK_BINARY_PRELU)
        CK_CASE(CK_BINARY_FMOD)
        CK_CASE(CK_BINARY_MOD)
#undef CK_CASE
    case CK_BINARY_POW:
        if (!b_steps && CK_NAME(pow_simple)(*b, a, y, count)) break;
        for (size_t i = 0; i < count; i++) y[i] = powf(a[a_steps ? i : 0], b[b_steps ? i : 0]);
        break;
    default: break;
    }
}

typedef struct CK_NAME(binary_work) {
    ck_binary operation;
    const float *a;
    const float *b;
    float *y;
    const ck_activation *activation;
} CK_NAME(binary_work);

static void CK_NAME(binary_row)(const void *context, size_t at, const size_t *offsets, const size_t *steps,
                                size_t count) {
    const CK_NAME(binary_work) *work = context;
    const float *a = work->a + offsets[0], *b = work->b + offsets[1];
    float *y = work->y + at;
    const bool direct = steps[0] <= 1 && steps[1] <= 1 && steps[0] + steps[1] > 0;
    const size_t most = direct ? 4096 : CK_NAME(stage_size);
    for (size_t i = 0; i < count; i += most) {
        const size_t some = count - i < most ? count - i : most;
        if (direct) {
            CK_NAME(combine_span)(work->operation, steps[0], steps[1], a + i * steps[0], b + i * steps[1], y + i, some);
        } else {
            float a_stage[CK_NAME(stage_size)], b_stage[CK_NAME(stage_size)];
            CK_NAME(combine_span)(work->operation, true, true,
                                  CK_NAME(staged)(a + i * steps[0], steps[0], some, a_stage),
                                  CK_NAME(staged)(b + i * steps[1], steps[1], some, b_stage), y + i, some);
        }
        if (work->activation) CK_NAME(map_span)(work->activation, y + i, y + i, some);
    }
}

static void CK_NAME(f32_binary)(ck_binary operation, const ck_broadcast *shape, const float *a, const float *b,
                                const ck_activation *activation, float *y, ck_pool *pool) {
    const bool is_identity = !activation || activation->function == CK_IDENTITY;
    const CK_NAME(binary_work) work = {operation, a, b, y, is_identity ? NULL : activation};
    const bool is_slow = operation == CK_BINARY_POW || operation == CK_BINARY_FMOD || operation == CK_BINARY_MOD;
    CK_NAME(walk_broadcast)(shape, 2, is_slow ? 2048 : 16384, CK_NAME(binary_row), &work, pool);
}

typedef uint8_t CK_NAME(bytes) __attribute__((ext_vector_type(CK_WIDTH)));

CK_INLINE void CK_NAME(compare_loop)(ck_comparison operation, bool a_steps, bool b_steps, const float *a,
                                     const float *b, uint8_t *y, size_t count) {
    const vf a_first = vf_set(*a), b_first = vf_set(*b);
    for (size_t i = 0; i < count; i += CK_WIDTH) {
        const size_t rest = count - i;
        const vf left = !a_steps ? a_first : rest < CK_WIDTH ? vf_load_head(a + i, rest) : vf_load(a + i);
        const vf right = !b_steps ? b_first : rest < CK_WIDTH ? vf_load_head(b + i, rest) : vf_load(b + i);
        const vi mask = operation == CK_COMPARISON_EQUAL           ? left == right
                        : operation == CK_COMPARISON_LESS          ? left < right
                        : operation == CK_COMPARISON_LESS_OR_EQUAL ? left <= right
                        : operation == CK_COMPARISON_GREATER       ? left > right
                                                                   : left >= right;
        const CK_NAME(bytes) bytes = __builtin_convertvector(mask & 1, CK_NAME(bytes));
        if (rest < CK_WIDTH) memcpy(y + i, &bytes, rest);
        else memcpy(y + i, &bytes, CK_WIDTH);
    }
}

typedef struct CK_NAME(compare_work) {
    ck_comparison operation;
    const float *a;
    const float *b;
    uint8_t *y;
} CK_NAME(compare_work);

static __attribute__((noinline)) void CK_NAME(compare_span)(ck_comparison operation, bool a_steps, bool b_steps,
                                                           const float *a, const float *b, uint8_t *y, size_t count) {
    switch (operation) {
#define CK_CASE(name)                                                                                                  \
    case name:                                                                                                         \
        if (a_steps && b_steps) CK_NAME(compare_loop)(name, true, true, a, b, y, count);                               \
        else if (a_steps) CK_NAME(compare_loop)(name, true, false, a, b, y, count);                                    \
        else CK_NAME(compare_loop)(name, false, true, a, b, y, count);                                                 \
        break;
        CK_CASE(CK_COMPARISON_EQUAL)
        CK_CASE(CK_COMPARISON_LESS)
        CK_CASE(CK_COMPARISON_LESS_OR_EQUAL)
        CK_CASE(CK_COMPARISON_GREATER)
        CK_CASE(CK_COMPARISON_GREATER_OR_EQUAL)
#undef CK_CASE
    default: break;
    }
}

static void CK_NAME(compare_row)(const void *context, size_t at, const size_t *offsets, const size_t *steps,
                                 size_t count) {
    const CK_NAME(compare_work) *work = context;
    const float *a = work->a + offsets[0], *b = work->b + offsets[1];
    uint8_t *y = work->y + at;
    if (steps[0] <= 1 && steps[1] <= 1 && steps[0] + steps[1] > 0) {
        CK_NAME(compare_span)(work->operation, steps[0], steps[1], a, b, y, count);
        return;
    }
    float a_stage[CK_NAME(stage_size)], b_stage[CK_NAME(stage_size)];
    for (size_t i = 0; i < count; i += CK_NAME(stage_size)) {
        const size_t some = count - i < CK_NAME(stage_size) ? count - i : CK_NAME(stage_size);
        CK_NAME(compare_span)(work->operation, true, true, CK_NAME(staged)(a + i * steps[0], steps[0], some, a_stage),
                              CK_NAME(staged)(b + i * steps[1], steps[1], some, b_stage), y + i, some);
    }
}

static void CK_NAME(f32_compare)(ck_comparison operation, const ck_broadcast *shape, const float *a, const float *b,
                                 uint8_t *y, ck_pool *pool) {
    const CK_NAME(compare_work) work = {operation, a, b, y};
    CK_NAME(walk_broadcast)(shape, 2, 16384, CK_NAME(compare_row), &work, pool);
}

CK_INLINE void CK_NAME(where_loop)(bool a_steps, bool b_steps, const uint8_t *condition, const float *a, const float *b,
                                   float *y, size_t count) {
    const vf a_first = vf_set(*a), b_first = vf_set(*b);
    size_t i = 0;
    for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
        CK_NAME(bytes) bytes;
        memcpy(&bytes, condition + i, sizeof bytes);
        const vi mask = __builtin_convertvector(bytes, vi) != 0;
        vf_store(y + i, vf_select(mask, a_steps ? vf_load(a + i) : a_first, b_steps ? vf_load(b + i) : b_first));
    }
    for (; i < count; i++) y[i] = condition[i] ? a[a_steps ? i : 0] : b[b_steps ? i : 0];
}

typedef struct CK_NAME(where_work) {
    const uint8_t *condition;
    const float *a;
    const float *b;
    float *y;
} CK_NAME(where_work);

static void CK_NAME(where_row)(const void *context, size_t at, const size_t *offsets, const size_t *steps,
                               size_t count) {
    const CK_NAME(where_work) *work = context;
    for (size_t i = 0; i < count; i += CK_NAME(stage_size)) {
        const size_t some = count - i < CK_NAME(stage_size) ? count - i : CK_NAME(stage_size);
        const uint8_t *condition = work->condition + offsets[0] + i * steps[0];
        const float *a = work->a + offsets[1] + i * steps[1], *b = work->b + offsets[2] + i * steps[2];
        uint8_t condition_stage[CK_NAME(stage_size)];
        float a_stage[CK_NAME(stage_size)], b_stage[CK_NAME(stage_size)];
        if (steps[0] != 1) {
            for (size_t j = 0; j < some; j++) condition_stage[j] = condition[j * steps[0]];
            condition = condition_stage;
        }
        if (steps[1] > 1) a = CK_NAME(staged)(a, steps[1], some, a_stage);
        if (steps[2] > 1) b = CK_NAME(staged)(b, steps[2], some, b_stage);
        float *y = work->y + at + i;
        if (steps[1] && steps[2]) CK_NAME(where_loop)(true, true, condition, a, b, y, some);
        else if (steps[1]) CK_NAME(where_loop)(true, false, condition, a, b, y, some);
        else if (steps[2]) CK_NAME(where_loop)(false, true, condition, a, b, y, some);
        else CK_NAME(where_loop)(false, false, condition, a, b, y, some);
    }
}

static void CK_NAME(f32_where)(const ck_broadcast *shape, const uint8_t *condition, const float *a, const float *b,
                               float *y, ck_pool *pool) {
    const CK_NAME(where_work) work = {condition, a, b, y};
    CK_NAME(walk_broadcast)(shape, 3, 16384, CK_NAME(where_row), &work, pool);
}
