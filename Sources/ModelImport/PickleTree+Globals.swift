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
            guard !packages.contains(package), !pythonGlobals.contains(global.description), !isLoss(global) else {
                continue
            }
            throw ModelImportError(
                .foreignGlobal,
                "the \(format == .skops ? "skops file" : "pickle") names `\(global)`, which no supported model holds",
                hint: "nothing was executed; do not load this file with Python unless you know where it is from"
            )
        }
    }
}

private let pythonGlobals: Set<String> = [
    "_codecs.encode", "builtins.object", "__builtin__.object", "copyreg._reconstructor", "copy_reg._reconstructor",
    "builtins.slice", "__builtin__.slice", "builtins.set", "__builtin__.set", "builtins.frozenset",
    "builtins.bytearray", "__builtin__.bytearray", "builtins.bytes", "__builtin__.bytes", "builtins.range",
    "__builtin__.xrange", "builtins.complex", "builtins.float", "builtins.int", "builtins.str", "builtins.list",
    "builtins.dict", "builtins.tuple", "builtins.bool", "collections.OrderedDict", "collections.defaultdict",
    "functools.partial",
]

/// Whether it is a loss of boosting, whose compiled module scikit-learn 1.2 to 1.7 name by its file.
private func isLoss(_ global: PickleGlobal) -> Bool {
    global.module == "_loss" && ["Cy", "__pyx_unpickle_Cy"].contains { global.name.hasPrefix($0) }
}
