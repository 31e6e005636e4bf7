import Diagnostics
import ModelFormats
import Tensors
import TestSupport
import Testing

@Suite struct SkopsTests {
    @Test func `values that skops wrote have Python's meaning`() throws {
        let tree = try readSkops(try fixture("skops/values.skops"))
        let root = tree.root
        #expect(tree.format == .skops)
        #expect(root["none"]?.isNone == true && root["true"]?.bool == true && root["int"]?.int == -3)
        #expect(root["huge"]?.isNone == false && root["huge"]?.int == nil)
        #expect(root["float"]?.double?.sign == .minus && root["nan"]?.double?.isNaN == true)
        #expect(root["infinity"]?.double == .infinity)
        #expect(root["text"]?.string == "grün 日本\n'\\")
        #expect(root["bytes"]?.bytes.map { Array($0) } == Array(0...255))
        #expect(root["list"]?.elements?.last?.elements?.first?.double == 2.5)
        #expect(root["tuple"]?.elements?.map(\.int) == [1, 2] && root["set"]?.elements?.map(\.int) == [7])
        #expect(root["frozen"]?.elements?.map(\.string) == ["a"])
        #expect(root["ordered"]?["a"]?.int == 1)
        #expect(root["numbers"]?.entries?.map(\.key.int) == [1, 2])
        #expect(root["function"]?.globalName?.hasSuffix(".log1p") == true)
        #expect(root["type"]?.globalName == "builtins.float")
        #expect(root["slice"]?.className == "builtins.slice" && root["slice"]?.arguments?.map(\.int) == [1, nil, 2])
        #expect(root["range"]?.className == "builtins.range" && root["range"]?.arguments?.map(\.int) == [0, 3, 1])
        #expect(root["partial"]?.className == "functools.partial")
        #expect(root["random"]?["bit_generator"]?.string == "MT19937")
        #expect(root["first"]?.index == root["second"]?.index)
    }

    @Test func `arrays that skops wrote have NumPy's shape and elements`() throws {
        let root = try readSkops(try fixture("skops/values.skops")).root
        #expect(try root["array"]?.numPyArray()?.doubles() == [0, 1, 2, 3, 4, 5])
        #expect(try root["array"]?.numPyArray()?.shape.dimensions == [2, 3])
        #expect(try root["fortran"]?.numPyArray()?.integers() == [0, 1, 2, 3, 4, 5])
        #expect(try root["strings"]?.texts() == ["a", "bc"])
        let objects = try #require(try root["objects"]?.objects())
        #expect(objects.elements[0].string == "x" && objects.elements[1].int == 1 && objects.elements[2].isNone)
        let matrix = try #require(try root["matrix"]?.objects())
        #expect(matrix.shape.dimensions == [2, 2] && matrix.elements.map(\.string) == ["a", "b", "c", "d"])
        let record = try #require(try root["record"]?.numPyArray())
        #expect(try record.column("a")?.integers() == [1] && record.column("b")?.doubles() == [2.5])
        #expect(root["scalar"]?.double == 2.5 && root["word"]?.string == "label")
        #expect(try root["dtype"]?.numPyType() == NumPyType("<i4"))
        let sparse = try #require(root["sparse"])
        #expect(sparse.className == "scipy.sparse._csr.csr_matrix")
        #expect(sparse["_shape"]?.elements?.map(\.int) == [2, 2])
        #expect(try sparse["indptr"]?.numPyArray()?.integers() == [0, 1, 2])
        #expect(try sparse["data"]?.numPyArray()?.doubles() == [2, 3])
    }

    @Test(arguments: [
        ("bomb", "member `0.bin`: the data grows too large, expected at most 67108864 bytes"),
        ("cached", "member `schema.json`: a node refers to id 7, which no node before it has"),
        ("content", "member `schema.json`: the content of a sequence is a string, expected an array"),
        ("deep", "member `schema.json`:1:10625: the document is too deep, expected at most 256 levels"),
        ("keys", "member `schema.json`: a dictionary has 2 types of keys, expected 1 from its content"),
        ("kind", "member `schema.json`: nodes of kind `EvalNode` are not supported"),
        (
            "missing_member",
            "member `schema.json`: a node refers to the member `0.npy`, which the archive does not hold"
        ),
        ("no_loader", "member `schema.json`: a node has no `__loader__`, expected the name of its kind"),
        ("no_protocol", "member `schema.json`: `protocol` is missing, expected a number from 0"),
        ("objects", "member `schema.json`: array [1099511627776] of objects has 1 elements of data"),
        (
            "pickled",
            "member `schema.json`: member `0.npy`: arrays of Python objects are not supported: they hold a pickle"
        ),
        ("protocol", "member `schema.json`: skops protocol 9 is not supported, expected 0 to 2"),
        ("scalar", "member `schema.json`: the content of a scalar is an array, expected a number or text"),
        ("shape", "member `schema.json`: member `0.npy`: array [4611686018427387904] of `<f8` is too large"),
        (
            "truncated",
            "member `schema.json`: member `0.npy`: offset 128: the data ends too soon, expected 24 bytes, got 23"
        ),
        ("twice", "member `0.npy`: the member stands twice, expected once"),
    ])
    func `what is wrong is named`(name: String, message: String) throws {
        let bytes = try fixture("skops/\(name).skops")
        let error = #expect(throws: ModelFormatError.self) { try readSkops(bytes) }
        #expect(error?.description == message)
    }

    @Test func `an archive without a schema is none of skops`() throws {
        let bytes = try fixture("skops/no_schema.zip")
        #expect(!looksLikeSkops(bytes))
        #expect(looksLikeSkops(try fixture("skops/values.skops")))
        let error = #expect(throws: ModelFormatError.self) { try readSkops(bytes) }
        #expect(error?.description == "the archive has no `schema.json`, which each skops file has")
    }

    @Test func `values are bounded`() throws {
        let bytes = try fixture("skops/values.skops")
        let error = #expect(throws: ModelFormatError.self) { try readSkops(bytes, limits: PickleLimits(nodeCount: 20)) }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: ["values", "objects", "shape", "keys"])
    func `a damaged file gives a tree or an error`(name: String) throws {
        let bytes = try fixture("skops/\(name).skops")
        var random = SeededRandom(seed: 13)
        for _ in 0..<400 {
            guard let root = try? readSkops(mutated(bytes, with: &random)).root else { continue }
            for (_, value) in root.attributes {
                _ = try? value.numPyArray()?.tensor()
                _ = (value.double, value.string, value.bytes, try? value.objects())
            }
        }
    }
}
