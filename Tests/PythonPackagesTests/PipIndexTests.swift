import ContentStore
import Diagnostics
import Downloads
import Files
import Foundation
import JSON
import PythonPackages
import TestSupport
import Testing

/// pip resolves real requirements over the indexes of the machine's configuration, and so does mlpack.
///
/// They are large, so that they run only where `MLPACK_PIP_INDEX=1` asks for it.
@Suite(.enabled(if: hasPip && ProcessInfo.processInfo.environment["MLPACK_PIP_INDEX"] == "1"), .serialized)
struct PipIndexTests {
    static let requirements = [
        ["flask"], ["requests[socks]"], ["onnxruntime", "numpy"], ["scikit-learn", "pandas"], ["lightgbm"], ["xgboost"],
        ["jupyter"], ["fastapi[all]"], ["dask[complete]"], ["tensorflow-cpu"], ["tensorflow-cpu", "numpy<1.24"],
        ["mlflow", "pandas<2.1"],
    ]

    @Test(arguments: requirements, PythonTarget.Architecture.allCases)
    func `versions and files are those of pip`(
        requirements: [String],
        architecture: PythonTarget.Architecture
    ) throws {
        let folder = try TemporaryFolder()
        let target = try PythonTarget(version: "3.11", architecture: architecture, glibc: "2.36")
        let platforms = target.platforms.map { "--platform \($0)" }.joined(separator: " ")
        let pip = try runTool(
            "python3 -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed "
                + "--only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --target target "
                + "\(platforms) --report report.json \"$@\"",
            requirements,
            folder: folder.path
        )
        let ours = Result {
            try resolve(
                requirements.map { try PythonRequirement(parsing: $0) },
                for: target,
                from: PackageIndexes(PipConfiguration()),
                Downloader(store: ContentStore(root: ContentStore.userCacheFolder))
            )
        }
        guard pip.status == 0 else {
            #expect(throws: PythonPackageError.self) { try ours.get() }
            return
        }
        let report = try JSONValue.parse(readFile(folder.file("report.json"), limit: 1 << 26))
        let theirs = (report["install"]?.array ?? []).compactMap { item -> String? in
            let download = item["download_info"]
            guard let hash = download?["archive_info"]?["hash"]?.string, let url = download?["url"]?.string else {
                return nil
            }
            let file = url.split(separator: "/").last.map { $0.replacing("%2B", with: "+") } ?? ""
            return "\(file) \(hash.replacing("=", with: ":"))"
        }
        #expect(try ours.get().map { "\($0.file) \($0.digest)" }.sorted() == theirs.sorted())
    }
}
