import Archives
import DebianPackages
import Diagnostics
import Environments

extension DebianContents.Package {
    /// Holds `keep` against the items that a package gave for it: a path that it no longer has would go unnoticed.
    ///
    /// *Throws*: `manifest` with the first path that names nothing.
    func checkKept(_ package: DebianPackage) throws(EnvironmentError) {
        for path in keep ?? [] {
            let isThere = package.items.contains { item in
                item.entry.path == path || item.entry.path.utf8.starts(with: (path + "/").utf8)
            }
            guard isThere else {
                throw EnvironmentError(
                    .manifest,
                    at: .item("package", name),
                    "`keep` names `\(path)`, which version `\(package.version)` does not have",
                    hint: "`dpkg --contents` lists what a package has"
                )
            }
        }
    }
}
