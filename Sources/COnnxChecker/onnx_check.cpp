#include "COnnxChecker.h"

#include <cstring>
#include <exception>
#include <string>
#include <unordered_map>

// libonnx's own headers include those of protobuf; these declarations are what the two functions need of them.
namespace onnx {

class TensorShapeProto;
class ISchemaRegistry;

// As in onnx/defs/schema.h, of which only the address of the one instance is asked.
class OpSchemaRegistry {
public:
    static ISchemaRegistry *Instance();
};

// As in onnx/defs/shape_inference.h.
struct ShapeInferenceOptions {
    bool check_type = false;
    int error_mode = 0;
    bool enable_data_propagation = false;
};

namespace checker {
void check_model(const std::string &path);
}

namespace shape_inference {
void InferShapes(
    const std::string &path,
    const std::string &output,
    const ISchemaRegistry *registry,
    const ShapeInferenceOptions &options,
    std::unordered_map<std::string, TensorShapeProto> *values
);
}

}  // namespace onnx

namespace {

template <typename Step>
bool runs(char *message, size_t capacity, Step step) {
    std::string reason;
    try {
        step();
        return true;
    } catch (const std::exception &error) {
        reason = error.what();
    } catch (...) {
        reason = "an exception of unknown type";
    }
    if (capacity > 0) {
        size_t count = reason.copy(message, capacity - 1);
        message[count] = 0;
    }
    return false;
}

}  // namespace

mlpack_onnx_verdict mlpack_onnx_check(const char *path, char *message, size_t capacity) {
    if (!runs(message, capacity, [&] { onnx::checker::check_model(std::string(path)); })) {
        return mlpack_onnx_refused_by_checker;
    }
    onnx::ShapeInferenceOptions options;
    options.check_type = true;
    // Mode 1 refuses every node behind an operator of ai.onnx.ml, for most of which 1.12 infers no type.
    options.error_mode = 0;
    bool inferred = runs(message, capacity, [&] {
        const onnx::ISchemaRegistry *registry = onnx::OpSchemaRegistry::Instance();
        onnx::shape_inference::InferShapes(path, "/dev/null", registry, options, nullptr);
    });
    return inferred ? mlpack_onnx_accepted : mlpack_onnx_refused_by_inference;
}
