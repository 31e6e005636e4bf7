import Diagnostics
import OnnxIR

/// An `--input` of the command line: `PATH`, `NAME=PATH`, or `NAME=PATH:MEMBER`.
struct InputArgument {
    /// The model's input that the file is for; `nil` when the file itself says which.
    let name: String?
    /// The path; `-` is standard input.
    let path: String
    /// The array of an npz file.
    let member: String?

    /// Splits an argument, whose name is one of the model's inputs.
    ///
    /// *Throws*: `unknownInput` when no input has the name, `argument` when there is no path.
    init(_ text: String, inputs: [ValueInfo], option: String) throws(TensorFileError) {
        let names = inputs.map(\.name)
        var rest = text[...]
        if let known = names.filter({ text.hasPrefix($0 + "=") }).max(by: { $0.count < $1.count }) {
            name = known
            rest = rest.dropFirst(known.count + 1)
        } else if let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
            throw Self.unknown(String(text[..<equals]), among: names)
        } else {
            name = nil
        }
        guard !rest.isEmpty else {
            throw TensorFileError(.argument, "`\(option) \(text)` has no path, expected `NAME=PATH`")
        }
        if let colon = rest.lastIndex(of: ":"), rest[..<colon].hasSuffix(".npz") {
            path = String(rest[..<colon])
            member = String(rest[rest.index(after: colon)...])
        } else {
            path = String(rest)
            member = nil
        }
    }

    /// A file whose bytes are there already.
    init(name: String?) {
        self.name = name
        path = "-"
        member = nil
    }

    /// The path that the system opens.
    var openedPath: String { path == "-" ? "/dev/stdin" : path }

    /// The error for a name that no input has.
    static func unknown(_ name: String, among names: [String], at place: Place = .unknown) -> TensorFileError {
        let known = names.map { "`\($0)`" }.joined(separator: ", ")
        return TensorFileError(
            .unknownInput,
            at: place,
            "the model has no input `\(name)`, expected \(known.isEmpty ? "none" : known)",
            hint: suggestion(for: name, among: names).map { "did you mean `\($0)`?" }
        )
    }
}
