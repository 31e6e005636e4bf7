#pragma once

#include "CImageCodecs.h"

#include <stdio.h>

// What the decoders share; nothing here is seen outside of this target.

static inline void mlpack_image_say(mlpack_image_request *request, const char *words) {
    snprintf(request->message, sizeof request->message, "%s", words);
}

/// The red, green or blue that is left when a share of an ink and a share of black take theirs, to the nearest.
static inline uint8_t mlpack_without_ink(uint8_t ink, uint8_t black) {
    return (uint8_t)(((255 - ink) * (255 - black) + 127) / 255);
}
