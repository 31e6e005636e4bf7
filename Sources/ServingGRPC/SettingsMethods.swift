import Diagnostics
import OnnxReader
import ServingCore
import ServingTransport

/// What is logged, traced and shared: the settings as they are, of which none can be changed.
///
/// *Source*: Triton, Logging, Trace and Shared-Memory Extensions.
let settingsMethods =
    [
        inferenceMethod("LogSettings", group: .admin) { bytes, _ throws(ServingError) in
            try checkNothingIsSet(bytes, "LogSettingsRequest")
            return message { writer in
                for name in ["log_error", "log_info", "log_warning"] {
                    writer.write(1) { $0.writeEntry(name) { $0.write(1, true) } }
                }
                writer.write(1) { $0.writeEntry("log_verbose_level") { $0.writeZero(2) } }
                writer.write(1) { $0.writeEntry("log_format") { $0.write(3, "default") } }
                writer.write(1) { $0.writeEntry("log_file") { $0.write(3, bytes: []) } }
            }
        },
        inferenceMethod("TraceSetting", group: .admin) { bytes, context throws(ServingError) in
            try checkNothingIsSet(bytes, "TraceSettingRequest")
            let settings = (context.plane.trace.others + [("trace_level", context.plane.trace.level)]).sorted {
                $0.name < $1.name
            }
            return message { writer in
                for (name, value) in settings {
                    writer.write(1) { $0.writeEntry(name) { $0.write(1, bytes: value.utf8) } }
                }
            }
        },
    ]
    + ["System", "Cuda"].flatMap { kind in
        [
            inferenceMethod("\(kind)SharedMemoryStatus", group: .metadata) { _, _ in [] },
            inferenceMethod("\(kind)SharedMemoryUnregister", group: .admin) { _, _ in [] },
            inferenceMethod("\(kind)SharedMemoryRegister", group: .admin) { _, _ throws(ServingError) in
                throw ServingError(.unsupported, "memory is not shared with clients, expected tensors in the request")
            },
        ]
    }

private func checkNothingIsSet(_ bytes: [UInt8], _ message: StaticString) throws(ServingError) {
    try MessageReader.read(bytes, message) { _, field throws(ServingError) in
        guard field.number != 1 else { throw ServingError(.unsupported, "settings cannot be changed by request") }
        return false
    }
}

extension MessageWriter {
    /// An entry of a map: its key, and its value, which is a message.
    fileprivate mutating func writeEntry(_ key: String, _ value: (inout MessageWriter) -> Void) {
        write(1, key)
        write(2, value)
    }
}
