import Diagnostics
import JSON
import ServingCore
import ServingTransport

/// What is logged: what the server says when it starts and when it fails, on standard error.
///
/// *Source*: Triton, Logging Extension. Settings are answered as they are, and asking for others is refused.
let loggingSettings = settingsRoutes("/v2/logging") { _ in
    [
        "log_file": "", "log_info": true, "log_warning": true, "log_error": true, "log_verbose_level": 0,
        "log_format": "default",
    ]
}

/// What is traced.
///
/// *Source*: Triton, Trace Extension.
let traceSettings = ["/v2/trace/setting", "/v2/models/{model}/trace/setting"].flatMap { path in
    settingsRoutes(path) { plane in
        var settings: JSONObject = ["trace_level": [.string(plane.trace.level)]]
        for (name, value) in plane.trace.others { settings[name] = .string(value) }
        return settings
    }
}

/// A route that shows settings, and one that takes them as they are.
private func settingsRoutes(_ path: String, _ settings: @escaping @Sendable (DataPlane) -> JSONObject) -> [Route] {
    [
        Route("GET", path, group: .metadata) { call throws(ServingError) in
            try call.checkModel()
            return HTTPResponse(.ok, .object(settings(call.plane)))
        },
        Route("POST", path, group: .admin) { call throws(ServingError) in
            try call.checkModel()
            try checkUnchanged(call.request, settings(call.plane))
            return HTTPResponse(.ok, .object(settings(call.plane)))
        },
    ]
}

extension Route.Call {
    /// Makes sure that a model that the path names is there.
    fileprivate func checkModel() throws(ServingError) {
        if parameters["model"] != nil { _ = try model() }
    }
}

private func checkUnchanged(_ request: HTTPRequest, _ settings: JSONObject) throws(ServingError) {
    guard !request.body.isEmpty else { return }
    let asked: JSONObject
    do throws(JSONError) {
        guard let object = try JSONValue.parse(request.body).object else {
            throw JSONError(.type, "the settings are no object")
        }
        asked = object
    } catch {
        throw ServingError(.request, at: error.place, error.message)
    }
    for setting in asked.members where setting.value != .null && settings[setting.key] != setting.value {
        let known = settings[setting.key].map { String(decoding: $0.serialized(), as: UTF8.self) }
        throw ServingError(
            .unsupported,
            "the setting `\(setting.key)` cannot be changed, expected \(known ?? "a setting that there is")"
        )
    }
}
