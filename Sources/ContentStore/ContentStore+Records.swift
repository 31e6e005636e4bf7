import Diagnostics
package import Files

extension ContentStore {
    /// The bytes that were noted under a key; `nil` when there are none.
    ///
    /// A record says what a costly step made the last time; its key covers everything that went into the step.
    package func record(_ key: Digest) -> [UInt8]? {
        try? readFile("\(root)/records/\(key.hex)", limit: 1 << 20)
    }

    /// Notes bytes under a key.
    ///
    /// *Throws*: `refused`.
    package func setRecord(_ key: Digest, _ bytes: [UInt8]) throws(FileError) {
        try writeFile("\(root)/records/\(key.hex)", bytes)
    }
}
