import ServingObservation
import Testing

@Suite struct RequestIDTests {
    @Test(arguments: ["a", "7f3c-1", "!~", String(repeating: "x", count: 128)])
    func `a client's id is taken`(id: String) { #expect(RequestID.isTaken(id)) }

    @Test(arguments: ["", " ", "a b", "a\n", "é", "\u{7F}", String(repeating: "x", count: 129)])
    func `an id that may break a log is not`(id: String) { #expect(!RequestID.isTaken(id)) }

    @Test func `each id that is made is another`() {
        let ids = Set((0..<100).map { _ in RequestID.make() })
        #expect(ids.count == 100)
        #expect(ids.allSatisfy { $0.utf8.count == 32 && RequestID.isTaken($0) })
    }
}
