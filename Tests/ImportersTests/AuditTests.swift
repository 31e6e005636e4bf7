import Importers
import ModelImport
import TestSupport
import Testing

/// What `mlpack inspect --security` lists.
@Suite struct AuditTests {
    private func audit(_ name: String) throws -> GlobalAudit {
        try #require(try auditModel(path: fixturePath(name)))
    }

    private func audit(_ text: String, in folder: TemporaryFolder) throws -> GlobalAudit {
        try write(Array(text.utf8), to: folder.file("model.pickle"))
        return try #require(try auditModel(path: folder.file("model.pickle")))
    }

    @Test(arguments: RecordedPredictionTests.scikitLearn)
    func `what scikit-learn saves is known`(file: RecordedFile) throws {
        let audit = try #require(try auditModel(path: file.path))
        #expect(audit.isClean && !audit.uses.isEmpty, "\(audit.text)")
    }

    @Test func `a call of a foreign function is not known`() throws {
        let audit = try audit("bad/system.pickle")
        #expect(audit.text == "UNKNOWN  called  os.system" && !audit.isClean)
        #expect(try self.audit("bad/custom.pickle").text == "UNKNOWN  called  __main__.MyTransformer")
    }

    @Test func `what a skops file names is listed, and not what its values need here`() throws {
        let audit = try audit("skops/foreign.skops")
        #expect(
            audit.text == """
                known    called  sklearn.preprocessing._function_transformer.FunctionTransformer
                UNKNOWN  named   builtins.print
                """
        )
        #expect(try self.audit("skops/columns.skops").isClean)
    }

    @Test(arguments: [
        ("cnumpy\nload\n(S'a.npy'\ntR.", "UNKNOWN  called  numpy.load"),
        ("cjoblib.numpy_pickle\nload\n(S'a'\ntR.", "UNKNOWN  called  joblib.numpy_pickle.load"),
        ("cnumpy\nlog1p\n.", "known    named   numpy.log1p"),
        ("c__builtin__\neval\n(S'1'\ntR.", "UNKNOWN  called  __builtin__.eval"),
    ])
    func `a function that runs what it is told is not known, whose package is`(pickle: String, line: String) throws {
        let folder = try TemporaryFolder()
        let audit = try audit(pickle, in: folder)
        #expect(audit.text.split(separator: "\n").first.map(String.init) == line)
        #expect(audit.isClean == line.hasPrefix("known"))
    }

    @Test func `a call of what a call returns is counted`() throws {
        let folder = try TemporaryFolder()
        let audit = try audit("c__builtin__\ngetattr\n(cos\npath\nS'system'\ntR(S'ls'\ntR.", in: folder)
        #expect(audit.indirectCallCount == 1)
        #expect(audit.text.hasSuffix("UNKNOWN  called  1 results of other calls"))
    }

    @Test func `a document names nothing`() throws {
        let audit = try audit("xgboost/3.2.0/native.json")
        #expect(audit.isClean && audit.text == "no class or function is named")
    }
}
