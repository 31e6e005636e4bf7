/// How the elements of a value lie in memory.
enum Layout: Sendable {
    /// Row-major.
    case plain
    /// `[n, c, …]` as `[n, c / 16 rounded up, …, 16]`.
    case blocked

    static let blockLength = 16
}
