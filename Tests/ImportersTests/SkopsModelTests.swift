import Diagnostics
import Importers
import ModelImport
import OnnxIR
import TestSupport
import Testing

/// A model that skops saved is the model that pickle saved.
@Suite struct SkopsModelTests {
    @Test(arguments: ["columns", "encoder", "forest", "function", "histogram", "support"])
    func `a skops file gives the graph that the pickle gives`(name: String) throws {
        let pickled = try importModel(path: fixturePath("skops/\(name).pickle"))
        let imported = try importModel(path: fixturePath("skops/\(name).skops"))
        #expect(pickled.report.format == "pickle" && imported.report.format == "skops")
        var model = imported.model
        model.metadata = pickled.model.metadata
        #expect(firstDifference(model, pickled.model) == nil)
        #expect(
            imported.model.metadata.filter { $0.key != "source_sha256" }
                == pickled.model.metadata.filter { $0.key != "source_sha256" }
        )
    }

    @Test func `a skops file that names a foreign function is refused`() {
        let error = #expect(throws: ModelImportError.self) {
            try importModel(path: fixturePath("skops/foreign.skops"))
        }
        #expect(error?.message == "the skops file names `builtins.print`, which no supported model holds")
    }
}
