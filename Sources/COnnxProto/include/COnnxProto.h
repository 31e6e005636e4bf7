#pragma once

#include "onnx-data.pb-c.h"
#include "onnx.pb-c.h"
