#include "pixels.h"

#include <limits.h>
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// Each scan of a progressive file touches every coefficient: a small file with many of them takes very long.
static const int largest_scan_count = 100;

typedef struct {
    struct jpeg_decompress_struct codec;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf exit;
    mlpack_image_request *request;
    mlpack_image_status status;
} jpeg_decoder;

static void leave(jpeg_decoder *decoder, mlpack_image_status status) {
    decoder->status = status;
    longjmp(decoder->exit, 1);
}

static void on_error(j_common_ptr codec) {
    jpeg_decoder *decoder = codec->client_data;
    char words[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, words);
    mlpack_image_say(decoder->request, words);
    bool is_memory = codec->err->msg_code == JERR_OUT_OF_MEMORY || codec->err->msg_code == JERR_NO_BACKING_STORE;
    leave(decoder, is_memory ? mlpack_image_out_of_memory : mlpack_image_malformed);
}

/// libjpeg makes pixels up where data is missing or damaged, and calls that a warning.
static void on_message(j_common_ptr codec, int level) {
    if (level >= 0) return;
    switch (codec->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR: return;
    default: on_error(codec);
    }
}

static void print_nothing(j_common_ptr codec) { (void)codec; }

static void on_progress(j_common_ptr codec) {
    jpeg_decoder *decoder = codec->client_data;
    if (decoder->codec.input_scan_number <= largest_scan_count) return;
    mlpack_image_say(decoder->request, "too many scans");
    leave(decoder, mlpack_image_unsupported);
}

/// Four inks to red, green and blue; Adobe's files, and with them everybody's, hold what an ink leaves.
static void read_inks(jpeg_decoder *decoder, uint8_t *pixels) {
    struct jpeg_decompress_struct *codec = &decoder->codec;
    JSAMPARRAY row = codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, codec->output_width * 4, 1);
    while (codec->output_scanline < codec->output_height) {
        jpeg_read_scanlines(codec, row, 1);
        for (const uint8_t *inks = row[0]; inks < row[0] + (size_t)codec->output_width * 4; inks += 4) {
            for (int channel = 0; channel < 3; channel++) {
                *pixels++ = mlpack_without_ink((uint8_t)(255 - inks[channel]), (uint8_t)(255 - inks[3]));
            }
        }
    }
}

static void read_colours(jpeg_decoder *decoder, uint8_t *pixels) {
    struct jpeg_decompress_struct *codec = &decoder->codec;
    while (codec->output_scanline < codec->output_height) {
        JSAMPROW row = pixels + (size_t)codec->output_scanline * codec->output_width * 3;
        jpeg_read_scanlines(codec, &row, 1);
    }
}

static void decode(jpeg_decoder *decoder) {
    if (setjmp(decoder->exit)) return;
    struct jpeg_decompress_struct *codec = &decoder->codec;
    mlpack_image_request *request = decoder->request;
    jpeg_create_decompress(codec);
    codec->progress = &decoder->progress;
    codec->mem->max_memory_to_use = request->limit > LONG_MAX ? LONG_MAX : (long)request->limit;
    jpeg_mem_src(codec, request->bytes, request->count);
    jpeg_read_header(codec, TRUE);
    bool has_inks = codec->jpeg_color_space == JCS_CMYK || codec->jpeg_color_space == JCS_YCCK;
    codec->out_color_space = has_inks ? JCS_CMYK : JCS_RGB;
    jpeg_calc_output_dimensions(codec);
    // A file of several scans is held as coefficients of two bytes.
    size_t cost = jpeg_has_multiple_scans(codec) ? (size_t)codec->num_components * 2 : 0;
    uint8_t *pixels = request->reserve(request->context, codec->output_width, codec->output_height, cost, 1 << 16);
    if (pixels == NULL) leave(decoder, mlpack_image_refused);
    jpeg_start_decompress(codec);
    if (has_inks) read_inks(decoder, pixels);
    else read_colours(decoder, pixels);
    jpeg_finish_decompress(codec);
    decoder->status = mlpack_image_decoded;
}

mlpack_image_status mlpack_jpeg_decode(mlpack_image_request *request) {
    jpeg_decoder decoder;
    memset(&decoder, 0, sizeof decoder);
    decoder.request = request;
    decoder.codec.err = jpeg_std_error(&decoder.errors);
    decoder.codec.client_data = &decoder;
    decoder.errors.error_exit = on_error;
    decoder.errors.emit_message = on_message;
    decoder.errors.output_message = print_nothing;
    decoder.progress.progress_monitor = on_progress;
    decode(&decoder);
    jpeg_destroy_decompress(&decoder.codec);
    return decoder.status;
}
