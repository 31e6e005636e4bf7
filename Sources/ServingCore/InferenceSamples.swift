import Diagnostics
package import Files
import ServingObservation

/// Some of the requests and answers, one in so many, kept in files of bounded size by a thread of its own.
package final class InferenceSamples: Sendable {
    private let rate: Double
    private let queue: DroppingQueue<InferenceSample>
    private let thread: QueueThread

    /// Opens the file.
    ///
    /// *Parameter* rate: the part of the requests that are kept, 0 to 1.
    /// *Parameter* byteLimit: the most bytes of the file and the one before it together.
    /// *Parameter* line: a sample as a line, with its line feed; `nil` for one that has no such form.
    /// *Throws*: what keeps the file from being opened.
    package init(
        path: String,
        rate: Double,
        byteLimit: Int,
        line: @escaping @Sendable (InferenceSample) -> [UInt8]?
    ) throws(FileError) {
        let file = try SampleFile(path: path, byteLimit: byteLimit)
        guard let queue = DroppingQueue<InferenceSample>(limit: 256) else {
            throw FileError(.refused, at: .file(path), "opening a pipe: too many files are open")
        }
        self.rate = rate
        self.queue = queue
        thread = QueueThread {
            while let samples = queue.take(linger: 20) {
                for sample in samples where !(line(sample).map(file.append) ?? false) { queue.drop(1) }
            }
        }
    }

    /// How many samples were dropped.
    package var droppedCount: Int { queue.droppedCount }

    /// Keeps a request and its answer, when it is its turn.
    func offer(
        _ record: RequestRecord?,
        _ model: ServedModel,
        _ request: InferenceRequest,
        _ response: InferenceResponse
    ) {
        guard rate >= 1 || Double.random(in: 0..<1) < rate else { return }
        let sample = InferenceSample(
            id: record?.id ?? "",
            model: model,
            inputs: request.inputs,
            outputs: response.outputs
        )
        if let sample { queue.append(sample) } else { queue.drop(1) }
    }

    /// Writes what waits, and ends; for at most two seconds.
    package func flush() {
        queue.end()
        thread.wait(milliseconds: 2000)
    }
}
