import Glibc

/// Writes words for a person to standard error, with a line end.
func standardError(_ text: some CustomStringConvertible) {
    let line = Array((text.description + "\n").utf8)
    var rest = line[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

/// Whether standard error is a terminal that shows colour (https://no-color.org).
var standardErrorShowsColour: Bool {
    isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == nil && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
}
