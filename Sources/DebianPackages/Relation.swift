/// What one package asks of another: a name, and which versions of it do.
///
/// *Source*: Debian policy, section 7.1.
package struct Relation: Sendable, Hashable, CustomStringConvertible {
    /// How a version has to stand to the one that a relation names.
    package enum Order: String, Sendable, CaseIterable {
        case earlier = "<<"
        case earlierOrEqual = "<="
        case equal = "="
        case laterOrEqual = ">="
        case later = ">>"
    }

    /// The architecture that a name may carry behind a colon.
    package enum Qualifier: Sendable, Hashable {
        /// `:any`: a package of any architecture, which has to say that it allows that.
        case any
        /// `:native`, or none: the architecture that is resolved for.
        case native
        /// `:amd64`.
        case architecture(String)
    }

    /// The versions that do.
    package struct Constraint: Sendable, Hashable {
        package let order: Order
        package let version: DebianVersion

        func allows(_ other: DebianVersion) -> Bool {
            let comparison = other.compared(to: version)
            return switch order {
            case .earlier: comparison < 0
            case .earlierOrEqual: comparison <= 0
            case .equal: comparison == 0
            case .laterOrEqual: comparison >= 0
            case .later: comparison > 0
            }
        }
    }

    package let name: String
    package let qualifier: Qualifier
    package let constraint: Constraint?

    /// The form of control files: `libc6 (>= 2.34)`.
    package var description: String {
        let suffix =
            switch qualifier {
            case .any: ":any"
            case .native: ""
            case .architecture(let architecture): ":\(architecture)"
            }
        return name + suffix + (constraint.map { " (\($0.order.rawValue) \($0.version))" } ?? "")
    }

    /// Whether a version is one that the relation asks for.
    package func allows(_ version: DebianVersion) -> Bool { constraint?.allows(version) ?? true }
}

/// Relations of which one has to be fulfilled, the preferred one first: `mawk | awk`.
package struct RelationGroup: Sendable, Hashable, CustomStringConvertible {
    package let alternatives: [Relation]

    package var description: String { alternatives.map(\.description).joined(separator: " | ") }
}
