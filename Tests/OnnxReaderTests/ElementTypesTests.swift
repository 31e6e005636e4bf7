import Foundation
import OnnxIR
import OnnxReader
import Tensors
import TestSupport
import Testing

/// The bytes are those of onnx.numpy_helper; Fixtures/models/make.py wrote them.
@Suite struct ElementTypesTests {
    private let model: Model
    private let expected: [String: String]

    init() throws {
        model = try readModel(path: fixturePath("models/element-types.onnx"))
        let json = Data(try fixture("models/element-types.json"))
        expected = try JSONDecoder().decode([String: String].self, from: json)
    }

    @Test(arguments: ElementType.allCases.filter { $0 != .string }, ["typed", "raw"])
    func `elements of every type are read from typed fields and raw data`(type: ElementType, form: String) throws {
        let name = "\(type.name)_\(form)"
        let tensor = try #require(model.graph.initializers.first { $0.name == name }?.tensor)
        #expect(tensor.elementType == type)
        #expect(tensor.region?.bytes.map { String(format: "%02x", $0) }.joined() == expected[name])
    }

    @Test func `strings may be empty, beyond ASCII, and hold a NUL`() throws {
        let tensor = try #require(model.graph.initializers.first { $0.name == "string_typed" }?.tensor)
        #expect(tensor.strings == ["a", "ä€😀", "", "nul\0in it"])
        #expect(tensor.shape.dimensions == [2, 2])
    }

    @Test func `tensors without elements and scalars are tensors`() throws {
        let empty = try #require(model.graph.initializers.first { $0.name == "empty" }?.tensor)
        #expect(empty.shape.dimensions == [0, 3])
        #expect(empty.region?.bytes.isEmpty == true)
        let scalar = try #require(model.graph.initializers.first { $0.name == "scalar" }?.tensor)
        #expect(scalar.shape == .scalar)
        #expect(try scalar.elements(as: Int64.self) == [42])
    }

    @Test func `numbers that are not packed, and several packed runs, are one tensor`() throws {
        let floats =
            Wire.int(2, 1) + Wire.int(1, 4) + Wire.float(4, 1.5)
            + Wire.bytes(4, [0, 0, 0, 0x40, 0, 0, 0x40, 0x40]) + Wire.float(4, -1)
        let model = try readModel(try Wire.region(Wire.model(tensor: floats)))
        #expect(try model.graph.initializers[0].tensor.elements(as: Float.self) == [1.5, 2, 3, -1])
        let integers =
            Wire.int(2, 7) + Wire.bytes(1, [3]) + Wire.int(7, -1) + Wire.bytes(7, [5, 0x80, 0x01])
        let other = try readModel(try Wire.region(Wire.model(tensor: integers)))
        #expect(try other.graph.initializers[0].tensor.elements(as: Int64.self) == [-1, 5, 128])
    }

    @Test func `raw data and packed floats stay where they are`() throws {
        let raw = Wire.int(2, 1) + Wire.int(1, 1) + Wire.bytes(9, [0, 0, 0x80, 0x3F])
        let packed = Wire.int(2, 1) + Wire.int(1, 1) + Wire.bytes(4, [0, 0, 0x80, 0x3F])
        for fields in [raw, packed] {
            let region = try Wire.region(Wire.model(tensor: fields))
            let tensor = try readModel(region).graph.initializers[0].tensor
            let start = try #require(tensor.region?.bytes.baseAddress)
            let file = try #require(region.bytes.baseAddress)
            #expect(start >= file && start < file + region.bytes.count)
            #expect(try tensor.elements(as: Float.self) == [1])
        }
    }
}
