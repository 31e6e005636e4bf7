#include "pixels.h"

#include <string.h>

#include <png.h>

typedef struct {
    mlpack_image_request *request;
    size_t position;
    mlpack_image_status status;
} png_source;

static void on_error(png_structp png, png_const_charp words) {
    png_source *source = png_get_error_ptr(png);
    mlpack_image_say(source->request, words);
    source->status = mlpack_image_malformed;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp words) {
    (void)png;
    (void)words;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    png_source *source = png_get_io_ptr(png);
    if (count > source->request->count - source->position) png_error(png, "the data ends too soon");
    memcpy(target, source->request->bytes + source->position, count);
    source->position += count;
}

static void decode(png_structp png, png_infop info, png_source *source) {
    if (setjmp(png_jmpbuf(png))) return;
    png_set_read_fn(png, source, read_bytes);
    // Text, profiles and the like can be compressed, and nobody asks for them here. tRNS is not among them.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, info);
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
    int pass_count = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    if (png_get_rowbytes(png, info) != width * 3) png_error(png, "the rows are not of three bytes a pixel");
    mlpack_image_request *request = source->request;
    uint8_t *pixels = request->reserve(request->context, width, height, 0, 1 << 16);
    if (pixels == NULL) {
        source->status = mlpack_image_refused;
        return;
    }
    for (int pass = 0; pass < pass_count; pass++) {
        for (size_t row = 0; row < height; row++) png_read_row(png, pixels + row * width * 3, NULL);
    }
    png_read_end(png, NULL);
    source->status = mlpack_image_decoded;
}

mlpack_image_status mlpack_png_decode(mlpack_image_request *request) {
    png_source source = {request, 0, mlpack_image_out_of_memory};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info != NULL) decode(png, info, &source);
    png_destroy_read_struct(&png, &info, NULL);
    return source.status;
}
