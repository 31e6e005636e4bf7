import Diagnostics
import YAML

/// The packages of a conda environment file, as requirements of PyPI.
///
/// *Source*: conda's environment.yml; MatchSpec for the versions of its packages.
struct CondaFile {
    /// The version of Python, `3.11`.
    private(set) var python: String
    /// In the form of PEP 508.
    private(set) var requirements: [String] = []
    private(set) var notes: [String] = []
    private var pythonPlace: Place?

    /// What conda has under a name that PyPI has for the same project.
    private static let sameOnPyPI: Set<String> = [
        "catboost", "cython", "fastapi", "flask", "gunicorn", "joblib", "lightgbm", "matplotlib", "mlflow", "numpy",
        "onnx", "onnxruntime", "pandas", "pillow", "protobuf", "pyarrow", "pydantic", "pyyaml", "requests",
        "scikit-learn", "scipy", "setuptools", "skl2onnx", "threadpoolctl", "tqdm", "transformers", "uvicorn",
        "wheel", "xgboost",
    ]
    /// The Pythons that releases of Debian have.
    private static let releases = ["3.11": "bookworm", "3.13": "trixie"]

    /// Reads a conda file that is written out, or named.
    init(_ node: YAMLNode, file: (String) throws -> [UInt8]) throws {
        python = "3.11"
        guard case .scalar = node.content else {
            try read(node)
            return
        }
        let name = try imagePath(node)
        let bytes = try file(name)
        do {
            try read(parseYAML(bytes))
        } catch let error as any Diagnostic {
            throw error.within(.file(name))
        }
    }

    /// The release of Debian that has this Python.
    func debianRelease() throws(EnvironmentError) -> String {
        guard let release = Self.releases[python] else {
            throw EnvironmentError(
                .unsupported,
                at: pythonPlace ?? .item("package", "python"),
                "no supported release of Debian has this Python, expected "
                    + Self.releases.keys.sorted().map { "`\($0)`" }.joined(separator: " or ") + ", got `\(python)`"
            )
        }
        return release
    }

    private mutating func read(_ node: YAMLNode) throws {
        let root = try node.object(keys: ["name", "channels", "dependencies", "variables", "prefix"])
        if let variables = root["variables"] {
            throw EnvironmentError(.unsupported, at: variables.place, "`variables` of a conda file are not read here")
        }
        for dependency in try root.required("dependencies").elements() {
            if case .mapping = dependency.content {
                let pip = try dependency.object(keys: ["pip"]).required("pip")
                for requirement in try pip.elements() { try add(requirement) }
            } else {
                try addPackage(dependency)
            }
        }
    }

    private mutating func add(_ node: YAMLNode) throws {
        let text = try node.text()
        guard !text.hasPrefix("-") else {
            throw EnvironmentError(
                .unsupported,
                at: node.place,
                "options of pip are not read here, expected a requirement such as `numpy>=1.26`, got `\(text)`"
            )
        }
        requirements.append(text)
    }

    /// A package of conda: `python=3.11`, `numpy 1.26`, `conda-forge::scipy>=1.11,<2`.
    private mutating func addPackage(_ node: YAMLNode) throws {
        let text = try node.text()
        let spec = try locating(node.place) { () throws(EnvironmentError) in try CondaSpec(text) }
        switch spec.name {
        case "python":
            let numbers = spec.version.dropFirst(2).split(separator: ".")
            guard spec.version.hasPrefix("=="), !spec.version.contains(","), numbers.count >= 2 else {
                throw EnvironmentError(
                    .unsupported,
                    at: node.place,
                    "the version of Python is open, expected such as `python=3.11`, got `\(text)`"
                )
            }
            python = numbers.prefix(2).joined(separator: ".")
            pythonPlace = node.place
        case "pip":
            notes.append("`pip` is not installed: the requirements are")
        case _ where Self.sameOnPyPI.contains(spec.name):
            requirements.append(spec.name + spec.version)
        default:
            throw EnvironmentError(
                .unsupported,
                at: node.place,
                "conda's package `\(spec.name)` has no known counterpart on PyPI",
                hint: "name what is needed of it below `pip:`"
            )
        }
    }
}
