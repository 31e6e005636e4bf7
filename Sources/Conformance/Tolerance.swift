import Diagnostics
import Files
import Glibc

/// How far a number may lie from the expected one: `absolute + relative · |expected|`.
///
/// A case states its own in `tolerance.txt`, in lines such as `rtol 1e-3` and `atol 1e-7`, which are the defaults.
struct Tolerance: Sendable {
    private(set) var relative = 1e-3
    private(set) var absolute = 1e-7

    /// The tolerance of a case's folder.
    ///
    /// *Throws*: `tolerance` for a line that states none, and what keeps the file from being read.
    init(folder: String) throws {
        let path = folder + "/tolerance.txt"
        guard access(path, F_OK) == 0 else { return }
        for line in String(decoding: try readFile(path, limit: 4096), as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            let value = words.count == 2 ? Double(words[1]).flatMap { $0 >= 0 && $0.isFinite ? $0 : nil } : nil
            switch (words.first, value) {
            case ("rtol", let value?): relative = value
            case ("atol", let value?): absolute = value
            default:
                throw ConformanceError(
                    .tolerance,
                    at: .file(path),
                    "line `\(line)` states no tolerance, expected `rtol` or `atol` and a number from 0"
                )
            }
        }
    }
}
