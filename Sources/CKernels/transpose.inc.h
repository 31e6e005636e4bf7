#ifndef CK_TRANSPOSE_INC_H
#define CK_TRANSPOSE_INC_H

CK_INLINE vf CK_NAME(zip_low)(vf a, vf b) {
#if CK_WIDTH == 4
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#elif CK_WIDTH == 8
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#endif
}

CK_INLINE vf CK_NAME(zip_high)(vf a, vf b) {
#if CK_WIDTH == 4
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#elif CK_WIDTH == 8
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#endif
}

// Element j of row i changes places with element i of row j.
CK_INLINE void CK_NAME(transpose)(vf rows[CK_WIDTH]) {
    for (int step = 1; step < CK_WIDTH; step *= 2) {
        vf zipped[CK_WIDTH];
        for (int i = 0; i < CK_WIDTH / 2; i++) {
            zipped[2 * i] = CK_NAME(zip_low)(rows[i], rows[i + CK_WIDTH / 2]);
            zipped[2 * i + 1] = CK_NAME(zip_high)(rows[i], rows[i + CK_WIDTH / 2]);
        }
        for (int i = 0; i < CK_WIDTH; i++) rows[i] = zipped[i];
    }
}

#endif
