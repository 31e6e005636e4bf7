import Diagnostics
import ServingCore
import TestSupport
import Testing

@Suite struct ModelRepositoryTests {
    private func model(_ name: String, _ version: String) throws -> ServedModel {
        try ServedModel.load(path: fixturePath("models/linear.onnx"), name: name, version: version)
    }

    @Test func `the highest version is the one that is served without a version`() throws {
        let repository = try ModelRepository([model("a", "10"), model("a", "2"), model("b", "1")])
        #expect(repository.names == ["a", "b"])
        #expect(repository.versions(of: "a") == ["2", "10"])
        #expect(repository.versions(of: "c").isEmpty)
        #expect(try repository.model("a").version == "10")
        #expect(try repository.model("a", version: "2").version == "2")
    }

    @Test func `what is not there is named with what is`() throws {
        let repository = try ModelRepository([model("iris", "1"), model("wine", "1"), model("wine", "2")])
        #expect {
            try repository.model("irs")
        } throws: {
            let error = $0 as? ServingError
            return "\($0)" == "the model `irs` is not served, expected `iris`, `wine`"
                && error?.hint == "did you mean `iris`?"
        }
        #expect {
            try repository.model("wine", version: "3")
        } throws: {
            "\($0)" == "model `wine`: version `3` is not served, expected `1`, `2`"
        }
    }

    @Test func `two models of one name are refused`() throws {
        let path = fixturePath("models/linear.onnx")
        #expect {
            try ModelCatalog(paths: [path, path])
        } throws: {
            "\($0)" == "model `linear`: version 1 is there twice, expected models of different names"
        }
    }

    @Test func `a folder of models is loaded whole`() throws {
        let repository = try ModelCatalog(paths: [fixturePath("models")]).repository
        #expect(repository.names.count == Datatype.allCases.count + 1)
        for datatype in Datatype.allCases {
            #expect(try repository.model("echo_\(datatype.rawValue)").inputs.map(\.datatype) == [datatype])
        }
    }
}
