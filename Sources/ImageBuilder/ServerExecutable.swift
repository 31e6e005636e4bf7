package import ContentStore
import Diagnostics
import Files

/// The `mlpack-serve` that goes into images: one file that needs nothing else to run.
package struct ServerExecutable: Sendable {
    package let path: String
    package let digest: Digest
    package let byteCount: Int
    /// The architecture in the words of OCI: `amd64`, `arm64`.
    package let architecture: String

    /// How the file is built.
    package static let buildCommand =
        "swift build -c release --product mlpack-serve --scratch-path .build-serve "
        + "--static-swift-stdlib -Xswiftc -static-executable"

    /// Looks at an executable and takes its digest.
    ///
    /// *Throws*: `server` when it is no static ELF executable, `architecture` for a machine that images here are not
    /// built for, and the errors of files.
    package init(path: String) throws {
        self.path = path
        var head: [UInt8] = []
        var running = RunningDigest()
        try readFileInPieces(path) { bytes in
            if head.count < 1 << 16 { head.append(contentsOf: bytes.prefix((1 << 16) - head.count)) }
            running.update(bytes)
        }
        digest = running.digest
        byteCount = running.byteCount
        architecture = try locating(.file(path)) { () throws(ImageBuilderError) in try elfArchitecture(head) }
    }
}

/// The architecture of a static executable, from the start of its file.
///
/// *Throws*: `server` when it is something else, `architecture`.
/// *Source*: System V ABI, chapters 4 and 5: ELF header and program headers.
func elfArchitecture(_ head: [UInt8]) throws(ImageBuilderError) -> String {
    func field(_ offset: Int, _ count: Int) -> Int? {
        guard offset >= 0, offset <= head.count - count else { return nil }
        return head[offset..<offset + count].reversed().reduce(0) { $0 &* 256 &+ Int($1) }
    }
    // Magic, 64 bits, little endian.
    guard head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let type = field(16, 2), [2, 3].contains(type),
        let machine = field(18, 2), let table = field(32, 8), let entrySize = field(54, 2), let count = field(56, 2),
        entrySize >= 56, table < 1 << 16
    else {
        throw ImageBuilderError(
            .server,
            "the file is no 64-bit ELF executable, expected a static mlpack-serve",
            hint: "build it with `\(ServerExecutable.buildCommand)`"
        )
    }
    for index in 0..<count {
        guard let segment = field(table + index * entrySize, 4) else {
            throw ImageBuilderError(.server, "the program headers reach beyond the first 64 KiB of the file")
        }
        // PT_INTERP
        guard segment != 3 else {
            throw ImageBuilderError(
                .server,
                "the executable asks for a dynamic loader, which is not in the image, expected a static one",
                hint: "build it with `\(ServerExecutable.buildCommand)`"
            )
        }
    }
    switch machine {
    case 62: return "amd64"
    case 183: return "arm64"
    default:
        throw ImageBuilderError(.architecture, "ELF machine \(machine) is not supported, expected amd64 or arm64")
    }
}
