// The activations that a product applies to finished rows because no vector form of them fits its inner loop.
#ifndef ck_apply_activation
#define ck_apply_activation CK_NAME(gemm_activate_row)

static float CK_NAME(gemm_activate)(ck_activation activation, float x) {
    const float alpha = activation.alpha, beta = activation.beta;
    switch (activation.function) {
    case CK_RELU: return x < 0 ? 0 : x;
    case CK_CLIP: return x < alpha ? alpha : x > beta ? beta : x;
    case CK_LEAKY_RELU: return x < 0 ? alpha * x : x;
    case CK_ELU: return x < 0 ? alpha * expm1f(x) : x;
    case CK_SELU: return beta * (x < 0 ? alpha * expm1f(x) : x);
    case CK_CELU: return x < 0 ? alpha * expm1f(x / alpha) : x;
    case CK_SIGMOID: return 1 / (1 + expf(-x));
    case CK_TANH: return tanhf(x);
    case CK_SILU: return x / (1 + expf(-x));
    case CK_SWISH: return x / (1 + expf(-alpha * x));
    case CK_MISH: return x * tanhf(x > 20 ? x : log1pf(expf(x)));
    case CK_SOFTPLUS: return x > 20 ? x : log1pf(expf(x));
    case CK_SOFTSIGN: return x / (1 + fabsf(x));
    case CK_GELU: return 0.5f * x * (1 + erff(x * 0.70710678f));
    case CK_GELU_TANH: return 0.5f * x * (1 + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
    case CK_HARD_SIGMOID: return fmaxf(0, fminf(1, alpha * x + beta));
    case CK_HARD_SWISH: return x * fmaxf(0, fminf(1, x / 6 + 0.5f));
    case CK_THRESHOLDED_RELU: return x > alpha ? x : 0;
    case CK_EXP: return expf(x);
    case CK_LOG: return logf(x);
    case CK_SQRT: return sqrtf(x);
    case CK_RECIPROCAL: return 1 / x;
    case CK_ERF: return erff(x);
    case CK_ABS: return fabsf(x);
    case CK_NEG: return -x;
    case CK_FLOOR: return floorf(x);
    case CK_CEIL: return ceilf(x);
    case CK_ROUND: return rintf(x);
    case CK_SIN: return sinf(x);
    case CK_COS: return cosf(x);
    case CK_AFFINE: return alpha * x + beta;
    default: return x;
    }
}

static void CK_NAME(gemm_activate_row)(float *row, size_t n, const ck_activation *activation) {
    for (size_t i = 0; i < n; i++) row[i] = CK_NAME(gemm_activate)(*activation, row[i]);
}

#endif
