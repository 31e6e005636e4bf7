import Foundation
import ModelFormats
import Tensors
import Diagnostics
import TestSupport
import Testing

@Suite struct NpyTests {
    static let names = [
        "bool", "bytes", "empty", "f2", "f4", "f8", "f8_big_endian", "i1", "i2_big_endian", "i4", "i8", "i8_fortran",
        "rank3_fortran", "scalar", "u1", "u8", "unicode", "unicode_big_endian", "version2", "version3",
    ]

    @Test(arguments: names)
    func `an array that NumPy wrote has NumPy's shape and values`(name: String) throws {
        let tensor = try readNpy(try fixture("numpy/\(name).npy"))
        let all = try JSONSerialization.jsonObject(with: Data(try fixture("numpy/expected.json")))
        let expected = try #require((all as? [String: [String: Any]])?[name])
        #expect(tensor.shape.dimensions == expected["shape"] as? [Int])
        if let strings = tensor.strings {
            #expect(strings == expected["values"] as? [String])
        } else {
            #expect(try doubles(tensor) == (expected["values"] as? [NSNumber])?.map(\.doubleValue))
        }
    }

    @Test(arguments: names)
    func `a file cut at any byte is an error`(name: String) throws {
        let bytes = try fixture("numpy/\(name).npy")
        for count in bytes.indices {
            #expect(throws: ModelFormatError.self) { try readNpy(Array(bytes[..<count])) }
        }
    }

    @Test(arguments: names)
    func `a damaged header gives an array or an error`(name: String) throws {
        let bytes = try fixture("numpy/\(name).npy")
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<min(bytes.count, 128), using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            _ = try? readNpy(damaged)
        }
    }

    @Test(arguments: names.filter { $0 != "bytes" })
    func `what is written is read back`(name: String) throws {
        let tensor = try readNpy(try fixture("numpy/\(name).npy"))
        let written = try writeNpy(tensor)
        let again = try readNpy(written)
        #expect(again.shape == tensor.shape && again.elementType == tensor.elementType)
        #expect(again.strings == tensor.strings)
        #expect(again.region.map { Array($0.bytes) } == tensor.region.map { Array($0.bytes) })
    }

    @Test(arguments: ["f4", "f8", "i4", "i8", "u1", "bool", "empty", "scalar"])
    func `what is written has the bytes that NumPy writes`(name: String) throws {
        let bytes = try fixture("numpy/\(name).npy")
        #expect(try writeNpy(try readNpy(bytes)) == bytes)
    }

    @Test(arguments: [
        ("objects", "arrays of Python objects are not supported: they hold a pickle"),
        ("records", "arrays of records are not supported, expected numbers, booleans or text"),
    ])
    func `arrays that are no tensor are not supported`(name: String, message: String) throws {
        let bytes = try fixture("numpy/\(name).npy")
        let error = #expect(throws: ModelFormatError.self) { try readNpy(bytes) }
        #expect(error?.description == message)
        #expect(error?.kind == .unsupported)
    }

    @Test(arguments: [
        ("{}", "offset 10: the header is not a dictionary with `descr`, `fortran_order` and `shape`"),
        ("{'descr': '<f4', ", "header `offset 17`: not a Python literal, expected a value, got the end"),
        (
            "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,)}",
            "elements of the NumPy type `<M8[ns]` are not supported, expected numbers, booleans or text"
        ),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
            "offset 65: the data ends too soon, expected 12 bytes, got 0"
        ),
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
            "`shape` [4611686018427387904, 4] has a negative extent or is too large"
        ),
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
            "`shape` [-1] has a negative extent or is too large"
        ),
    ])
    func `a header that lies is named`(header: String, message: String) {
        let bytes = Array("\u{93}NUMPY\u{1}\0".unicodeScalars.map { UInt8($0.value) }) + [UInt8(header.utf8.count), 0]
        let error = #expect(throws: ModelFormatError.self) { try readNpy(bytes + Array(header.utf8)) }
        #expect(error?.description == message)
    }

    @Test(arguments: ["(4611686018427387904, 0)", "(0, 4611686018427387904)", "(9223372036854775807, 0, 1)"])
    func `an array without elements in column-major order is read whatever its extents`(shape: String) throws {
        let tensor = try readNpy(file("{'descr': '<f8', 'fortran_order': True, 'shape': \(shape)}"))
        #expect(tensor.shape.elementCount == 0)
    }

    @Test func `random header values give an array or an error`() {
        var random = SeededRandom(seed: 31)
        let extents = [-9_223_372_036_854_775_808, -1, 0, 1, 2, 3, 1 << 31, 1 << 61, 1 << 62, .max]
        let types = ["<f8", ">f4", "|b1", "<U268435456", ">U1", "|S1073741824", "<c16", "|O", "f8", "<U0", "", "<i3"]
        for _ in 0..<5000 {
            let shape = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                "\(extents.randomElement(using: &random) ?? 0),"
            }
            let order = Bool.random(using: &random) ? "True" : "False"
            let type = types.randomElement(using: &random) ?? ""
            let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(shape.joined()))}"
            _ = try? readNpy(file(header) + [UInt8](repeating: 0, count: Int.random(in: 0...64, using: &random)))
        }
    }

    private func file(_ header: String) -> [UInt8] {
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    }

    @Test func `nested literals are bounded`() {
        let header = String(repeating: "(", count: 200)
        let bytes = Array("\u{93}NUMPY\u{1}\0".unicodeScalars.map { UInt8($0.value) }) + [200, 0]
        let error = #expect(throws: ModelFormatError.self) { try readNpy(bytes + Array(header.utf8)) }
        #expect(error?.code == .tooDeep)
    }

    @Test func `bfloat16 is not written`() throws {
        let tensor = try Tensor([BFloat16(1)])
        let error = #expect(throws: ModelFormatError.self) { try writeNpy(tensor) }
        #expect(
            error?.description == "elements of type `bfloat16` cannot be written to npy: NumPy has no such type"
        )
    }

    private func doubles(_ tensor: Tensor) throws -> [Double] {
        switch tensor.elementType {
        case .float16: try tensor.elements(as: Float16.self).map { Double($0) }
        case .float: try tensor.elements(as: Float.self).map { Double($0) }
        case .double: try tensor.elements(as: Double.self)
        case .int8: try tensor.elements(as: Int8.self).map { Double($0) }
        case .int16: try tensor.elements(as: Int16.self).map { Double($0) }
        case .int32: try tensor.elements(as: Int32.self).map { Double($0) }
        case .int64: try tensor.elements(as: Int64.self).map { Double($0) }
        case .uint8: try tensor.elements(as: UInt8.self).map { Double($0) }
        case .uint64: try tensor.elements(as: UInt64.self).map { Double($0) }
        case .bool: try tensor.elements(as: Bool.self).map { $0 ? 1 : 0 }
        default: try #require(nil as [Double]?)
        }
    }
}
