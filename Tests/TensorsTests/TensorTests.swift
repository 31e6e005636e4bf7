import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
    @Test func `elements come back as they went in`() throws {
        let tensor = try Tensor([1.5, -2, 0.25] as [Float])
        #expect(tensor.elementType == .float)
        #expect(tensor.shape.dimensions == [3])
        #expect(try tensor.elements(as: Float.self) == [1.5, -2, 0.25])
    }

    @Test func `a tensor of one type is not read as another`() throws {
        let tensor = try Tensor([1, 2] as [Int64])
        #expect {
            try tensor.elements(as: Float.self)
        } throws: {
            "\($0)" == "elements have type `int64`, expected `float`"
        }
    }

    @Test func `the count of elements is that of the shape`() throws {
        let shape = try #require(Shape([2, 2]))
        #expect {
            try Tensor([1, 2, 3] as [Float], shape: shape)
        } throws: {
            "\($0)" == "shape [2, 2] has 4 elements, got 3"
        }
        #expect {
            try Tensor(strings: ["a"], shape: shape)
        } throws: {
            "\($0)" == "shape [2, 2] has 4 elements, got 1 strings"
        }
    }

    @Test func `the count of bytes is that of the shape`() throws {
        let region = try MemoryRegion.allocate(byteCount: 5) { _ throws(TensorError) in }
        #expect {
            try Tensor(elementType: .float, shape: .vector(1), region: region)
        } throws: {
            "\($0)" == "data of `float` [1] has 5 bytes, expected 4"
        }
    }

    @Test func `bytes of a bool other than 0 and 1 are true`() throws {
        let region = try MemoryRegion.copying(bytes: [0, 1, 2, 255])
        let tensor = try Tensor(elementType: .bool, shape: .vector(4), region: region)
        #expect(try tensor.elements(as: Bool.self) == [false, true, true, true])
    }

    @Test func `elements off their boundary are read all the same`() throws {
        let region = try MemoryRegion.copying(bytes: [0xFF, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
        let slice = try #require(region.slice(1..<9))
        let tensor = try Tensor(elementType: .float, shape: .vector(2), region: slice)
        #expect(try tensor.elements(as: Float.self) == [1, 2])
    }

    @Test func `a slice keeps its region alive and stays inside it`() throws {
        var region: MemoryRegion? = try MemoryRegion.copying(bytes: [1, 2, 3, 4])
        let slice = try #require(region?.slice(1..<3))
        region = nil
        #expect(Array(slice.bytes) == [2, 3])
        #expect(slice.slice(1..<3) == nil)
    }

    @Test func `memory that the machine does not have is refused`() {
        #expect {
            try MemoryRegion.allocate(byteCount: 1 << 62, zeroed: false) { _ throws(TensorError) in }
        } throws: {
            "\($0)" == "no memory for \(1 << 62) bytes"
        }
    }
}

@Suite struct ElementTypeTests {
    @Test(
        arguments: [
            (ElementType.float, 3, 12), (.bool, 3, 3), (.int4, 3, 2), (.uint2, 5, 2), (.complex128, 2, 32),
            (.string, 1, nil),
            (.double, .max, nil),
        ] as [(ElementType, Int, Int?)]
    )
    func `types below a byte are packed`(type: ElementType, count: Int, bytes: Int?) {
        #expect(type.byteCount(of: count) == bytes)
    }

    @Test(arguments: ElementType.allCases) func `a type is found by its name`(type: ElementType) {
        #expect(ElementType(name: type.name) == type)
    }
}

@Suite struct BFloat16Tests {
    // Ties and neighbours worked out by hand from the bits: 0x3F80 is 1, the next value 0x3F81 is 1.0078125.
    @Test(
        arguments: [
            (1 as Float, 0x3F80), (1.0039_062_5, 0x3F80), (1.0117_187_5, 0x3F82), (1.004, 0x3F81), (-0.0, 0x8000),
            (.infinity, 0x7F80), (.greatestFiniteMagnitude, 0x7F80),
        ] as [(Float, UInt16)]
    )
    func `rounds to nearest, ties to even`(value: Float, bits: UInt16) {
        #expect(BFloat16(value).bitPattern == bits)
    }

    @Test func `every value survives the way through Float`() {
        for bits in UInt16.min...UInt16.max {
            let value = Float(BFloat16(bitPattern: bits))
            if value.isNaN {
                #expect(Float(BFloat16(value)).isNaN)
            } else {
                #expect(BFloat16(value).bitPattern == bits)
            }
        }
    }
}

extension MemoryRegion {
    fileprivate static func copying(bytes: [UInt8]) throws -> MemoryRegion {
        try .allocate(byteCount: bytes.count) { target throws(TensorError) in target.copyBytes(from: bytes) }
    }
}
