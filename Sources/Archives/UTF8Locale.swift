import Glibc

/// Runs `body` with UTF-8 as this thread's character set: libarchive converts names through the locale, and in the
/// `C` locale it loses every name that is not ASCII.
func withUTF8Locale<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    guard let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else { return try body() }
    let previous = uselocale(locale)
    defer {
        uselocale(previous)
        freelocale(locale)
    }
    return try body()
}
