import ArgumentParser
import Diagnostics
import Glibc

@main
enum Main {
    static func main() async {
        // A write beyond the limit of `ulimit -f` then returns an error, as one on a full disk does.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try Mlpack.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            guard flushStandardOutput() else {
                standardError("error: standard output: \(String(cString: strerror(errno)).lowercased())")
                exit(ProcessExit.notPossible.rawValue)
            }
        } catch let error as any Diagnostic {
            standardError(DiagnosticText(error, coloured: standardErrorShowsColour))
            exit(ProcessExit(error).rawValue)
        } catch {
            leave(error)
        }
    }

    /// Ends on what ArgumentParser throws: help and versions are data, everything else is a wrong command line.
    private static func leave(_ error: any Error) -> Never {
        let code = Mlpack.exitCode(for: error)
        let message = Mlpack.fullMessage(for: error)
        guard code != .success else {
            if !message.isEmpty { print(message) }
            exit(ProcessExit.done.rawValue)
        }
        guard code == .validationFailure else { exit(code.rawValue) }
        let prefix = "Error: "
        standardError(message.hasPrefix(prefix) ? "error: " + message.dropFirst(prefix.count) : message)
        exit(ProcessExit.usage.rawValue)
    }
}
