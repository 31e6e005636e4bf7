import ArgumentParser
import ImageDecoders
import InferenceEngine

extension InferenceOptions {
    /// How commands run a model: with what the engine by itself lacks.
    static func command(optimised: Bool = true) -> InferenceOptions {
        var options = InferenceOptions()
        options.optimised = optimised
        options.imageDecoder = ImageFileDecoder()
        return options
    }
}

extension Precision: ExpressibleByArgument {}
