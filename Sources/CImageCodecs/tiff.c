#include "pixels.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

typedef struct {
    mlpack_image_request *request;
    uint64_t position;
} tiff_source;

static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list words) {
    (void)tiff;
    (void)module;
    mlpack_image_request *request = context;
    // The first is the cause of the others.
    if (request->message[0] == 0) vsnprintf(request->message, sizeof request->message, format, words);
    return 1;
}

static int on_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list words) {
    (void)tiff;
    (void)context;
    (void)module;
    (void)format;
    (void)words;
    return 1;
}

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
    tiff_source *source = handle;
    if (source->position >= source->request->count || count <= 0) return 0;
    size_t rest = source->request->count - source->position;
    size_t available = (size_t)count < rest ? (size_t)count : rest;
    memcpy(target, source->request->bytes + source->position, available);
    source->position += available;
    return (tmsize_t)available;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t count) {
    (void)handle;
    (void)bytes;
    (void)count;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    tiff_source *source = handle;
    switch (whence) {
    case SEEK_SET: source->position = offset; break;
    case SEEK_CUR: source->position += offset; break;
    default: source->position = source->request->count + offset; break;
    }
    return source->position;
}

static toff_t size(thandle_t handle) { return ((tiff_source *)handle)->request->count; }

static int close_nothing(thandle_t handle) {
    (void)handle;
    return 0;
}

/// The codecs that files of today use; libtiff has some more, which hardly anybody has looked at for years.
static bool is_known(uint16_t compression) {
    switch (compression) {
    case COMPRESSION_NONE:
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4:
    case COMPRESSION_LZW:
    case COMPRESSION_JPEG:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
    case COMPRESSION_PACKBITS:
    case COMPRESSION_LZMA:
    case COMPRESSION_WEBP:
    case COMPRESSION_ZSTD: return true;
    default: return false;
    }
}

/// Makes libtiff hand out the colours as they are stored, and not multiplied by the alpha that is dropped afterwards.
static void keep_colours(TIFF *tiff) {
    uint16_t count = 0, *kinds = NULL, kept[16];
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
    if (count == 0 || count > 16 || kinds[0] != EXTRASAMPLE_UNASSALPHA) return;
    memcpy(kept, kinds, count * sizeof *kinds);
    kept[0] = EXTRASAMPLE_ASSOCALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, count, kept);
}

/// Writes a raster in the file's order of rows and columns as the tag `Orientation` says they are to be seen.
static void orient(const uint32_t *raster, size_t width, size_t height, int orientation, uint8_t *pixels) {
    bool columns_go_down = orientation >= ORIENTATION_LEFTTOP && orientation <= ORIENTATION_LEFTBOT;
    bool starts_right = orientation == ORIENTATION_TOPRIGHT || orientation == ORIENTATION_BOTRIGHT
        || orientation == ORIENTATION_RIGHTTOP || orientation == ORIENTATION_RIGHTBOT;
    bool starts_at_bottom = orientation == ORIENTATION_BOTRIGHT || orientation == ORIENTATION_BOTLEFT
        || orientation == ORIENTATION_RIGHTBOT || orientation == ORIENTATION_LEFTBOT;
    size_t seen_width = columns_go_down ? height : width, seen_height = columns_go_down ? width : height;
    for (size_t row = 0; row < height; row++) {
        for (size_t column = 0; column < width; column++) {
            size_t x = columns_go_down ? row : column, y = columns_go_down ? column : row;
            if (starts_right) x = seen_width - 1 - x;
            if (starts_at_bottom) y = seen_height - 1 - y;
            uint32_t pixel = raster[row * width + column];
            uint8_t *target = pixels + (y * seen_width + x) * 3;
            target[0] = (uint8_t)TIFFGetR(pixel);
            target[1] = (uint8_t)TIFFGetG(pixel);
            target[2] = (uint8_t)TIFFGetB(pixel);
        }
    }
}

static mlpack_image_status read_raster(mlpack_image_request *request, TIFFRGBAImage *image, size_t part_size) {
    size_t width = image->width, height = image->height;
    int orientation = image->orientation;
    bool is_turned = orientation >= ORIENTATION_LEFTTOP && orientation <= ORIENTATION_LEFTBOT;
    uint8_t *pixels = request->reserve(
        request->context, is_turned ? height : width, is_turned ? width : height, sizeof(uint32_t), part_size);
    if (pixels == NULL) return mlpack_image_refused;
    uint32_t *raster = calloc(width * height, sizeof(uint32_t));
    if (raster == NULL) return mlpack_image_out_of_memory;
    image->req_orientation = image->orientation;
    // The upper byte of 16 bits, as for the other kinds of pixels.
    if (image->Bitdepth16To8 != NULL) {
        for (size_t value = 0; value < 1 << 16; value++) image->Bitdepth16To8[value] = (uint8_t)(value >> 8);
    }
    int is_read = TIFFRGBAImageGet(image, raster, image->width, image->height);
    if (is_read) orient(raster, width, height, orientation, pixels);
    free(raster);
    return is_read ? mlpack_image_decoded : mlpack_image_malformed;
}

static mlpack_image_status decode(mlpack_image_request *request, TIFF *tiff) {
    uint16_t compression = 0, planes = 0, samples = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    if (!is_known(compression)) {
        snprintf(request->message, sizeof request->message, "compression %d", compression);
        return mlpack_image_unsupported;
    }
    char words[1024] = "";
    if (!TIFFRGBAImageOK(tiff, words)) {
        mlpack_image_say(request, words);
        return mlpack_image_unsupported;
    }
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    // libtiff decodes a strip or tile at a time, one for each sample where those lie apart.
    tmsize_t part = TIFFIsTiled(tiff) ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    if (part <= 0) return mlpack_image_malformed;
    size_t part_size = 0;
    if (__builtin_mul_overflow((size_t)part, planes == PLANARCONFIG_SEPARATE ? samples : 1, &part_size)) {
        part_size = SIZE_MAX;
    }
    keep_colours(tiff);
    TIFFRGBAImage image;
    if (!TIFFRGBAImageBegin(&image, tiff, 1, words)) {
        mlpack_image_say(request, words);
        return mlpack_image_malformed;
    }
    mlpack_image_status status = read_raster(request, &image, part_size);
    TIFFRGBAImageEnd(&image);
    return status;
}

mlpack_image_status mlpack_tiff_decode(mlpack_image_request *request) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) return mlpack_image_out_of_memory;
    // What libtiff allocates before the extents are known must have some room, however small the image is to be.
    size_t limit = request->limit < 1 << 20 ? 1 << 20 : request->limit;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, limit > PTRDIFF_MAX ? PTRDIFF_MAX : (tmsize_t)limit);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, request);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, NULL);
    tiff_source source = {request, 0};
    // The letter m: not mapped into memory, all is read through the functions here.
    TIFF *tiff = TIFFClientOpenExt(
        "image", "rm", &source, read_bytes, write_bytes, seek, close_nothing, size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    if (tiff == NULL) return mlpack_image_malformed;
    mlpack_image_status status = decode(request, tiff);
    TIFFClose(tiff);
    return status;
}
