#pragma once

#include <stddef.h>
#include <stdint.h>

// libjpeg, libopenjp2, libpng, libtiff and libwebp, each behind a bytes-in, pixels-out function. The shim exists
// because libjpeg and libpng end what goes wrong with longjmp, which must not cross a Swift frame, and because some of
// these libraries print warnings unless they are told otherwise.

/// What became of an image.
typedef enum {
    mlpack_image_decoded = 0,
    /// The bytes break the rules of the format, or end too soon.
    mlpack_image_malformed,
    /// The bytes are legal, and this is not handled.
    mlpack_image_unsupported,
    /// `reserve` gave no room.
    mlpack_image_refused,
    mlpack_image_out_of_memory,
} mlpack_image_status;

/// An encoded image, and where its pixels go.
typedef struct mlpack_image_request {
    const uint8_t *bytes;
    size_t count;
    /// Bytes that a library may allocate, where it can be told.
    size_t limit;
    /// Gives zeroed room for `height` rows of `width` pixels of three bytes, red first, without gaps; or null.
    ///
    /// Called at most once, when the extents are known and nothing as large as the image is allocated. The library is
    /// about to hold `pixel_cost` bytes for each pixel, and `fixed_cost` bytes more.
    uint8_t *(*reserve)(void *context, size_t width, size_t height, size_t pixel_cost, size_t fixed_cost);
    void *context;
    /// What is wrong, in the library's words; ends with a zero.
    char message[256];
} mlpack_image_request;

mlpack_image_status mlpack_jpeg_decode(mlpack_image_request *request);
mlpack_image_status mlpack_jpeg2000_decode(mlpack_image_request *request);
mlpack_image_status mlpack_png_decode(mlpack_image_request *request);
mlpack_image_status mlpack_tiff_decode(mlpack_image_request *request);
mlpack_image_status mlpack_webp_decode(mlpack_image_request *request);
