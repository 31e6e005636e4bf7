#include "pixels.h"

#include <stdbool.h>

#include <webp/decode.h>
#include <webp/demux.h>

static mlpack_image_status status_of(VP8StatusCode code, mlpack_image_request *request) {
    switch (code) {
    case VP8_STATUS_OK: return mlpack_image_decoded;
    case VP8_STATUS_OUT_OF_MEMORY: return mlpack_image_out_of_memory;
    case VP8_STATUS_UNSUPPORTED_FEATURE: mlpack_image_say(request, "a feature of the bitstream"); break;
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: mlpack_image_say(request, "the data ends too soon"); break;
    default: mlpack_image_say(request, "the bitstream is damaged"); break;
    }
    return code == VP8_STATUS_UNSUPPORTED_FEATURE ? mlpack_image_unsupported : mlpack_image_malformed;
}

/// Decodes a still image or a frame to a place in rows of `stride` bytes.
static mlpack_image_status decode(
    mlpack_image_request *request, const uint8_t *bytes, size_t count, uint8_t *pixels, size_t stride, size_t size) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return mlpack_image_unsupported;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = size;
    VP8StatusCode code = WebPDecode(bytes, count, &config);
    WebPFreeDecBuffer(&config.output);
    return status_of(code, request);
}

/// The first frame of an animation, on a canvas that is black where the frame does not reach.
static mlpack_image_status decode_first_frame(
    mlpack_image_request *request, uint8_t *pixels, size_t width, size_t height) {
    WebPData data = {request->bytes, request->count};
    WebPDemuxer *demuxer = WebPDemux(&data);
    if (demuxer == NULL) {
        mlpack_image_say(request, "the animation is damaged");
        return mlpack_image_malformed;
    }
    mlpack_image_status status = mlpack_image_malformed;
    WebPIterator frame;
    bool has_frame = WebPDemuxGetFrame(demuxer, 1, &frame);
    // The demuxer holds frames against the canvas of the file; this holds them against the room that there is.
    if (has_frame && frame.x_offset >= 0 && frame.y_offset >= 0 && frame.width > 0 && frame.height > 0
        && (size_t)frame.x_offset + (size_t)frame.width <= width
        && (size_t)frame.y_offset + (size_t)frame.height <= height) {
        size_t start = ((size_t)frame.y_offset * width + (size_t)frame.x_offset) * 3;
        status = decode(
            request, frame.fragment.bytes, frame.fragment.size, pixels + start, width * 3, width * height * 3 - start);
    } else {
        mlpack_image_say(request, "the animation has no frame on its canvas");
    }
    if (has_frame) WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(demuxer);
    return status;
}

mlpack_image_status mlpack_webp_decode(mlpack_image_request *request) {
    WebPBitstreamFeatures features;
    VP8StatusCode code = WebPGetFeatures(request->bytes, request->count, &features);
    if (code != VP8_STATUS_OK) return status_of(code, request);
    size_t width = (size_t)features.width, height = (size_t)features.height;
    // Without loss, four bytes a pixel and one of alpha; with loss, some rows.
    uint8_t *pixels = request->reserve(request->context, width, height, 5, 1 << 16);
    if (pixels == NULL) return mlpack_image_refused;
    if (features.has_animation) return decode_first_frame(request, pixels, width, height);
    return decode(request, request->bytes, request->count, pixels, width * 3, width * height * 3);
}
