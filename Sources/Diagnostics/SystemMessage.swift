import Glibc

/// What the system says of an error number, lower case as every message here: `no such file or directory`.
package func systemMessage(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
}
