import NIOCore
import Scheduling

/// One request of a connection of HTTP/2, and its answer.
final class HTTP2Stream {
    /// What has arrived of the request.
    var request = HTTPRequest("", "")
    /// What is noted of the request, once its head has arrived.
    var exchange: Exchange?
    var headByteCount = 0
    /// Whether an answer is on its way; what still arrives goes nowhere.
    var isAnswered = false
    /// Whether it was answered before its end.
    var isRefused = false
    /// What answers the request piece by piece, when it is one that is.
    var inner: (any HTTPStream)?
    /// What is to be done of its work, and whether some is being done.
    var work: [HTTPWork] = []
    var isWorking = false
    /// The bytes of messages that wait to be answered.
    var heldByteCount = 0
    /// Whether all of the answer's body is there.
    var isEnded = true
    /// What is to be sent of the answer's body.
    var rest: ArraySlice<UInt8> = []
    var trailers: [(name: String, value: String)] = []
    let abandonment = Abandonment()
    /// When the request is late, or its answer.
    var timeout: Timeout?
}
