/// How the elements of a value lie in memory.
enum Layout: Sendable {
    /// Row-major.
    case plain
    /// `[n, c, …]` as `[n, c / 16 rounded up, …, 16]`.
    case blocked
    /// `[n, c, …]` as `[n, …, c rounded up]`, of numbers of 8 bits less the lowest of their type.
    case channelsLast

    static let blockLength = 16
}
