import Glibc

/// The seconds since 1970 that a file changed now is stamped with, or more.
///
/// `time` lags behind by a tick of the kernel, and stamps do not: beside it, a file may be of the second to come.
package func fileTime() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec
}
