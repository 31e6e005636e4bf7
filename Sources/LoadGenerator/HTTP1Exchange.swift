/// One request at a time over HTTP/1.1.
final class HTTP1Exchange: LoadExchange {
    private let request: [UInt8]
    private var current: LoadRequest?
    /// How much of the request has been sent.
    private var sentCount: Int
    private var answer = HTTP1Answer()

    init(_ request: [UInt8]) {
        self.request = request
        sentCount = request.count
    }

    var open: [LoadRequest] { current.map { [$0] } ?? [] }

    var hasOutput: Bool { sentCount < request.count }

    func begin(_ request: LoadRequest) -> Bool {
        guard current == nil else { return false }
        current = request
        sentCount = 0
        answer = HTTP1Answer()
        return true
    }

    func flush(_ write: (UnsafeRawBufferPointer) -> Int?) -> Bool {
        while hasOutput {
            let count = request.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sentCount...])) }
            guard let count else { return false }
            guard count > 0 else { return true }
            sentCount += count
        }
        return true
    }

    func receive(_ bytes: UnsafeRawBufferPointer, _ finish: @escaping (LoadRequest, LoadOutcome) -> Void) -> Bool {
        guard let request = current else { return bytes.isEmpty }
        let rest = answer.take(bytes)
        switch answer.state {
        case .malformed:
            current = nil
            finish(request, .malformed)
            return false
        case .done:
            let (isLast, status) = (answer.closesConnection, answer.status)
            current = nil
            finish(request, status == 200 ? .answered : .status(status))
            return !isLast && rest == 0 && !hasOutput
        default: return true
        }
    }
}
