import Diagnostics
import Glibc

/// What the server calls itself.
let serverHeader = "mlpack/\(mlpackVersion)"

/// The current time as header fields have it: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// *Source*: RFC 9110, section 5.6.7.
func httpDate(_ seconds: Int = time(nil)) -> String {
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    var seconds = seconds
    var date = tm()
    gmtime_r(&seconds, &date)
    let twoDigits = { (number: CInt) in number < 10 ? "0\(number)" : "\(number)" }
    let day = days[Int(date.tm_wday) % 7]
    let month = months[Int(date.tm_mon) % 12]
    let clock = [date.tm_hour, date.tm_min, date.tm_sec].map(twoDigits).joined(separator: ":")
    return "\(day), \(twoDigits(date.tm_mday)) \(month) \(Int(date.tm_year) + 1900) \(clock) GMT"
}
