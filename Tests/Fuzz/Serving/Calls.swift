import ServingGRPC
import ServingTransport

/// A call of gRPC: the method and fields of its head in the first line, and a message, whose frame is made here.
@Sendable func fuzzCalls(_ bytes: [UInt8]) {
    let line = bytes.prefix { $0 != 0x0A }
    let message = Array(bytes.dropFirst(line.count + 1))
    let words = String(decoding: line, as: UTF8.self).split(separator: " ")
    guard let method = words.first else { return }
    var request = call(String(method))
    for field in words.dropFirst() {
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return }
        request.headers.append((parts[0], parts[1]))
    }
    let isCompressed = request.values(of: "grpc-encoding").first.map { $0 != "identity" } ?? false
    request.body = [isCompressed ? 1 : 0] + withUnsafeBytes(of: UInt32(message.count).bigEndian, Array.init) + message
    let response = calls.work(for: request).answer
    let status = (response.trailers + response.headers).first { $0.name == "grpc-status" }?.value
    hold(status != nil && status != "2", "the status is \(status ?? "absent")")
}

/// The bytes of a call that streams, in two pieces: the first byte says where they are parted.
@Sendable func fuzzStream(_ bytes: [UInt8]) {
    guard let first = bytes.first, var stream = calls.stream(for: call("ModelStreamInfer")) else { return }
    let rest = bytes.dropFirst()
    let cut = rest.startIndex + min(Int(first), rest.count)
    for part in [rest[..<cut], rest[cut...]] {
        let work = part.withUnsafeBytes { stream.receive($0) }
        for item in work { _ = item.answer }
        hold(stream.pendingByteCount <= bytes.count, "\(stream.pendingByteCount) bytes are pending")
    }
    hold(stream.finish()?.answer.trailers.isEmpty == false, "the stream has no end")
}

private func call(_ method: String) -> HTTPRequest {
    var request = HTTPRequest("POST", "/inference.GRPCInferenceService/\(method)")
    request.headers = [("content-type", "application/grpc"), ("te", "trailers")]
    request.takesTrailers = true
    return request
}
