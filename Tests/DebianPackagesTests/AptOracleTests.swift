import Archives
import DebianPackages
import Foundation
import TestSupport
import Testing

/// The lists that this machine's apt has fetched, resolved by apt and by mlpack; skipped where there are none.
@Suite struct AptOracleTests {
    private static let folder = "/var/lib/apt/lists"

    private static let lists: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.contains("_binary-amd64_Packages") && !$0.hasSuffix(".diff_Index") }.sorted()
    }()

    private static func index() throws -> PackageIndex {
        let tables = try lists.map { name in
            var text: [UInt8] = []
            try decompressFile("\(folder)/\(name)") { text.append(contentsOf: $0) }
            return try PackageTable(text, archive: "", suite: name)
        }
        return PackageIndex(architecture: "amd64", tables: tables)
    }

    /// What apt would install on a machine that has nothing.
    private func apt(_ wanted: String) throws -> [String] {
        let scratch = try TemporaryFolder()
        let result = try runTool(
            """
            mkdir -p cache/archives/partial && touch status
            apt-get -s --no-install-recommends -o Dir::State::status=$PWD/status -o Dir::Cache=$PWD/cache \
                -o APT::Architecture=amd64 -o APT::Architectures::=amd64 install $1 |
                sed -n 's/^Inst \\([^ :]*\\)[^ ]* (\\([^ ]*\\).*/\\1 \\2/p' | LC_ALL=C sort
            """,
            [wanted],
            folder: scratch.path
        )
        return result.output.split(separator: "\n").map(String.init)
    }

    @Test(
        .enabled(if: !lists.isEmpty && hasTool("apt-get")),
        arguments: [
            "busybox-static", "ca-certificates", "libgomp1", "python3.11-minimal", "python3 git", "r-base-core",
        ]
    )
    func `the packages and versions are apt's`(wanted: String) throws {
        let packages = try Self.index().resolve(wanted.split(separator: " ").map(String.init)).packages
        let expected = try apt(wanted)
        try #require(!expected.isEmpty)
        #expect(packages.map { "\($0.name) \($0.version)" }.sorted() == expected.sorted())
    }
}
