package import OnnxIR
import Diagnostics

/// Everything that is wrong with a model by the rules of ONNX, in the order of the file.
///
/// *Source*: IR.md, and `onnx.checker` where it has an opinion.
package func checkModel(_ model: Model) -> [Finding] {
    var check = ModelCheck(model)
    check.checkModel()
    return check.findings
}

/// One pass over a model, collecting findings.
struct ModelCheck {
    /// What holds for the nodes of one graph or function body.
    struct Context {
        var place: Place
        let opsets: [OperatorDomain: Int64]
        let isMainGraph: Bool
        /// The function whose body the nodes are in.
        let function: Function?
    }

    /// What names a function of a model.
    struct FunctionKey: Hashable {
        let domain: OperatorDomain
        let name: String
        let overload: String
    }

    private struct OperatorKey: Hashable {
        let domain: OperatorDomain
        let opType: String
        let opset: Int64
    }

    let model: Model
    private(set) var findings: [Finding] = []
    private(set) var functions: [FunctionKey: Function] = [:]
    private(set) var functionDomains: Set<OperatorDomain> = []
    private var schemas: [OperatorKey: OperatorSchema?] = [:]
    private var reportedOperators: Set<String> = []
    private var reportedDomains: Set<String> = []

    init(_ model: Model) {
        self.model = model
        for function in model.functions {
            functions[FunctionKey(function)] = function
            functionDomains.insert(function.domain)
        }
    }

    mutating func error(_ code: CheckerCode, at place: Place, _ message: String, hint: String? = nil) {
        findings.append(Finding(CheckerError(code, at: place, message, hint: hint)))
    }

    mutating func warning(_ code: CheckerCode, at place: Place, _ message: String, hint: String? = nil) {
        findings.append(Finding(CheckerError(code, at: place, message, hint: hint), isWarning: true))
    }

    /// The schema in force, read once for each operator.
    mutating func schema(domain: OperatorDomain, opType: String, opset: Int64) -> OperatorSchema? {
        let key = OperatorKey(domain: domain, opType: opType, opset: opset)
        if let known = schemas[key] { return known }
        let schema = OperatorSchemas.standard.schema(domain: domain, opType: opType, opset: opset)
        schemas[key] = .some(schema)
        return schema
    }

    /// Whether an operator that nothing defines is met for the first time.
    mutating func isFirstMeeting(domain: OperatorDomain, opType: String) -> Bool {
        reportedOperators.insert("\(domain)::\(opType)").inserted
    }

    /// Whether a domain that is not imported is met for the first time in the model or the function.
    mutating func isFirstMiss(of domain: OperatorDomain, at function: FunctionKey?) -> Bool {
        reportedDomains.insert("\(domain) in \(function?.description ?? "")").inserted
    }

    mutating func checkModel() {
        checkVersions()
        checkMetadata()
        let opsets = checkOpsets(model.opsetImports, at: .unknown)
        checkFunctions()
        let context = Context(place: .unknown, opsets: opsets, isMainGraph: true, function: nil)
        checkGraph(model.graph, in: context, scope: Scope())
    }

    private mutating func checkVersions() {
        if model.irVersion < 1 {
            error(.irVersion, at: .unknown, "`ir_version` is \(model.irVersion), expected at least 1")
        }
        let newest = OperatorSchemas.newestIRVersion
        if model.irVersion > newest {
            error(.unknownVersion, at: .unknown, "`ir_version` is \(model.irVersion), expected at most \(newest)")
        }
        if model.irVersion >= 3, model.opsetImports.isEmpty {
            error(.opsetImport, at: .unknown, "`opset_import` is empty, expected the opset of each domain in use")
        }
        if (1..<3).contains(model.irVersion), !model.opsetImports.isEmpty {
            let versions =
                "`opset_import` is given with `ir_version` \(model.irVersion), expected `ir_version` 3 or newer"
            error(.opsetImport, at: .unknown, versions)
        }
        if !model.functions.isEmpty, model.irVersion < 8 {
            let message =
                "the model has functions with `ir_version` \(model.irVersion), expected `ir_version` 8 or newer"
            error(.irVersion, at: .unknown, message)
        }
    }

    private mutating func checkMetadata() {
        var keys: Set<String> = []
        for entry in model.metadata where !keys.insert(entry.key).inserted {
            error(.metadata, at: .item("metadata", entry.key), "the key is there twice")
        }
    }

    /// The opset of each domain; IR versions before 3 mean opset 1.
    mutating func checkOpsets(_ imports: [OpsetImport], at place: Place) -> [OperatorDomain: Int64] {
        guard model.irVersion >= 3 else { return [.onnx: 1] }
        var opsets: [OperatorDomain: Int64] = [:]
        for entry in imports {
            let inner = Place.item("opset import", "\(entry.domain)").within(place)
            if let other = opsets[entry.domain] {
                guard other != entry.version else {
                    warning(.opsetImport, at: inner, "the domain is imported twice")
                    continue
                }
                error(.opsetImport, at: inner, "the domain is imported at opset \(other) and at opset \(entry.version)")
                continue
            }
            opsets[entry.domain] = entry.version
            checkRelease(entry, at: inner)
        }
        return opsets
    }

    /// Up to this version, newer opsets need nothing that older files cannot hold; then come element types.
    private static let firstStrictIRVersion: Int64 = 8

    private mutating func checkRelease(_ entry: OpsetImport, at place: Place) {
        guard let newest = OperatorSchemas.standard.newestOpset(of: entry.domain) else { return }
        if entry.version < 1 {
            error(.opsetImport, at: place, "the opset is \(entry.version), expected 1 to \(newest)")
        } else if entry.version > newest {
            error(
                .unknownVersion,
                at: place,
                "opset \(entry.version) is not known, expected at most \(newest)",
                hint: "operators are checked as of opset \(newest)"
            )
        } else if let release = OperatorSchemas.standard.irVersion(releasedWith: entry),
            release > max(model.irVersion, Self.firstStrictIRVersion)
        {
            let message = "opset \(entry.version) came with IR version \(release), the model has \(model.irVersion)"
            warning(.irVersion, at: place, message)
        }
    }
}

extension ModelCheck.FunctionKey: CustomStringConvertible {
    init(_ function: Function) {
        self.init(domain: function.domain, name: function.name, overload: function.overload)
    }

    init(calledBy node: Node) {
        self.init(domain: node.domain, name: node.opType, overload: node.overload)
    }

    var description: String { "\(domain)::\(name)" + (overload.isEmpty ? "" : "::\(overload)") }
}
