import ModelFormats

extension PickleGlobal {
    /// Whether saved models of the frameworks that are read here name it, or call it when they are loaded.
    ///
    /// Classes of the frameworks count as known, and of their functions those that restore objects: packages such as
    /// NumPy also have functions that run or open whatever they are told.
    func isKnown(asCalled isCalled: Bool) -> Bool {
        if isOfPython { return true }
        let package = module.prefix { $0 != "." }
        guard knownPackages.contains(String(package)) else { return isKnownLoss }
        guard isCalled else { return true }
        if isKnownLoss || knownFunctions.contains(name) || name.hasPrefix("__pyx_unpickle_") { return true }
        // SPEC: PEP 8: names of classes start with a capital letter, behind underscores where they are internal.
        if let first = name.drop(while: { $0 == "_" }).first, first.isUppercase { return true }
        // The classes of SciPy's sparse matrices have names like functions.
        return module.hasPrefix("scipy.sparse") && (name.hasSuffix("_matrix") || name.hasSuffix("_array"))
    }

    /// Whether it is one of Python's own containers and helpers that models name.
    var isOfPython: Bool { knownPythonNames.contains(description) }

    /// Whether it is a loss of boosting, which versions 1.2 to 1.7 of scikit-learn name by the file of its compiled module.
    var isKnownLoss: Bool {
        let isRestoring = name.hasPrefix("Cy") || name.hasPrefix("__pyx_unpickle_")
        return isRestoring && (module == "_loss" || module.hasPrefix("sklearn."))
    }
}

private let knownPackages: Set<String> = [
    "catboost", "joblib", "lightgbm", "numpy", "pandas", "scipy", "sklearn", "xgboost",
]

/// Functions of these packages by which pickles restore objects, in alphabetical order.
private let knownFunctions: Set<String> = [
    "__bit_generator_ctor", "__generator_ctor", "__randomstate_ctor", "__RandomState_ctor", "_frombuffer",
    "_mareconstruct", "_new_Index", "_reconstruct", "_unpickle_block", "dtype", "interp1d", "ndarray", "new_block",
    "newObj", "scalar",
]

/// What models name of Python itself, in alphabetical order.
private let knownPythonNames: Set<String> = [
    "__builtin__.bool", "__builtin__.bytearray", "__builtin__.bytes", "__builtin__.complex", "__builtin__.dict",
    "__builtin__.float", "__builtin__.frozenset", "__builtin__.int", "__builtin__.list", "__builtin__.object",
    "__builtin__.set", "__builtin__.slice", "__builtin__.str", "__builtin__.tuple", "__builtin__.xrange",
    "_codecs.encode", "builtins.bool", "builtins.bytearray", "builtins.bytes", "builtins.complex", "builtins.dict",
    "builtins.float", "builtins.frozenset", "builtins.int", "builtins.list", "builtins.object", "builtins.range",
    "builtins.set", "builtins.slice", "builtins.str", "builtins.tuple", "collections.OrderedDict",
    "collections.defaultdict", "copy_reg._reconstructor", "copyreg._reconstructor", "functools.partial",
]
