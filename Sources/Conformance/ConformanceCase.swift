import Diagnostics
import Files
import Glibc

/// A folder in the layout of ONNX's backend tests: `model.onnx`, and `test_data_set_<n>` folders that hold
/// `input_<i>.pb` and `output_<i>.pb` for the graph's inputs and outputs in their order.
package struct ConformanceCase: Sendable {
    /// The name of the folder.
    package let name: String
    let folder: String

    /// The cases below a folder, at most three levels down, by name.
    ///
    /// *Throws*: `folder` when there is none.
    package static func cases(in folder: String) throws(ConformanceError) -> [ConformanceCase] {
        var found: [ConformanceCase] = []
        collect(from: folder, depth: 3, into: &found)
        guard !found.isEmpty else {
            throw ConformanceError(.folder, at: .file(folder), "no case is in the folder, expected `*/model.onnx`")
        }
        return found.sorted { ($0.name, $0.folder) < ($1.name, $1.folder) }
    }

    private static func collect(from folder: String, depth: Int, into found: inout [ConformanceCase]) {
        let entries = folderEntries(folder)
        if entries.contains("model.onnx") {
            let name = folder.unicodeScalars.split(separator: "/").last.map(String.init) ?? folder
            found.append(ConformanceCase(name: name, folder: folder))
        } else if depth > 0 {
            for entry in entries { collect(from: folder + "/" + entry, depth: depth - 1, into: &found) }
        }
    }

    /// The folders of the test's data, in order.
    var dataSets: [String] {
        folderEntries(folder).filter { $0.hasPrefix("test_data_set_") }.map { folder + "/" + $0 }
    }
}

/// The names in a folder, sorted; none when it is no folder.
private func folderEntries(_ path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}
