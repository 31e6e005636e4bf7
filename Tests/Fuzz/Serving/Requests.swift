import JSON
import ServingHTTP
import ServingTransport

/// A request as text: its method and target in the first line, then header fields, an empty line, and the body.
@Sendable func fuzzRoutes(_ bytes: [UInt8]) {
    guard let request = HTTPRequest(text: bytes) else { return }
    let response = router.answer(request)
    hold(response.status != .internalError, "an internal error: \(String(decoding: response.body, as: UTF8.self))")
    guard response.status != .ok else { return }
    let error = (try? JSONValue.parse(response.body))?["error"]?.string
    hold(error != nil, "\(response.status) without an error: \(String(decoding: response.body, as: UTF8.self))")
}

extension HTTPRequest {
    fileprivate init?(text: [UInt8]) {
        var rest = text[...]
        let first = Self.line(&rest).split(separator: " ", maxSplits: 1)
        guard first.count == 2 else { return nil }
        self.init(String(first[0]), String(first[1]))
        while true {
            let line = Self.line(&rest)
            guard !line.isEmpty else { break }
            let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard field.count == 2 else { return nil }
            headers.append((String(field[0]), String(field[1].drop { $0 == " " })))
        }
        body = Array(rest)
    }

    private static func line(_ rest: inout ArraySlice<UInt8>) -> String {
        let line = rest.prefix { $0 != 0x0A }
        rest = rest.dropFirst(line.count + 1)
        return String(decoding: line, as: UTF8.self)
    }
}
