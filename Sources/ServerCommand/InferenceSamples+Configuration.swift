import ServingCore
import ServingHTTP

extension InferenceSamples {
    /// Where some of the requests and answers are kept, as the command line says; `nil` when none are.
    ///
    /// *Throws*: what keeps the file from being opened.
    convenience init?(_ configuration: ObservationConfiguration) throws {
        guard let path = configuration.samplesPath else { return nil }
        try self.init(
            path: path,
            rate: configuration.sampleRate,
            byteLimit: configuration.sampleByteCount,
            line: inferenceSampleLine
        )
    }
}
