import Diagnostics
import ModelFormats
import Tensors
import TestSupport
import Testing

@Suite struct PickleTests {
    @Test(arguments: 0...5)
    func `values that Python wrote have Python's meaning`(protocolVersion: Int) throws {
        let root = try readPickle(try fixture("pickle/values.protocol\(protocolVersion).pickle")).root
        #expect(root["none"]?.isNone == true)
        #expect(root["true"]?.bool == true && root["false"]?.bool == false)
        #expect(["small", "negative", "word", "long"].map { root[$0]?.int } == [7, -3, 70000, -(1 << 62)])
        #expect(root["huge"]?.isNone == false && root["huge"]?.int == nil)
        #expect(root["float"]?.double == 1.5 && root["infinity"]?.double == .infinity)
        #expect(root["text"]?.string == "grün 日本\n'\\")
        #expect(root["bytes"]?.bytes.map { Array($0) } == Array(0...255))
        #expect(root["bytearray"]?.bytes.map { Array($0) } == Array("ab".utf8))
        #expect(root["list"]?.elements?.count == 2)
        #expect(root["tuple"]?.elements?.isEmpty == true)
        #expect(root["triple"]?.elements?.map(\.int) == [1, 2, 3])
        #expect(root["quadruple"]?.elements?.map(\.int) == [1, 2, 3, 4])
        #expect(root["first"]?.index == root["second"]?.index)
    }

    @Test(
        arguments: (0...5).flatMap { ["arrays.protocol\($0).pickle", "arrays.protocol\($0).joblib"] }
            + ["arrays.joblib"]
    )
    func `arrays that NumPy wrote have NumPy's shape and elements`(name: String) throws {
        let root = try readPickle(try fixture("pickle/\(name)")).root
        let f8 = try #require(try root["f8"]?.numPyArray())
        #expect(f8.shape.dimensions == [2, 3])
        #expect(try f8.doubles() == [0, 1, 2, 3, 4, 5])
        #expect(try root["fortran"]?.numPyArray()?.integers() == [0, 1, 2, 3, 4, 5])
        #expect(try root["big_endian"]?.numPyArray()?.integers() == [0, 1, 2])
        #expect(try root["unicode"]?.numPyArray()?.tensor().strings == ["a", "bc"])
        #expect(try root["bool"]?.numPyArray()?.integers() == [1, 0])
        let objects = try #require(try root["objects"]?.objects())
        #expect(objects.elements[0].string == "x" && objects.elements[1].int == 1)
        #expect(root["scalar"]?.double == 2.5 && root["text"]?.string == "label")
        let record = try #require(try root["record"]?.numPyArray())
        #expect(try record.column("a")?.integers() == [1] && record.column("b")?.doubles() == [2.5])
        #expect(try record.column("c") == nil)
        #expect(try root["zero"]?.numPyArray()?.shape == .scalar)
    }

    static let whole =
        (0...5).flatMap { ["values.protocol\($0).pickle", "arrays.protocol\($0).pickle"] } + ["arrays.joblib"]

    @Test(arguments: whole)
    func `a pickle cut at any byte is an error`(name: String) throws {
        let bytes = try fixture("pickle/\(name)")
        for count in bytes.indices {
            #expect(throws: ModelFormatError.self) { try readPickle(Array(bytes[..<count])) }
        }
    }

    @Test(arguments: whole)
    func `a damaged pickle gives a tree or an error`(name: String) throws {
        let bytes = try fixture("pickle/\(name)")
        var random = SeededRandom(seed: 7)
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let root = try? readPickle(damaged, limits: PickleLimits(byteCount: 1 << 20)).root else { continue }
            for (_, value) in root.attributes {
                _ = try? value.numPyArray()?.tensor()
                _ = (value.double, value.string, value.bytes, try? value.objects())
            }
        }
    }

    @Test func `a call is noted and not made`() throws {
        let tree = try readPickle(try fixture("pickle/system.pickle"))
        #expect(tree.globals == [PickleGlobal(module: "os", name: "system")])
        #expect(tree.root.className == "os.system")
    }

    @Test func `arrays in files of their own are not supported`() throws {
        let bytes = try fixture("pickle/several_files.joblib")
        let error = #expect(throws: ModelFormatError.self) { try readPickle(bytes) }
        #expect(
            error?.message
                == "arrays lie in files of their own, as joblib before 0.10 wrote them; that is not supported"
        )
        #expect(error?.kind == .unsupported)
    }

    @Test func `a list that holds itself is a tree with a cycle`() throws {
        let root = try readPickle(try fixture("pickle/cycle.pickle")).root
        #expect(root.elements?.first?.index == root.index)
    }

    @Test(arguments: [
        (
            "persistent",
            "offset 21: the pickle refers to data outside of it (BINPERSID), which no model file of its own does"
        ),
        (
            "buffer",
            "offset 2: the pickle refers to data outside of it (NEXT_BUFFER), which no model file of its own does"
        ),
    ])
    func `data outside of the file are not supported`(name: String, message: String) throws {
        let bytes = try fixture("pickle/\(name).pickle")
        let error = #expect(throws: ModelFormatError.self) { try readPickle(bytes) }
        #expect(error?.description == message)
        #expect(error?.kind == .unsupported)
    }

    @Test(
        arguments: [
            ([], "offset 0: the data ends too soon, expected 1 byte, got 0"),
            ([0x2E], "offset 0: the stack is empty, expected a value"),
            ([0xFF], "offset 0: `0xff` is not an opcode of pickle"),
            ([0x80, 9, 0x2E], "offset 0: pickle protocol 9 is not supported, expected 0 to 5"),
            ([0x74, 0x2E], "offset 0: the stack holds no mark, expected one"),
            ([0x4E, 0x85, 0x86, 0x2E], "offset 2: the stack holds 1 values, expected 2"),
            ([0x68, 3, 0x2E], "offset 0: memo 3 is read and was never written"),
            ([0x4E, 0x4E, 0x61, 0x2E], "offset 2: values are appended to something that is no list"),
            ([0x4E, 0x4E, 0x4E, 0x73, 0x2E], "offset 3: entries are set in something that is no dictionary"),
            ([0x28, 0x4E, 0x64, 0x2E], "offset 2: a dictionary gets 1 values, expected pairs"),
            ([0x4E, 0x4E, 0x93, 0x2E], "offset 2: a class is named by something that is no text"),
            ([0x4E, 0x4E, 0x62, 0x2E], "offset 2: state is set in something that is no object"),
            (
                [0x8E, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x2E],
                "offset 1: the data ends too soon, expected 9223372036854775808 bytes, got 1"
            ),
            ([0x54, 0xFF, 0xFF, 0xFF, 0xFF], "offset 5: the data ends too soon, expected -1 bytes, got 0"),
            ([0x49, 0x78, 0x0A], "offset 0: `x` is not a number"),
        ] as [([UInt8], String)]
    )
    func `what is wrong is named with its offset`(bytes: [UInt8], message: String) {
        let error = #expect(throws: ModelFormatError.self) { try readPickle(bytes) }
        #expect(error?.description == message)
    }

    @Test func `depth costs nothing`() throws {
        let depth = 200_000
        let bytes = [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1) + [0x2E]
        #expect(try readPickle(bytes).nodes.count == depth)
    }

    @Test func `values and memo are bounded`() {
        let limits = PickleLimits(nodeCount: 100, memoCount: 10)
        let values = #expect(throws: ModelFormatError.self) {
            try readPickle([UInt8](repeating: 0x4E, count: 200) + [0x2E], limits: limits)
        }
        #expect(values?.description == "offset 100: the pickle holds too many values, expected at most 100")
        let memo = #expect(throws: ModelFormatError.self) {
            try readPickle([0x4E] + [UInt8](repeating: 0x94, count: 20) + [0x2E], limits: limits)
        }
        #expect(memo?.description == "offset 11: the memo grows too large, expected at most 10 entries")
    }
}
