/// What ONNX, or ONNX Runtime, says of one version of an operator: its inputs, outputs, attributes and types.
///
/// *Source*: `OpSchema` of the `onnx` and `onnxruntime` packages, through `schemas/operators/regenerate`.
package struct OperatorSchema: Sendable, Hashable {
    package let name: String
    package let domain: OperatorDomain
    /// The opset that brought this version.
    package let sinceVersion: Int64
    /// Whether the operator is gone from this version on.
    package let isDeprecated: Bool
    /// Whether ONNX defines the operator by a graph of others.
    package let isFunction: Bool
    /// Whether ONNX Runtime defines the operator and ONNX does not.
    package let isOfOnnxRuntime: Bool
    package let inputs: [Parameter]
    package let outputs: [Parameter]
    /// Type variables, in the order of the document.
    package let typeConstraints: [TypeConstraint]
    /// Attributes, by name in alphabetical order.
    package let attributes: [AttributeSchema]

    /// The least and the greatest number of inputs that a node may list; `nil` upwards where there is no limit.
    package var inputCount: CountRange { CountRange(of: inputs) }
    /// The least and the greatest number of outputs that a node may list; `nil` upwards where there is no limit.
    package var outputCount: CountRange { CountRange(of: outputs) }

    /// The attribute with this name.
    package func attribute(_ name: String) -> AttributeSchema? { attributes.first { $0.name == name } }

    /// The type variable with this name.
    package func typeConstraint(_ variable: String) -> TypeConstraint? {
        typeConstraints.first { $0.variable == variable }
    }

    /// The input that stands at `index` of a node's list; the last one repeats when it is variadic.
    package func input(at index: Int) -> Parameter? { Self.parameter(of: inputs, at: index) }

    /// The output that stands at `index` of a node's list; the last one repeats when it is variadic.
    package func output(at index: Int) -> Parameter? { Self.parameter(of: outputs, at: index) }

    private static func parameter(of parameters: [Parameter], at index: Int) -> Parameter? {
        if index < parameters.count { return parameters[index] }
        guard let last = parameters.last, last.isVariadic else { return nil }
        return last
    }
}

extension OperatorSchema {
    /// A formal input or output.
    package struct Parameter: Sendable, Hashable {
        /// How often a parameter stands in a node's list.
        package enum Option: Sendable, Hashable {
            case single
            /// Left out, or an empty name.
            case optional
            /// Any number from `atLeast`; of one type when `isHomogeneous`.
            case variadic(atLeast: Int, isHomogeneous: Bool)
        }

        package let name: String
        /// A type variable, or a type as `tensor(int64)`.
        package let type: String
        package let option: Option

        /// Whether the parameter stands for any number of values.
        package var isVariadic: Bool {
            guard case .variadic = option else { return false }
            return true
        }

        /// Whether several values under this parameter may have types of their own.
        package var isHeterogeneous: Bool {
            guard case .variadic(_, let isHomogeneous) = option else { return false }
            return !isHomogeneous
        }
    }

    /// A type variable and what it may stand for.
    package struct TypeConstraint: Sendable, Hashable {
        package let variable: String
        /// Types as ONNX spells them: `tensor(float)`, `seq(tensor(int64))`.
        package let allowedTypes: [String]
    }

    /// An attribute that the operator knows.
    package struct AttributeSchema: Sendable, Hashable {
        package let name: String
        package let kind: AttributeKind
        package let isRequired: Bool
        /// The value where a node gives none: a number, a string, or their elements; `nil` where there is no default.
        package let defaultValue: Default?

        /// A default value; the standard has none of other kinds.
        package enum Default: Sendable, Hashable {
            case float(Float)
            case int(Int64)
            case string(String)
            case floats([Float])
            case ints([Int64])
            case strings([String])
        }
    }

    /// The numbers of values that a list of parameters takes.
    package struct CountRange: Sendable, Hashable, CustomStringConvertible {
        package let least: Int
        /// `nil` where there is no limit.
        package let greatest: Int?

        fileprivate init(of parameters: [Parameter]) {
            var least = 0
            for (index, parameter) in parameters.enumerated() {
                switch parameter.option {
                case .single: least = index + 1
                case .optional: break
                case .variadic(let atLeast, _):
                    self.least = index + atLeast
                    greatest = nil
                    return
                }
            }
            self.least = least
            greatest = parameters.count
        }

        /// Whether a list of `count` values is within the range.
        package func contains(_ count: Int) -> Bool { count >= least && count <= greatest ?? .max }

        package var description: String {
            switch greatest {
            case nil: "at least \(least)"
            case least: "\(least)"
            case .some(let greatest): "\(least) to \(greatest)"
            }
        }
    }
}

extension AttributeValue {
    /// A default of the standard as the value of an attribute.
    package init(_ value: OperatorSchema.AttributeSchema.Default) {
        switch value {
        case .float(let value): self = .float(value)
        case .int(let value): self = .int(value)
        case .string(let value): self = .string(value)
        case .floats(let values): self = .floats(values)
        case .ints(let values): self = .ints(values)
        case .strings(let values): self = .strings(values)
        }
    }
}
