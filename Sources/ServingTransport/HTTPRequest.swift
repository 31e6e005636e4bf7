package import ServingObservation

/// A request that has arrived whole, as a value.
package struct HTTPRequest: Sendable {
    /// The method, `GET` and the like.
    package var method: String
    /// The path and query as they were sent.
    package var target: String
    /// The header fields in order.
    package var headers: [(name: String, value: String)]
    /// The body; empty when there is none.
    package var body: [UInt8]
    /// Whether an answer may have fields behind its body: over HTTP/2.
    package var takesTrailers = false
    /// What is noted of the request, when somebody wants to know.
    package var record: RequestRecord?

    /// A request.
    package init(
        _ method: String,
        _ target: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The values of a header field, whose name has no case, without the blanks around them.
    ///
    /// *Parameter* name: in lower case.
    /// *Source*: RFC 9110, section 5.5.
    package func values(of name: String) -> [String] {
        headers.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }
            .map { withoutBlanks($0.value) }
    }
}

private func withoutBlanks(_ text: String) -> String {
    let isBlank = { (byte: UInt8?) in byte == 0x20 || byte == 0x09 }
    guard isBlank(text.utf8.first) || isBlank(text.utf8.last) else { return text }
    var bytes = Substring(text).utf8
    while isBlank(bytes.first) { bytes.removeFirst() }
    while isBlank(bytes.last) { bytes.removeLast() }
    return String(Substring(bytes))
}
