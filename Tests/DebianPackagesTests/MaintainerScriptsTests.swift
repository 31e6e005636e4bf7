import DebianPackages
import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@Suite struct MaintainerScriptsTests {
    private func package(_ scripts: [String: String], name: String = "thing") throws -> DebianPackage {
        let folder = try TemporaryFolder()
        for (script, text) in scripts {
            try text.write(toFile: folder.file(script), atomically: true, encoding: .utf8)
        }
        let made = try runTool(
            """
            set -e
            mkdir -p p/DEBIAN
            printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@b.c>\\nDescription: d\\n' "$1" >p/DEBIAN/control
            for script in *inst *rm; do [ -f "$script" ] && install -m 755 "$script" p/DEBIAN; done
            dpkg-deb --root-owner-group -b p a.deb >/dev/null
            """,
            [name],
            folder: folder.path
        )
        try #require(made.status == 0, "\(made.errors)")
        return try DebianPackage(path: folder.file("a.deb"), into: Spool())
    }

    static let snippet = """
        #!/bin/sh
        set -e
        # Automatically added by dh_python3
        if command -v py3compile >/dev/null 2>&1; then
            py3compile -p thing
        fi
        # End automatically added section

        case "$1" in
            configure|abort-upgrade)
            ;;
            *)
                echo "called with unknown argument" >&2
                exit 1
            ;;
        esac
        exit 0

        """

    @Test func `what debhelper adds for Python is skipped`() throws {
        let skipped = try package(["postinst": Self.snippet]).skippedScripts(allowing: [])
        #expect(skipped.map(\.script) == ["postinst"])
        #expect(skipped.map(\.reason) == ["compiles Python's byte code"])
    }

    @Test func `scripts of a removal have no part in an image`() throws {
        let scripts = ["prerm": "#!/bin/sh\nrm -rf /x\n", "postrm": "#!/bin/sh\nrm -rf /y\n"]
        #expect(try package(scripts).skippedScripts(allowing: []).isEmpty)
    }

    @Test(arguments: ["dh_installalternatives", "dh_installtmpfiles", "dh_unheard_of"])
    func `a snippet that an image may need is refused`(tool: String) throws {
        let text = Self.snippet.replacingOccurrences(of: "dh_python3", with: tool)
        let error = #expect(throws: DebianPackagesError.self) {
            try package(["postinst": text]).skippedScripts(allowing: [])
        }
        #expect(error?.code == .scripts)
    }

    @Test func `a script that does something is refused unless it is listed`() throws {
        let package = try package(["postinst": Self.snippet + "addgroup --system thing\n"])
        let error = #expect(throws: DebianPackagesError.self) { try package.skippedScripts(allowing: []) }
        #expect(
            error?.description
                == "package `thing` (1): its `postinst` may do what the image needs, and scripts are not run, "
                + "such as `addgroup --system thing`"
        )
        #expect(try package.skippedScripts(allowing: ["thing"]).map(\.reason) == ["listed in `skip-scripts`"])
    }

    @Test func `the links of alternatives are told`() throws {
        let text = """
            #!/bin/sh
            update-alternatives --install /usr/lib/libblas.so.3 \\
                libblas.so.3 /usr/lib/blas/libblas.so.3 10 \\
                --slave /usr/share/man/x x $DIR/x
            """
        let package = try package(["postinst": text])
        #expect(package.alternatives.map(\.path) == ["/usr/lib/libblas.so.3"])
        let error = #expect(throws: DebianPackagesError.self) { try package.skippedScripts(allowing: []) }
        #expect(
            error?.hint
                == "do what it does by `links`, `files` or `paths`, and list the package in `skip-scripts`; it links "
                + "`/usr/lib/libblas.so.3` to `/usr/lib/blas/libblas.so.3`"
        )
    }

    @Test func `packages whose scripts were read are known`() throws {
        let package = try package(["postinst": "#!/bin/sh\nln -s a b\n"], name: "tzdata")
        #expect(
            try package.skippedScripts(allowing: []).map(\.reason) == ["sets the time zone, which is UTC without it"]
        )
    }
}
