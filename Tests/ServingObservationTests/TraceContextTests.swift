import ServingObservation
import Testing

@Suite struct TraceContextTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func `the trace, the client's span and its flag are read`() throws {
        let context = try #require(
            TraceContext(parent: Self.parent, states: ["congo=t61rcWkgMzE, rojo=00f067aa", "a@b=1 "])
        )
        #expect(context.traceID.text == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.parentID == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled)
        #expect(context.state == "congo=t61rcWkgMzE,rojo=00f067aa,a@b=1")
    }

    @Test(arguments: [
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe",
    ])
    func `only the lowest flag says that a span is recorded`(parent: String) {
        #expect(TraceContext(parent: parent)?.isSampled == false)
    }

    @Test func `a later version may say more`() {
        #expect(TraceContext(parent: "cc" + Self.parent.dropFirst(2) + "-what-comes")?.isSampled == true)
        #expect(TraceContext(parent: "cc" + Self.parent.dropFirst(2)) != nil)
        #expect(TraceContext(parent: "cc" + Self.parent.dropFirst(2) + ".more") == nil)
    }

    @Test(arguments: [
        "", "00", "00-", parent + "-", parent + "-00", String(parent.dropLast()), parent.uppercased(),
        "ff" + parent.dropFirst(2), "0x" + parent.dropFirst(2), "é" + parent.dropFirst(2),
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", " " + parent,
    ])
    func `what breaks the grammar is no trace`(parent: String) { #expect(TraceContext(parent: parent) == nil) }

    @Test(arguments: [
        "a", "=1", "A=1", "a=1,a=2", "a=", "a=1=2", "a=b\u{7F}", "1a=1", "a@=1", "@b=1", "a@1=1", "a b=1",
        (0..<33).map { "k\($0)=1" }.joined(separator: ","), "a=" + String(repeating: "x", count: 257),
        String(repeating: "k", count: 257) + "=1", "a@" + String(repeating: "b", count: 15) + "=1",
    ])
    func `a broken list of vendors is dropped, and the trace kept`(state: String) {
        let context = TraceContext(parent: Self.parent, states: [state])
        #expect(context?.state == "")
        #expect(context?.isSampled == true)
    }

    @Test func `nothing that is cut off or changed ends the process`() {
        let bytes = Array(Self.parent.utf8)
        for index in bytes.indices {
            _ = TraceContext(parent: String(decoding: bytes[..<index], as: UTF8.self))
            for byte in UInt8.min...UInt8.max {
                var changed = bytes
                changed[index] = byte
                _ = TraceContext(parent: String(decoding: changed, as: UTF8.self), states: [Self.parent])
            }
        }
    }
}
