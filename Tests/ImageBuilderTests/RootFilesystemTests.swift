import DebianPackages
import Diagnostics
import Files
import Foundation
import ImageBuilder
import OCIArchive
import OCIImage
import TestSupport
import Testing

/// A folder in which packages are built by Debian's own `dpkg-deb`.
final class PackageWorkshop {
    let folder: TemporaryFolder
    let spool: Spool

    init() throws {
        folder = try TemporaryFolder()
        spool = try Spool()
    }

    /// A package whose files a line of shell makes.
    func package(_ name: String, fields: String = "", _ script: String) throws -> DebianPackage {
        let made = try runTool(
            """
            set -e
            mkdir -p "$1/DEBIAN" && cd "$1"
            printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.c>\\nDescription: d\\n' "$1" >DEBIAN/control
            printf '%s' "$2" >>DEBIAN/control
            \(script)
            chmod -R u=rwX,go=rX .
            dpkg-deb --root-owner-group -b . ../"$1".deb >/dev/null
            """,
            [name, fields],
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        return try DebianPackage(path: folder.file("\(name).deb"), into: spool)
    }

    /// What `tar` lists of a layer: kind and permissions, owners, path.
    func listing(_ tree: LayerTree) throws -> [String] {
        let path = folder.file("layer.tar")
        let file = try AtomicFile(path: path)
        try tree.tar.read { try file.write($0) }
        try file.commit()
        let output = try runTool("tar --numeric-owner -tvf \"$1\" | tr -s ' ' | cut -d' ' -f1,2,6-", [path]).output
        return output.split(separator: "\n").map(String.init)
    }
}

extension MergedFilesystem {
    fileprivate func contents(_ path: String) throws -> String? {
        try bytes(at: path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }
}

@Suite struct RootFilesystemTests {
    private let workshop: PackageWorkshop

    init() throws { workshop = try PackageWorkshop() }

    private func root(_ packages: DebianPackage...) throws -> RootFilesystem {
        var root = RootFilesystem(architecture: "amd64")
        for package in packages { try root.add(package) }
        return root
    }

    private func listing(_ root: RootFilesystem) throws -> [String] {
        try root.merged().layers(budget: 1).flatMap { try workshop.listing($0.tree) }
    }

    @Test func `usr is merged, and scanners find the packages`() throws {
        let a = try workshop.package(
            "a",
            "mkdir -p lib/x bin lib64 && touch lib/x/f bin/a && ln -s /lib/x/f lib64/ld && ln -s ../usr/bin/a bin/self"
        )
        let b = try workshop.package("b", "mkdir -p bin usr/bin && ln -s /usr/bin/b bin/b && touch usr/bin/b")
        #expect(
            try listing(root(a, b)) == [
                "lrwxrwxrwx 0/0 bin -> usr/bin", "lrwxrwxrwx 0/0 lib -> usr/lib", "lrwxrwxrwx 0/0 lib64 -> usr/lib64",
                "lrwxrwxrwx 0/0 sbin -> usr/sbin", "drwxr-xr-x 0/0 usr/", "drwxr-xr-x 0/0 usr/bin/",
                "-rw-r--r-- 0/0 usr/bin/a", "-rw-r--r-- 0/0 usr/bin/b", "lrwxrwxrwx 0/0 usr/bin/self -> ../usr/bin/a",
                "drwxr-xr-x 0/0 usr/lib/", "drwxr-xr-x 0/0 usr/lib/x/", "-rw-r--r-- 0/0 usr/lib/x/f",
                "drwxr-xr-x 0/0 usr/lib64/", "lrwxrwxrwx 0/0 usr/lib64/ld -> /lib/x/f", "drwxr-xr-x 0/0 usr/sbin/",
                "drwxr-xr-x 0/0 var/", "drwxr-xr-x 0/0 var/lib/", "drwxr-xr-x 0/0 var/lib/dpkg/",
                "drwxr-xr-x 0/0 var/lib/dpkg/status.d/", "-rw-r--r-- 0/0 var/lib/dpkg/status.d/a",
                "-rw-r--r-- 0/0 var/lib/dpkg/status.d/b",
            ]
        )
    }

    @Test func `the order of packages does not matter`() throws {
        let a = try workshop.package("a", "mkdir -p usr/share && ln -s real usr/share/link")
        let b = try workshop.package("b", "mkdir -p usr/share/link/deep usr/share/real && touch usr/share/link/deep/f")
        let first = try listing(root(a, b))
        #expect(first.contains("-rw-r--r-- 0/0 usr/share/real/deep/f"))
        #expect(try listing(root(b, a)) == first)
    }

    @Test func `the same file of two packages stands once, another is a conflict`() throws {
        let a = try workshop.package("a", "mkdir -p etc && echo 1 >etc/same")
        let b = try workshop.package("b", "mkdir -p etc && echo 1 >etc/same")
        let c = try workshop.package("c", "mkdir -p etc && echo 22 >etc/same")
        #expect(try listing(root(a, b)).filter { $0.hasSuffix("etc/same") }.count == 1)
        let error = #expect(throws: ImageBuilderError.self) { try root(a, c).merged() }
        #expect(
            error?.description
                == "origin `c`: path `etc/same`: two origins bring different things, `a` a file of 2 bytes with "
                + "mode 644 of 0:0 and `c` a file of 3 bytes with mode 644 of 0:0"
        )
    }

    @Test func `a package that replaces another brings its file, in either order`() throws {
        let a = try workshop.package("a", "mkdir -p etc && echo 1 >etc/same")
        let b = try workshop.package(
            "b",
            fields: "Replaces: a (<< 2)\n",
            "mkdir -p etc && chmod 755 etc && echo 333 >etc/same"
        )
        let z = try workshop.package("z", fields: "Replaces: a (>= 2)\n", "mkdir -p etc && echo 333 >etc/same")
        for root in [try root(a, b), try root(b, a)] {
            #expect(try root.merged().contents("etc/same") == "333\n")
        }
        #expect(throws: ImageBuilderError.self) { try root(a, z).merged() }
    }

    @Test func `what overrides takes the place of what packages bring`() throws {
        let a = try workshop.package("a", "mkdir -p etc && echo 1 >etc/f && ln -s x etc/g")
        var root = try root(a)
        for name in ["f", "g"] {
            try root.add(
                "etc/\(name)",
                .file(MemoryBlob(Array("mine".utf8)), byteCount: 4),
                mode: 0o600,
                origin: "files",
                isOverride: true
            )
        }
        let merged = try root.merged()
        #expect(try merged.contents("etc/f") == "mine")
        #expect(try merged.contents("etc/g") == "mine")
    }

    @Test func `licences stay when documents are dropped`() throws {
        let a = try workshop.package(
            "a",
            "mkdir -p usr/share/doc/a && touch usr/share/doc/a/copyright usr/share/doc/a/NEWS && ln -s a usr/share/doc/liba"
        )
        var root = try root(a)
        root.dropped = [try PathPattern(parsing: "usr/share/doc/**")]
        let paths = try root.merged().paths
        #expect(paths.contains("usr/share/doc/a/copyright"))
        #expect(paths.contains("usr/share/doc/liba"))
        #expect(!paths.contains("usr/share/doc/a/NEWS"))
        root.dropped.append(try PathPattern(parsing: "**/copyright"))
        #expect(try !root.merged().paths.contains("usr/share/doc/a/copyright"))
    }

    @Test func `hard links stay so inside of a layer, and a dropped target leaves the file`() throws {
        let a = try workshop.package(
            "a",
            "mkdir -p usr/b && echo 1 >usr/b/f && ln usr/b/f usr/b-g && ln usr/b/f usr/b/h"
        )
        let lines = try listing(root(a))
        #expect(
            lines.filter { $0.contains("usr/b") && $0.hasPrefix("h") }.map { $0.dropFirst(15) } == [
                "usr/b/f link to usr/b-g", "usr/b/h link to usr/b-g",
            ]
        )
        var root = try root(a)
        root.dropped = [try PathPattern(parsing: "usr/b-g"), try PathPattern(parsing: "usr/b/f")]
        #expect(try root.merged().contents("usr/b/h") == "1\n")
    }

    @Test func `a shared object is linked by its name`() throws {
        guard hasTool("cc") else { return }
        let a = try workshop.package(
            "a",
            """
            mkdir -p usr/lib/x86_64-linux-gnu usr/share
            echo 'int f;' >f.c
            cc -shared -Wl,-soname,liba.so.1 -o usr/lib/x86_64-linux-gnu/liba.so.1.2 f.c
            cp usr/lib/x86_64-linux-gnu/liba.so.1.2 usr/share/liba.so.1.2
            echo text >usr/lib/x86_64-linux-gnu/libtext.so.3
            rm f.c
            """
        )
        let paths = try root(a).merged().paths
        #expect(paths.contains("usr/lib/x86_64-linux-gnu/liba.so.1"))
        #expect(!paths.contains("usr/share/liba.so.1"))
    }

    @Test func `of files with one SONAME the later version is linked, as ldconfig does`() throws {
        guard hasTool("cc"), hasTool("ldconfig") else { return }
        let names = "liba.so.1.9 liba.so.1.10 liba.so.1.2.30 libb.so.1 libb.so.1a libb.so.010 libb.so.9"
        let a = try workshop.package(
            "a",
            """
            mkdir -p usr/lib && echo 'int f;' >f.c
            for name in \(names); do
                cc -shared -Wl,-soname,$(echo $name | cut -c-4).so.0 -o usr/lib/$name f.c
            done
            cp -r usr/lib ../oracle && rm f.c && ldconfig -n ../oracle
            """
        )
        let merged = try listing(root(a)).filter { $0.hasPrefix("l") }
        for name in ["liba.so.0", "libb.so.0"] {
            let link = try runTool("readlink -n oracle/\(name)", folder: workshop.folder.path).output
            #expect(merged.contains { $0.hasSuffix("usr/lib/\(name) -> \(link)") }, "\(link)")
        }
    }

    @Test func `certificates are put together in one file`() throws {
        let a = try workshop.package(
            "a",
            "mkdir -p c/d && printf A >c/d/a.crt && printf 'B\\n' >c/b.crt && printf C >c/no"
        )
        var root = try root(a)
        root.certificates = CertificateBundle(folder: "c", bundle: "etc/ssl/bundle.crt")
        #expect(try root.merged().contents("etc/ssl/bundle.crt") == "B\nA\n")
        root.certificates = CertificateBundle(folder: "missing", bundle: "x")
        let error = #expect(throws: ImageBuilderError.self) { try root.merged() }
        #expect(error?.message == "there is no `.crt` file below it")
    }

    static let slips: [(path: String, target: String, below: String, words: String)] = [
        ("up", "../../../..", "up/etc/f", ""),
        ("abs", "/etc", "abs/f", ""),
        ("a", "b", "a/f", "path `a`: the path leads through more than 40 links, which is a loop"),
    ]

    @Test(arguments: slips) func `paths through links never leave the image`(
        path: String,
        target: String,
        below: String,
        words: String
    ) throws {
        var root = RootFilesystem(architecture: "amd64")
        try root.add(path, .symbolicLink(target: target), mode: 0o777, origin: "a")
        try root.add("b", .symbolicLink(target: "a"), mode: 0o777, origin: "a")
        try root.add(below, .file(MemoryBlob([]), byteCount: 0), mode: 0o644, origin: "b")
        guard words.isEmpty else {
            let error = #expect(throws: ImageBuilderError.self) { try root.merged() }
            #expect(error?.description == "origin `b`: " + words)
            return
        }
        #expect(try root.merged().paths.contains("etc/f"))
    }

    @Test(arguments: ["", "/", "../x", "/etc/passwd", "a/../../b"])
    func `a path that climbs is refused`(path: String) {
        var root = RootFilesystem(architecture: "amd64")
        let error = #expect(throws: ImageBuilderError.self) { try root.add(path, .folder, mode: 0o755, origin: "a") }
        #expect(error?.code == .path)
    }

    @Test func `a path through a file is a conflict, and one that is too deep is refused`() throws {
        var root = RootFilesystem(architecture: "amd64")
        try root.add("a", .file(MemoryBlob([]), byteCount: 0), mode: 0o644, origin: "x")
        try root.add("a/b", .file(MemoryBlob([]), byteCount: 0), mode: 0o644, origin: "y")
        let error = #expect(throws: ImageBuilderError.self) { try root.merged() }
        #expect(error?.description == "origin `y`: path `a`: the path goes through `a` of x, which is no folder")
        var deep = RootFilesystem(architecture: "amd64")
        try deep.add(String(repeating: "d/", count: 300) + "f", .folder, mode: 0o755, origin: "x")
        #expect(throws: ImageBuilderError.self) { try deep.merged() }
    }

    @Test func `a hard link out of its package and names that remove files are refused`() throws {
        let made = try runTool(
            """
            set -e
            mkdir forged && cd forged && mkdir etc && echo x >etc/shadow && ln etc/shadow etc/mine
            echo 2.0 >debian-binary && printf 'Package: p\\nVersion: 1\\nArchitecture: all\\n' >control
            tar -czf control.tar.gz control
            tar -cf data.tar etc/shadow etc/mine && tar --delete -f data.tar etc/shadow && gzip data.tar
            ar rc ../forged.deb debian-binary control.tar.gz data.tar.gz
            """,
            folder: workshop.folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        let forged = try DebianPackage(path: workshop.folder.file("forged.deb"), into: workshop.spool)
        let error = #expect(throws: ImageBuilderError.self) { try root(forged) }
        #expect(
            error?.description
                == "package `p`: path `etc/mine`: the hard link leads to no file before it in the package, got `etc/shadow`"
        )
        let removing = try workshop.package("r", "mkdir usr && touch usr/.wh.bin")
        #expect(throws: OCIArchiveError.self) { try root(removing).merged().layers(budget: 1) }
    }

    @Test func `a link with a target of no end is refused`() throws {
        var root = RootFilesystem(architecture: "amd64")
        let target = String(repeating: "x/", count: 3000)
        try root.add("a", .symbolicLink(target: target), mode: 0o777, origin: "x")
        let error = #expect(throws: ImageBuilderError.self) { try root.merged() }
        #expect(
            error?.description
                == "path `a`: the target of the link is too long, expected at most 4095 bytes, got 6000"
        )
    }

    @Test func `two spellings of one accent are two files`() throws {
        var root = RootFilesystem(architecture: "amd64")
        for name in ["e\u{301}", "\u{e9}"] {
            try root.add("d/\(name)", .symbolicLink(target: name == "\u{e9}" ? "1" : "2"), mode: 0o777, origin: "a")
        }
        #expect(try root.merged().paths.filter { $0.hasPrefix("d/") }.count == 2)
    }
}
