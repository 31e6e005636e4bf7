import Files
import Foundation
import PythonPackages
import TestSupport
import Testing

/// Whether there is a pip that can be the oracle.
let hasPip = hasTool("python3") && ((try? runTool("python3 -m pip --version").status == 0) ?? false)

/// pip installs the same wheel; what it writes is held against what mlpack writes.
@Suite(.enabled(if: hasPip)) struct PipInstallationTests {
    @Test func `the files are those of pip`() throws {
        let folder = try TemporaryFolder()
        let wheel = wheelPath("whole")
        let pip = try runTool(
            "umask 022; python3 -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-compile "
                + "--ignore-installed --no-warn-script-location --prefix pip \"$1\"",
            [wheel],
            folder: folder.path
        )
        try #require(pip.status == 0, "\(pip.errors)")
        // pip's own note of where the wheel was.
        let theirs = try tree(folder.file("pip")).filter { !$0.key.hasSuffix("/direct_url.json") }
        func folderOf(_ name: String) throws -> String {
            let path = try #require(theirs.keys.first { "/\($0)".hasSuffix("/" + name) }, "\(name)")
            return String(path.dropLast(name.count))
        }
        let interpreter = try runTool("command -v python3").output.trimmingCharacters(in: .whitespacesAndNewlines)
        let scheme = try InstallationScheme(
            site: folderOf("a_b-1.0.dist-info/METADATA"),
            scripts: folderOf("shell"),
            headers: folderOf("a-b/a.h"),
            data: folderOf("share/a/data.bin"),
            interpreter: interpreter
        )
        let spool = try Spool()
        let files = try Wheel(path: wheel).install(into: spool, scheme, isRequested: true)
        #expect(Set(theirs.keys) == Set(files.map(\.path)))
        for file in files where !isWrittenByInstaller(file.path) {
            #expect(theirs[file.path]?.bytes == (try bytes(of: file)), "\(file.path)")
            #expect(theirs[file.path]?.mode == Int(file.mode), "\(file.path)")
        }
        try write(files, to: folder.file("ours"))
        for (command, answer) in [("a-main", "main\n"), ("a-tool", ""), ("plain", "plain\n"), ("shell", "shell\n")] {
            let run = try runTool(
                "PYTHONPATH=\"ours/$1\" \"ours/$2/$3\"",
                [scheme.site, scheme.scripts, command],
                folder: folder.path
            )
            #expect(run.output == answer)
            #expect(run.status == (command == "a-tool" ? 3 : 0))
        }
    }

    private func isWrittenByInstaller(_ path: String) -> Bool {
        path.contains("bin/") || path.hasSuffix(".dist-info/INSTALLER") || path.hasSuffix(".dist-info/RECORD")
    }

    private func bytes(of file: InstalledFile) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let content = file.content
        try readFileInPieces(content.path, offset: content.offset, byteCount: content.byteCount) { bytes += $0 }
        return bytes
    }

    private func write(_ files: [InstalledFile], to root: String) throws {
        for file in files {
            let path = root + "/" + file.path
            try makeFolders((path as NSString).deletingLastPathComponent)
            let output = try AtomicFile(path: path, mode: mode_t(file.mode))
            try output.write(bytes(of: file))
            try output.commit()
        }
    }

    private func tree(_ root: String) throws -> [String: (bytes: [UInt8], mode: Int)] {
        var files: [String: (bytes: [UInt8], mode: Int)] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            let attributes = try FileManager.default.attributesOfItem(atPath: root + "/" + name)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            files[name] = (try readFile(root + "/" + name, limit: 1 << 24), mode)
        }
        return files
    }
}
