import Diagnostics
import Glibc
import ServerCommand

do {
    try serve(program: "mlpack-serve", arguments: Array(CommandLine.arguments.dropFirst()))
} catch {
    let text = Array("\(DiagnosticText(error))\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    exit(ProcessExit(error).rawValue)
}
