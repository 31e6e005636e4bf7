import Diagnostics
package import ModelFormats

extension PickleTree {
    /// Refuses a pickle that names a class or function of another package than these, NumPy's kin and Python's
    /// containers: nothing of a pickle runs here, but a file that asks for `os.system` is no model, and is not taken for
    /// one.
    ///
    /// *Throws*: `foreignGlobal`.
    package func refuseGlobals(outsideOf packages: Set<String>) throws(ModelImportError) {
        let packages = packages.union(["numpy", "scipy", "joblib", "pandas"])
        for global in globals {
            let package = String(global.module.prefix { $0 != "." })
            guard !packages.contains(package), !global.isOfPython, !global.isKnownLoss else { continue }
            throw ModelImportError(
                .foreignGlobal,
                "the \(format == .skops ? "skops file" : "pickle") names `\(global)`, which no supported model holds",
                hint: "nothing was executed; do not load this file with Python unless you know where it is from"
            )
        }
    }
}
