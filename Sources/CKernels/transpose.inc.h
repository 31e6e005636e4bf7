#ifndef CK_TRANSPOSE_INC_H
#define CK_TRANSPOSE_INC_H

#if CK_WIDTH != 8
CK_INLINE vf CK_NAME(zip_low)(vf a, vf b) {
#if CK_WIDTH == 4
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#else
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#endif
}

CK_INLINE vf CK_NAME(zip_high)(vf a, vf b) {
#if CK_WIDTH == 4
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#else
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#endif
}

#endif

// Element j of row i changes places with element i of row j.
CK_INLINE void CK_NAME(transpose)(vf rows[CK_WIDTH]) {
#if CK_WIDTH == 8
    vf pairs[8], quads[8];
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = __builtin_shufflevector(rows[i], rows[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[i + 1] = __builtin_shufflevector(rows[i], rows[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; j++) {
            quads[i + 2 * j] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            quads[i + 2 * j + 1] = __builtin_shufflevector(pairs[i + j], pairs[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        rows[i] = __builtin_shufflevector(quads[i], quads[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        rows[i + 4] = __builtin_shufflevector(quads[i], quads[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
#else
    for (int step = 1; step < CK_WIDTH; step *= 2) {
        vf zipped[CK_WIDTH];
        for (int i = 0; i < CK_WIDTH / 2; i++) {
            zipped[2 * i] = CK_NAME(zip_low)(rows[i], rows[i + CK_WIDTH / 2]);
            zipped[2 * i + 1] = CK_NAME(zip_high)(rows[i], rows[i + CK_WIDTH / 2]);
        }
        for (int i = 0; i < CK_WIDTH; i++) rows[i] = zipped[i];
    }
#endif
}

#endif
