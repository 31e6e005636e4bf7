import Diagnostics
import Foundation
import ImageBuilder
import TestSupport
import Testing

@Suite struct ServerExecutableTests {
    private func look(_ bytes: [UInt8]) throws -> ServerExecutable {
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("serve")))
        return try ServerExecutable(path: folder.file("serve"))
    }

    @Test(arguments: [(UInt8(62), "amd64"), (183, "arm64")])
    func `the architecture is in the header`(machine: UInt8, name: String) throws {
        #expect(try look(elf(machine: machine)).architecture == name)
    }

    @Test func `an executable of the machine that asks for a loader is refused`() throws {
        let error = #expect(throws: ImageBuilderError.self) { try ServerExecutable(path: "/bin/sh") }
        #expect(
            error.map { DiagnosticText($0).description } == """
                error: `/bin/sh`: the executable asks for a dynamic loader, which is not in the image, expected a static one
                hint: build it with `swift build -c release --product mlpack-serve --scratch-path .build-serve \
                --static-swift-stdlib -Xswiftc -static-executable`
                """
        )
    }

    static let others: [(bytes: [UInt8], words: String)] = [
        (Array("#!/bin/sh\n".utf8), "the file is no 64-bit ELF executable, expected a static mlpack-serve"),
        ([], "the file is no 64-bit ELF executable, expected a static mlpack-serve"),
        (elf(type: 1), "the file is no 64-bit ELF executable, expected a static mlpack-serve"),
        (Array(elf().prefix(64)), "the program headers reach beyond the first 64 KiB of the file"),
        (elf(machine: 8), "ELF machine 8 is not supported, expected amd64 or arm64"),
    ]

    @Test(arguments: others) func `anything else is named`(bytes: [UInt8], words: String) {
        let error = #expect(throws: ImageBuilderError.self) { try look(bytes) }
        #expect(error?.message == words)
    }

    @Test func `truncation and mutation never trap`() throws {
        let bytes = elf(segments: [1, 1, 3])
        for count in 0..<bytes.count { #expect(throws: ImageBuilderError.self) { try look(Array(bytes[..<count])) } }
        var random = SeededRandom(seed: 2)
        for _ in 0..<300 {
            var copy = bytes
            copy[Int.random(in: 0..<copy.count, using: &random)] = .random(in: 0...255, using: &random)
            _ = try? look(copy)
        }
    }
}
