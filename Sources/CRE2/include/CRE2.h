#pragma once

#include <stddef.h>

// RE2 behind C functions. The shim exists because RE2 speaks C++ and may throw where memory runs out.

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern; any number of threads may match with it at once.
typedef struct mlpack_re2 mlpack_re2;

/// Compiles a pattern of `count` bytes of UTF-8, whose matches are the longest ones where `longest` is not 0, and
/// otherwise those that Perl would find.
///
/// Null when RE2 refuses it, with RE2's reason in `message`, cut to `capacity` bytes with the zero at its end. Nothing
/// is written to standard error.
mlpack_re2 *mlpack_re2_compile(const char *pattern, size_t count, int longest, char *message, size_t capacity);

/// Whether the whole of a text of `count` bytes matches; 1 or 0, and -1 where memory ran out.
int mlpack_re2_matches_whole(const mlpack_re2 *pattern, const char *text, size_t count);

/// Looks for the first match from byte `start` on in a text of `count` bytes, with what is before as its context.
///
/// 1 with the bounds of the match in `bounds`, 0 for none, and -1 where memory ran out.
int mlpack_re2_find(const mlpack_re2 *pattern, const char *text, size_t count, size_t start, size_t bounds[2]);

void mlpack_re2_free(mlpack_re2 *pattern);

#ifdef __cplusplus
}
#endif
