import Files
import Glibc

/// Bytes of this process that are in memory; 0 where `/proc` does not say.
///
/// *Source*: proc_pid_statm(5), the second field.
func residentByteCountOfProcess() -> Int {
    guard let bytes = try? readFile("/proc/self/statm", limit: 4096) else { return 0 }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pageCount = Int(fields[1]) else { return 0 }
    return pageCount * sysconf(CInt(_SC_PAGESIZE))
}
