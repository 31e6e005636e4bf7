import Diagnostics
package import Files

/// A line of JSON for each request, written by a thread of its own.
///
/// When the disk is slow or full, lines are dropped and counted.
package final class AccessLog: Sendable {
    private let file: LineFile
    private let queue: DroppingQueue<RequestRecord>
    private let thread: QueueThread

    /// Opens the log.
    ///
    /// *Parameter* path: a file; `-` is standard output.
    /// *Throws*: what keeps the file from being opened.
    package init(path: String) throws(FileError) {
        let file = try LineFile(path: path, mode: 0o640)
        guard let queue = DroppingQueue<RequestRecord>(limit: 8192) else {
            throw FileError(.refused, at: .file(path), "opening a pipe: too many files are open")
        }
        self.file = file
        self.queue = queue
        thread = QueueThread {
            while let records = queue.take(linger: 20) { queue.drop(file.append(records.map(accessLogLine))) }
        }
    }

    /// How many lines were dropped.
    package var droppedCount: Int { queue.droppedCount }

    func append(_ record: RequestRecord) { queue.append(record) }

    /// Goes on in a new file of the same path, after the old one was moved away.
    ///
    /// *Throws*: what keeps the file from being opened; the log then goes on in the old one.
    package func reopen() throws(FileError) { try file.reopen() }

    /// Writes what waits, and ends; for at most two seconds.
    func flush() {
        queue.end()
        thread.wait(milliseconds: 2000)
    }
}

/// What the log says of a request; what is not known is left out.
func accessLogLine(_ record: RequestRecord) -> [UInt8] {
    let (head, outcome) = (record.head, record.outcome)
    var line = LineText(capacity: 512)
    line.append("{\"time\":")
    line.append(string: timestamp(record.time))
    line.append(",\"protocol\":")
    line.append(string: outcome.grpcStatus == nil ? head.protocolName : "gRPC")
    line.append(",\"method\":")
    line.append(string: head.method)
    line.append(",\"path\":")
    line.append(string: head.path)
    line.append(",\"status\":")
    line.append(outcome.status)
    if let status = outcome.grpcStatus {
        line.append(",\"grpc_status\":")
        line.append(status)
    }
    line.append(",\"bytes_in\":")
    line.append(head.byteCount)
    line.append(",\"bytes_out\":")
    line.append(outcome.byteCount)
    line.append(",\"duration_us\":")
    line.append((outcome.ended - record.started) / 1000)
    line.append(inferenceOf: outcome)
    line.append(",\"request_id\":")
    line.append(string: record.id)
    if let span = record.span {
        line.append(",\"trace_id\":")
        line.append(string: span.traceID.text)
        line.append(",\"span_id\":")
        line.append(string: hexadecimal(span.spanID))
    }
    line.append(",\"peer\":")
    line.append(string: head.peer)
    line.append(",\"user_agent\":")
    line.append(string: head.userAgent)
    line.append("}\n")
    return line.bytes
}

extension LineText {
    fileprivate mutating func append(inferenceOf outcome: RequestRecord.Outcome) {
        if let times = outcome.times {
            append(",\"queue_us\":")
            append((times.started - times.queued) / 1000)
            append(",\"input_us\":")
            append((times.read - times.started) / 1000)
            append(",\"compute_us\":")
            append((times.computed - times.read) / 1000)
            append(",\"output_us\":")
            append((times.written - times.computed) / 1000)
        }
        if let model = outcome.model {
            append(",\"model\":")
            append(string: model.name)
            append(",\"version\":")
            append(string: model.version)
        }
    }
}
