import Diagnostics
import Files
import YAML

extension ModelSettings {
    /// The settings among the keys of a manifest.
    ///
    /// *Parameter* folder: where the files are that it names.
    init(_ object: YAMLObject, folder: String) throws(YAMLError) {
        self.init()
        batching = try map(object["batching"]) { node throws(YAMLError) in try Batching(node) }
        instanceCount = try map(object["instances"]) { node throws(YAMLError) in try node.integer(in: 1...1024) }
        priorities = try map(object["priorities"]) { node throws(YAMLError) in try Priorities(node) }
        if let node = object["limits"] {
            let object = try node.object(keys: ["rows", "queue", "timeout", "memory", "trips"])
            limits = try Limits(object)
            maximumQueue = try map(object["queue"]) { node throws(YAMLError) in try node.integer(in: 0...1_000_000) }
        }
        if let node = object["warm-up"] {
            let elements = try node.elements()
            guard elements.count <= 100 else {
                throw YAMLError(.value, at: node.place, "there are \(elements.count) requests, expected at most 100")
            }
            warmUps = try elements.map { element throws(YAMLError) in try WarmUp(element, folder: folder) }
        }
        if let node = object["classes"] { classNames = try ClassNames(node, folder: folder) }
    }
}

extension ModelSettings.Batching {
    fileprivate init(_ node: YAMLNode) throws(YAMLError) {
        let object = try node.object(keys: ["max-rows", "preferred-rows", "max-delay"])
        self.init()
        if let node = object["max-rows"] { maximumRows = try node.integer(in: 1...ServedModel.batchLimit) }
        if let node = object["preferred-rows"] {
            let largest = maximumRows
            preferredRows = try node.elements().map { element throws(YAMLError) in
                try element.integer(in: 1...largest)
            }
            guard zip(preferredRows, preferredRows.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw YAMLError(.value, at: node.place, "the sizes are in another order, expected each above the last")
            }
        }
        if let node = object["max-delay"] { maximumDelay = try node.duration() }
    }
}

extension ModelSettings.Priorities {
    fileprivate init(_ node: YAMLNode) throws(YAMLError) {
        let object = try node.object(keys: ["levels", "default"])
        let count = try object.required("levels").integer(in: 1...100)
        let level = try map(object["default"]) { node throws(YAMLError) in try node.integer(in: 1...count) }
        self.init(levelCount: count, defaultLevel: level ?? (count + 1) / 2)
    }
}

extension ModelSettings.Limits {
    fileprivate init(_ object: YAMLObject) throws(YAMLError) {
        self.init()
        rowCount = try map(object["rows"]) { node throws(YAMLError) in
            try node.integer(in: 1...ServedModel.batchLimit)
        }
        timeout = try map(object["timeout"]) { node throws(YAMLError) in
            let timeout = try node.duration()
            guard timeout > 0 else { throw YAMLError(.value, at: node.place, "the time is 0, expected more") }
            return timeout
        }
        memoryByteCount = try map(object["memory"]) { node throws(YAMLError) in try node.byteCount() }
        tripCount = try map(object["trips"]) { node throws(YAMLError) in try node.integer(in: 1...(1 << 50)) }
    }
}

extension ModelSettings.WarmUp {
    fileprivate init(_ node: YAMLNode, folder: String) throws(YAMLError) {
        let object = try node.object(keys: ["inputs", "runs"])
        self.init()
        if let node = object["runs"] { runCount = try node.integer(in: 1...1000) }
        guard let node = object["inputs"] else { return }
        for pair in try node.pairs() { inputs[pair.key] = try ModelSettings.Input(pair.value, folder: folder) }
    }
}

extension ModelSettings.Input {
    fileprivate init(_ node: YAMLNode, folder: String) throws(YAMLError) {
        let object = try node.object(keys: ["shape", "values", "file"])
        self.init()
        shape = try map(object["shape"]) { node throws(YAMLError) in
            try node.elements().map { element throws(YAMLError) in try element.integer(in: 0...(1 << 40)) }
        }
        if object["values"] != nil, let file = object["file"] {
            throw YAMLError(.value, at: file.place, "the input is given twice, expected `values` or `file`")
        }
        if let node = object["values"] {
            content = .values(try node.elements().map { element throws(YAMLError) in try element.text() })
        }
        if let node = object["file"] { content = .file(try node.path(in: folder)) }
    }
}

extension ModelSettings.ClassNames {
    /// A list, a file with a name in each line, or one of both for each output.
    fileprivate init(_ node: YAMLNode, folder: String) throws(YAMLError) {
        self.init()
        guard case .mapping(let pairs) = node.content else {
            all = try names(node, folder)
            return
        }
        for pair in pairs { byOutput[pair.key] = try names(pair.value, folder) }
    }
}

private func names(_ node: YAMLNode, _ folder: String) throws(YAMLError) -> [String] {
    if case .sequence(let elements) = node.content {
        return try elements.map { element throws(YAMLError) in try element.text() }
    }
    let path = try node.path(in: folder)
    let bytes: [UInt8]
    do throws(FileError) { bytes = try readFile(path, limit: 1 << 20, takesPipes: false) } catch {
        throw YAMLError(.value, at: node.place.within(error.place), error.message)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw YAMLError(.value, at: node.place, "`\(path)` is not UTF-8")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        String(line.hasSuffix("\r") ? line.dropLast() : line)
    }
    if lines.last == "" { lines.removeLast() }
    return lines
}
