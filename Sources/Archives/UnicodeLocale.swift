import Glibc

/// Runs `body` on this thread with names read and written as UTF-8, whatever the user's locale is.
///
/// libarchive converts names through the locale; the bytes of an archive must not depend on it.
func inUnicodeLocale<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return try body() }
    let previous = uselocale(locale)
    defer {
        uselocale(previous)
        freelocale(locale)
    }
    return try body()
}
