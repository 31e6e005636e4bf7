#pragma once

#include <stddef.h>

// libonnx's checker and shape inference behind one C function. The shim exists because libonnx speaks C++ and throws.

#ifdef __cplusplus
extern "C" {
#endif

/// What libonnx says of a model.
typedef enum {
    mlpack_onnx_accepted = 0,
    mlpack_onnx_refused_by_checker = 1,
    mlpack_onnx_refused_by_inference = 2,
} mlpack_onnx_verdict;

/// Checks the model in a file, then infers its types and shapes and holds declared ones against them.
///
/// Of a model that is refused, the reason is written to `message`, cut to `capacity` bytes with the zero at its end.
/// libonnx may crash on a file that breaks it: call this only in a process that may end.
mlpack_onnx_verdict mlpack_onnx_check(const char *path, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif
