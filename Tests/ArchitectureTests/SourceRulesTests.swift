import Foundation
import TestSupport
import Testing

@Suite struct SourceRulesTests {
    @Test func `no file that a person wrote is longer than 700 lines`() {
        for file in SourceTree.swiftFiles where !file.isGenerated {
            #expect(file.lines.count <= 700, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func `file names say what is in the file`() {
        let empty = ["util", "helper", "manager", "common", "misc", "impl"]
        for file in SourceTree.swiftFiles {
            let name = file.name.lowercased()
            let innocent = ["implicit", "simpleimp", "simplif"]
            #expect(innocent.contains(where: name.contains) || !empty.contains(where: name.contains), "\(file.path)")
        }
    }

    @Test func `what bypasses the compiler is rare and explained`() {
        var unchecked: [String] = []
        for file in SourceTree.swiftFiles {
            for (number, line) in file.lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for word in ["try!", "fatalError(", "preconditionFailure(", "as! ", "nonisolated(unsafe)"] {
                    #expect(!line.contains(word), "\(file.path):\(number + 1): \(word)")
                }
                guard line.contains("@unchecked Sendable") else { continue }
                unchecked.append("\(file.path):\(number + 1)")
                let before = file.lines[max(0, number - 3)..<number]
                #expect(before.contains { $0.contains("// SAFETY:") }, "\(file.path):\(number + 1)")
            }
        }
        #expect(unchecked.count <= 3, "\(unchecked)")
    }

    @Test func `error words say where, what, expected and got`() throws {
        let empty = try Regex(#""[^"]*(failed to|unable to|unexpected error|invalid input|something went wrong)"#)
        for file in SourceTree.swiftFiles {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.contains(empty.ignoresCase()), "\(file.path):\(number + 1)")
            }
        }
    }

    @Test func `each target has tests beside it`() {
        let cTargets = SourceTree.targets.filter { target in !SourceTree.swiftFiles.contains { $0.target == target } }
        for target in SourceTree.targets.subtracting(cTargets) {
            let folder = repositoryRoot + "/Tests/\(target)Tests"
            #expect(FileManager.default.fileExists(atPath: folder), "Tests/\(target)Tests")
        }
    }
}
