/// What a failure means to whoever asked; it decides the exit code or the status, never the words.
package enum DiagnosticKind: Sendable, Hashable {
    /// The input breaks the rules of its format.
    case invalid
    /// The input is legal, and mlpack does not handle it.
    case unsupported
    /// The command or the request was put wrongly.
    case usage
    /// The machine refused: a file is missing, a disk is full, memory ran out.
    case environment
    /// The thing asked for does not exist.
    case notFound
}

/// The codes of one module, so that a caller can match on a failure.
package protocol DiagnosticCode: Sendable, Hashable, RawRepresentable<String> {
    /// What a failure with this code means to whoever asked.
    var kind: DiagnosticKind { get }
}

/// A failure that knows its code, place, message, cause and hint, whichever module it is from.
package protocol Diagnostic: Error, CustomStringConvertible {
    /// The name of the code, stable across versions: `truncated`.
    var codeName: String { get }
    /// What the failure means to whoever asked.
    var kind: DiagnosticKind { get }
    /// Where it happened, outermost first.
    var place: Place { get set }
    /// What is wrong, what was expected and what was got; lower case, no final stop.
    var message: String { get }
    /// The failure below this one.
    var cause: (any Error)? { get }
    /// What to do about it, on a line of its own.
    var hint: String? { get }
}

/// The error type of every module: `typealias OnnxReaderError = DiagnosticError<OnnxReaderCode>`.
package struct DiagnosticError<Code: DiagnosticCode>: Diagnostic {
    /// Which of the module's failures it is.
    package var code: Code
    package var place: Place
    package var message: String
    package var cause: (any Error)?
    package var hint: String?

    /// A failure of one module, in the one shape.
    package init(
        _ code: Code,
        at place: Place = .unknown,
        _ message: String,
        cause: (any Error)? = nil,
        hint: String? = nil
    ) {
        self.code = code
        self.place = place
        self.message = message
        self.cause = cause
        self.hint = hint
    }

    package var codeName: String { code.rawValue }
    package var kind: DiagnosticKind { code.kind }
}

extension Diagnostic {
    /// Place and message on one line, as an error prints behind `error: `.
    package var description: String {
        let place = place.description
        return place.isEmpty ? message : "\(place): \(message)"
    }

    /// This failure, seen from inside an outer place.
    package func within(_ outer: Place) -> Self {
        var copy = self
        copy.place = place.within(outer)
        return copy
    }
}

/// Runs `body`, and places whatever diagnostic it throws inside `outer`.
package func locating<Result, Failure: Diagnostic>(
    _ outer: @autoclosure () -> Place,
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    do {
        return try body()
    } catch {
        throw error.within(outer())
    }
}
