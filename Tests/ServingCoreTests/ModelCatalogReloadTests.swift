import Foundation
import ServingCore
import Tensors
import TestSupport
import Testing

@Suite struct ModelCatalogReloadTests {
    private func versions(_ catalog: ModelCatalog) -> [String] { catalog.repository.versions(of: "m") }

    @Test func `versions come and go with their files, and the rest stays as it is`() throws {
        let folder = try VersionFolder(["1", "2"])
        let catalog = try ModelCatalog(paths: [folder.path], control: .poll)
        let second = try catalog.repository.model("m", version: "2")
        #expect(catalog.reload().changed.isEmpty)
        try folder.add("3")
        try folder.remove("1")
        #expect(catalog.reload().changed == ["m"])
        #expect(versions(catalog) == ["2", "3"])
        #expect(try catalog.repository.model("m", version: "2") === second)
        try folder.add("2")
        #expect(catalog.reload().changed == ["m"])
        #expect(try catalog.repository.model("m", version: "2") !== second)
    }

    @Test func `a version that cannot be read is left out and told once`() throws {
        let folder = try VersionFolder(["1"])
        let catalog = try ModelCatalog(paths: [folder.path], control: .poll)
        try folder.add("2")
        try Data([0xFF]).write(to: URL(fileURLWithPath: folder.file("2/model.onnx")))
        let first = catalog.reload()
        #expect(first.failures.count == 1)
        #expect(first.failures.first?.contains("2/model.onnx") == true)
        #expect(catalog.reload().failures.isEmpty)
        #expect(versions(catalog) == ["1"])
        #expect(catalog.isComplete)
        #expect(catalog.entries.map(\.isReady) == [true, false])
        try folder.add("2")
        #expect(catalog.reload().changed == ["m"])
        #expect(catalog.entries.map(\.isReady) == [true, true])
    }

    @Test func `files that are young are left alone`() throws {
        let folder = try VersionFolder(["1"])
        let catalog = try ModelCatalog(paths: [folder.path])
        try folder.add("2")
        let young = catalog.reload(settled: .max)
        #expect(young.isUnsettled)
        #expect(young.changed.isEmpty)
        #expect(versions(catalog) == ["1"])
    }

    @Test func `a manifest that changes holds without a model being loaded anew`() throws {
        let folder = try VersionFolder(["1", "2"])
        let catalog = try ModelCatalog(paths: [folder.path])
        let models = try catalog.repository.models()
        try folder.write("default-version: 1")
        #expect(catalog.reload().changed == ["m"])
        #expect(try catalog.repository.model("m").version == "1")
        #expect(zip(try catalog.repository.models(), models).allSatisfy { $0 === $1 })
        try folder.write("default-version: 7")
        #expect(catalog.reload().failures.count == 1)
        #expect(try catalog.repository.model("m").version == "1")
        #expect(catalog.entries.last?.reason.contains("`default-version` names `7`") == true)
        try folder.write("versions: {latest: 1}")
        #expect(catalog.reload().changed == ["m"])
        #expect(versions(catalog) == ["2"])
    }

    @Test func `a server that follows its files starts without any`() throws {
        let folder = try TemporaryFolder()
        let catalog = try ModelCatalog(paths: [folder.path], control: .watch)
        #expect(catalog.entries.isEmpty)
        try FileManager.default.copyItem(atPath: fixturePath("models/linear.onnx"), toPath: folder.file("linear.onnx"))
        #expect(catalog.reload().changed == ["linear"])
        try FileManager.default.removeItem(atPath: folder.file("linear.onnx"))
        #expect(catalog.reload().changed == ["linear"])
        #expect(catalog.repository.names.isEmpty)
    }

    @Test func `a path that cannot be read leaves its models`() throws {
        let folder = try VersionFolder(["1"])
        let catalog = try ModelCatalog(paths: [folder.path + "/m"])
        try FileManager.default.moveItem(atPath: folder.path + "/m", toPath: folder.path + "/n")
        #expect(catalog.reload().failures.count == 1)
        #expect(versions(catalog) == ["1"])
    }

    @Test func `a model that a client has unloaded stays so`() throws {
        let folder = try VersionFolder(["1"])
        let catalog = try ModelCatalog(paths: [folder.path], control: .explicit)
        try catalog.unload("m")
        #expect(catalog.reload().changed.isEmpty)
        try catalog.load("m")
        #expect(versions(catalog) == ["1"])
    }

    @Test func `a file that is cut short in place changes nothing of what is served`() throws {
        let folder = try VersionFolder(["1"])
        let catalog = try ModelCatalog(paths: [folder.path])
        let model = try catalog.repository.model("m")
        let tensor = try Tensor([Float(1), 2, 3, 4], shape: Shape([1, 4]))
        let request = InferenceRequest(inputs: [NamedTensor(name: "X", tensor: tensor)])
        let before = try #require(try model.infer(request).outputs.first).tensor.elements(as: Float.self)
        #expect(truncate(folder.file("1/model.onnx"), 0) == 0)
        let after = try #require(try model.infer(request).outputs.first).tensor.elements(as: Float.self)
        #expect(before == after)
    }

    @Test func `warming up as the manifest says comes before answering`() throws {
        let folder = try VersionFolder(["1"], manifest: "warm-up: [{inputs: {X: {shape: [1, 3]}}}]")
        #expect {
            try ModelCatalog(paths: [folder.path])
        } throws: {
            "\($0)".contains("warm-up `1`")
        }
        let good = "warm-up: [{inputs: {X: {shape: [1, 4], values: [1, 2, 3, 4]}}, runs: 2}]"
        let catalog = try ModelCatalog(paths: [folder.path], control: .poll)
        #expect(catalog.entries.map(\.isReady) == [false])
        try folder.write(good)
        #expect(catalog.reload().changed == ["m"])
        #expect(throws: Never.self) { try ModelCatalog(paths: [folder.path]) }
    }
}
