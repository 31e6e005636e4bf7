#include "pixels.h"

#include <stdbool.h>
#include <string.h>

#include <openjpeg-2.5/openjpeg.h>

typedef struct {
    mlpack_image_request *request;
    size_t position;
} jpeg2000_source;

static void on_error(const char *words, void *context) {
    mlpack_image_request *request = context;
    // The first is the cause of the others.
    if (request->message[0] != 0) return;
    size_t count = strcspn(words, "\n");
    snprintf(request->message, sizeof request->message, "%.*s", (int)(count < 200 ? count : 200), words);
}

static void ignore(const char *words, void *context) {
    (void)words;
    (void)context;
}

static OPJ_SIZE_T read_bytes(void *target, OPJ_SIZE_T count, void *context) {
    jpeg2000_source *source = context;
    size_t rest = source->request->count - source->position;
    if (rest == 0) return (OPJ_SIZE_T)-1;
    size_t available = count < rest ? count : rest;
    memcpy(target, source->request->bytes + source->position, available);
    source->position += available;
    return available;
}

static OPJ_OFF_T skip(OPJ_OFF_T count, void *context) {
    jpeg2000_source *source = context;
    size_t rest = source->request->count - source->position;
    if (count < 0 || rest == 0) return -1;
    size_t available = (size_t)count < rest ? (size_t)count : rest;
    source->position += available;
    return (OPJ_OFF_T)available;
}

static OPJ_BOOL seek(OPJ_OFF_T offset, void *context) {
    jpeg2000_source *source = context;
    if (offset < 0 || (size_t)offset > source->request->count) return OPJ_FALSE;
    source->position = (size_t)offset;
    return OPJ_TRUE;
}

/// A sample in eight bits: the upper ones of a wider sample, a narrower one scaled.
static int sample(const opj_image_comp_t *component, size_t x, size_t y) {
    size_t column = x / component->dx, row = y / component->dy;
    if (column >= component->w) column = component->w - 1;
    if (row >= component->h) row = component->h - 1;
    int64_t value = component->data[row * component->w + column];
    if (component->sgnd) value += (int64_t)1 << (component->prec - 1);
    int64_t greatest = ((int64_t)1 << component->prec) - 1;
    value = value < 0 ? 0 : value > greatest ? greatest : value;
    return (int)(component->prec >= 8 ? value >> (component->prec - 8) : value * 255 / greatest);
}

static uint8_t clamped(double value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5); }

/// *Source*: ITU-T T.871, section 7, which sYCC shares.
static void write_ycc(int luma, int blue, int red, uint8_t *target) {
    target[0] = clamped(luma + 1.402 * (red - 128));
    target[1] = clamped(luma - 0.344136 * (blue - 128) - 0.714136 * (red - 128));
    target[2] = clamped(luma + 1.772 * (blue - 128));
}

static void write_pixels(const opj_image_t *image, size_t width, size_t height, uint8_t *pixels) {
    const opj_image_comp_t *components = image->comps;
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++, pixels += 3) {
            int first = sample(&components[0], x, y);
            if (image->numcomps < 3) {
                memset(pixels, first, 3);
                continue;
            }
            int second = sample(&components[1], x, y), third = sample(&components[2], x, y);
            if (image->color_space == OPJ_CLRSPC_SYCC) {
                write_ycc(first, second, third, pixels);
            } else if (image->color_space == OPJ_CLRSPC_CMYK && image->numcomps >= 4) {
                uint8_t black = (uint8_t)sample(&components[3], x, y);
                pixels[0] = mlpack_without_ink((uint8_t)first, black);
                pixels[1] = mlpack_without_ink((uint8_t)second, black);
                pixels[2] = mlpack_without_ink((uint8_t)third, black);
            } else {
                pixels[0] = (uint8_t)first;
                pixels[1] = (uint8_t)second;
                pixels[2] = (uint8_t)third;
            }
        }
    }
}

static bool is_complete(const opj_image_t *image) {
    for (OPJ_UINT32 index = 0; index < image->numcomps; index++) {
        const opj_image_comp_t *component = &image->comps[index];
        if (component->data == NULL || component->w == 0 || component->h == 0 || component->dx == 0
            || component->dy == 0 || component->prec == 0 || component->prec > 31) {
            return false;
        }
    }
    return image->numcomps > 0;
}

static mlpack_image_status decode(
    mlpack_image_request *request, opj_codec_t *codec, opj_stream_t *stream, opj_image_t **image) {
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_set_error_handler(codec, on_error, request);
    opj_set_warning_handler(codec, ignore, NULL);
    opj_set_info_handler(codec, ignore, NULL);
    if (!opj_setup_decoder(codec, &parameters) || !opj_read_header(stream, codec, image)) {
        return mlpack_image_malformed;
    }
    size_t width = (*image)->x1 - (*image)->x0, height = (*image)->y1 - (*image)->y0;
    uint8_t *pixels = request->reserve(request->context, width, height, 0, 0);
    if (pixels == NULL) return mlpack_image_refused;
    if (!opj_decode(codec, stream, *image) || !opj_end_decompress(codec, stream) || !is_complete(*image)) {
        return mlpack_image_malformed;
    }
    if ((*image)->color_space == OPJ_CLRSPC_EYCC) {
        mlpack_image_say(request, "the colour space e-YCC");
        return mlpack_image_unsupported;
    }
    write_pixels(*image, width, height, pixels);
    return mlpack_image_decoded;
}

mlpack_image_status mlpack_jpeg2000_decode(mlpack_image_request *request) {
    static const uint8_t start_of_codestream[] = {0xFF, 0x4F};
    bool is_bare = request->count >= 2 && memcmp(request->bytes, start_of_codestream, 2) == 0;
    jpeg2000_source source = {request, 0};
    opj_codec_t *codec = opj_create_decompress(is_bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
    opj_stream_t *stream = opj_stream_create(1 << 16, OPJ_TRUE);
    mlpack_image_status status = mlpack_image_out_of_memory;
    opj_image_t *image = NULL;
    if (codec != NULL && stream != NULL) {
        opj_stream_set_user_data(stream, &source, NULL);
        opj_stream_set_user_data_length(stream, request->count);
        opj_stream_set_read_function(stream, read_bytes);
        opj_stream_set_skip_function(stream, skip);
        opj_stream_set_seek_function(stream, seek);
        status = decode(request, codec, stream, &image);
    }
    if (image != NULL) opj_image_destroy(image);
    if (stream != NULL) opj_stream_destroy(stream);
    if (codec != NULL) opj_destroy_codec(codec);
    return status;
}
