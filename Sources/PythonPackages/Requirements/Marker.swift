import Diagnostics

/// The condition under which a requirement counts: `python_version < "3.11" and extra == "test"`.
///
/// *Source*: PEP 508, Environment Markers.
package indirect enum Marker: Sendable, Hashable {
    /// The operators between two values.
    package enum Comparison: String, Sendable, CaseIterable {
        case arbitrary = "==="
        case equal = "=="
        case notEqual = "!="
        case compatible = "~="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
        case isIn = "in"
        case isNotIn = "not in"
    }

    /// One side of a comparison.
    package enum Operand: Sendable, Hashable {
        case text(String)
        case variable(Variable)
    }

    /// What is known of the Python that packages are for.
    package enum Variable: String, Sendable, CaseIterable {
        case extra
        case implementationName = "implementation_name"
        case implementationVersion = "implementation_version"
        case osName = "os_name"
        case platformMachine = "platform_machine"
        case platformPythonImplementation = "platform_python_implementation"
        case platformRelease = "platform_release"
        case platformSystem = "platform_system"
        case platformVersion = "platform_version"
        case pythonFullVersion = "python_full_version"
        case pythonVersion = "python_version"
        case sysPlatform = "sys_platform"

        /// The variable of a name, those of PEP 345 included.
        init?(name: String) {
            let older: [String: Variable] = [
                "os.name": .osName, "sys.platform": .sysPlatform, "platform.version": .platformVersion,
                "platform.machine": .platformMachine, "python_implementation": .platformPythonImplementation,
                "platform.python_implementation": .platformPythonImplementation,
            ]
            guard let variable = Variable(rawValue: name) ?? older[name] else { return nil }
            self = variable
        }

        /// Whether its values are compared as versions.
        var isVersion: Bool {
            [.implementationVersion, .platformRelease, .pythonFullVersion, .pythonVersion].contains(self)
        }
    }

    case comparison(Operand, Comparison, Operand)
    case and([Marker])
    case or([Marker])

    /// Reads a marker.
    ///
    /// *Throws*: `syntax` with the marker in its place.
    package init(parsing text: String) throws(PythonPackageError) {
        self = try locating(.item("marker", text)) { () throws(PythonPackageError) in
            var parser = MarkerParser(TextCursor(text))
            return try parser.readMarker()
        }
    }
}
