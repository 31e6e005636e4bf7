import JSON
package import ServingTransport

/// The priority that a request for inference asks for, before it is read as a whole; 0 for none, for a body that is
/// compressed or broken, and for JSON of more than `priorityByteLimit`.
package func priority(of request: HTTPRequest) -> Int {
    guard request.values(of: "content-encoding").isEmpty else { return 0 }
    let length = request.values(of: InferRequest.lengthHeader).first.map { Int($0) ?? -1 } ?? request.body.count
    guard 0...min(priorityByteLimit, request.body.count) ~= length else { return 0 }
    return (try? priority(in: Array(request.body[..<length]))) ?? 0
}

/// The most bytes that are searched for a priority on the connection's own thread.
package let priorityByteLimit = 64 << 10

private func priority(in json: [UInt8]) throws(JSONError) -> Int {
    var cursor = try JSONCursor(json, limits: JSONLimits(depth: 32, acceptsNonFiniteStrings: true))
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
        guard key == "parameters" else {
            try cursor.skip()
            continue
        }
        return try Parameters(&cursor).int("priority", in: 0...Int(UInt32.max), "0 or more") ?? 0
    }
    return 0
}
