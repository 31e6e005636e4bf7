import Diagnostics
import Files
import Glibc
import ServingObservation

/// A file that lines are appended to until it has half of the bytes that it may have; it is then moved to `<path>.1`, in
/// place of the one before it.
final class SampleFile: Sendable {
    private let file: LineFile
    private let byteLimit: Int

    /// Opens the file.
    ///
    /// *Parameter* byteLimit: the most bytes that both files have together.
    /// *Throws*: what keeps the file from being opened.
    init(path: String, byteLimit: Int) throws(FileError) {
        file = try LineFile(path: path, mode: 0o600)
        self.byteLimit = byteLimit
    }

    /// Appends a line; `false` when it is too long, or the disk is full.
    func append(_ line: [UInt8]) -> Bool {
        let half = byteLimit / 2
        guard line.count <= half else { return false }
        if file.byteCount + line.count > half {
            guard rename(file.path, "\(file.path).1") == 0 else { return false }
            do { try file.reopen() } catch { return false }
        }
        return file.append([line]) == 0
    }
}
