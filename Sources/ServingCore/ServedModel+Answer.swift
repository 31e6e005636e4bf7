import Diagnostics
package import ServingObservation
import Tensors

extension ServedModel {
    /// Answers a request of some protocol: reads it, computes, writes the answer, and counts how long each took.
    ///
    /// *Parameter* waited: how long the request waited for a thread, in nanoseconds.
    /// *Parameter* record: what is noted of the request, when somebody wants to know.
    /// *Parameter* samples: where some of the requests and answers are kept.
    /// *Throws*: what reading and writing throw, `deadlineExceeded` when the time that the client gave is over before
    /// the model runs, `input` for more rows than `batchLimit`, and the errors of `infer`.
    package func answer<Request, Answer>(
        waited: Int,
        record: RequestRecord? = nil,
        samples: InferenceSamples? = nil,
        read: () throws(ServingError) -> (request: Request, core: InferenceRequest),
        write: (Request, InferenceResponse) throws(ServingError) -> Answer
    ) throws(ServingError) -> Answer {
        let start = monotonicNanoseconds()
        record?.setModel(RequestRecord.Model(name: name, version: version))
        do throws(ServingError) {
            var (request, core) = try read()
            let read = monotonicNanoseconds()
            if let timeout = core.timeout {
                let (deadline, isNever) = (start - waited).addingReportingOverflow(timeout)
                guard isNever || read <= deadline else { throw Self.timeIsOver(timeout) }
                let isAbandoned = core.isAbandoned
                core.isAbandoned = {
                    (!isNever && monotonicNanoseconds() > deadline) || isAbandoned?() ?? false
                }
            }
            let rows = try rows(core)
            let response = try infer(core)
            let computed = monotonicNanoseconds()
            let answer = try write(request, response)
            let written = monotonicNanoseconds()
            statistics.addSuccess(
                ModelStatistics.Times(
                    queue: waited,
                    input: read - start,
                    infer: computed - read,
                    output: written - computed
                ),
                rows: rows
            )
            record?.setTimes(
                RequestRecord.Times(
                    queued: start - waited,
                    started: start,
                    read: read,
                    computed: computed,
                    written: written
                )
            )
            drift?.observe(core.inputs, at: written)
            samples?.offer(record, self, core, response)
            return answer
        } catch {
            statistics.addFailure(nanoseconds: waited + monotonicNanoseconds() - start)
            throw error
        }
    }

    private static func timeIsOver(_ timeout: Int) -> ServingError {
        ServingError(
            .deadlineExceeded,
            "the time of the request is over, expected an answer within \(timeout / 1000) µs"
        )
    }

    /// The most rows of one request that the configuration of a model announces.
    package static let batchLimit = 1 << 20

    private func rows(_ request: InferenceRequest) throws(ServingError) -> Int {
        guard isBatched, let rows = request.inputs.first?.tensor.shape.dimensions.first else { return 1 }
        guard rows <= Self.batchLimit else {
            throw ServingError(.input, "there are too many rows, expected at most \(Self.batchLimit), got \(rows)")
        }
        return rows
    }
}
