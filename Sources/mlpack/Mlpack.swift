import ArgumentParser

@main
struct Mlpack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mlpack",
        abstract: "From a trained model to ONNX, to an image, to a server."
    )
}
