import ModelImport
import Testing

@Suite struct FrameworkVersionTests {
    private func warnings(_ version: String?) -> [String] {
        var report = ImportReport(
            framework: "scikit-learn",
            frameworkVersion: version,
            format: "pickle",
            estimator: EstimatorSummary(className: "sklearn.linear_model.Ridge")
        )
        report.warn(unlessIn: FrameworkVersion(0, 24)...FrameworkVersion(1, 9))
        return report.warnings
    }

    @Test(arguments: ["0.24.2", "1.0", "1.9.1", "1.9.dev0"])
    func `a known version is no matter`(version: String) {
        #expect(warnings(version).isEmpty)
    }

    @Test(arguments: ["0.23.2", "1.10.0", "2.0rc1"])
    func `another version is warned of`(version: String) {
        #expect(
            warnings(version) == [
                "scikit-learn \(version) wrote it, and 0.24 to 1.9 are known: compare the predictions with its own"
            ]
        )
    }

    @Test(arguments: [nil, "", "new"] as [String?])
    func `a file without a version is warned of`(version: String?) {
        #expect(warnings(version) == ["no version of scikit-learn is named, and one of 0.24 to 1.9 is assumed"])
    }
}
