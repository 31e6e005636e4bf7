import Diagnostics

/// Makes the tree of one document from events.
struct YAMLBuilder {
    let events: YAMLEvents
    let limits: YAMLLimits
    private var nodeCount = 0

    init(events: YAMLEvents, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    mutating func document() throws(YAMLError) -> YAMLNode {
        while true {
            let (event, line, column) = try events.next()
            switch event {
            case .documentStart:
                let root = try node(depth: 0)
                try end()
                return root
            case .streamEnd: throw YAMLError(.syntax, at: .line(line, column: column), "the document is empty")
            default: continue
            }
        }
    }

    private func end() throws(YAMLError) {
        while true {
            let (event, line, column) = try events.next()
            switch event {
            case .streamEnd: return
            case .documentStart:
                throw YAMLError(.syntax, at: .line(line, column: column), "a second document starts, expected one")
            default: continue
            }
        }
    }

    private mutating func node(depth: Int) throws(YAMLError) -> YAMLNode {
        let next = try events.next()
        guard let node = try node(next, depth: depth) else {
            throw YAMLError(.syntax, at: .line(next.line, column: next.column), "a value is missing")
        }
        return node
    }

    /// The node that starts with `next`; `nil` when that event ends a collection.
    private mutating func node(
        _ next: (event: YAMLEvent, line: Int, column: Int),
        depth: Int
    ) throws(YAMLError) -> YAMLNode? {
        nodeCount += 1
        guard nodeCount <= limits.nodeCount, depth <= limits.depth else {
            let what = depth > limits.depth ? "\(limits.depth) levels" : "\(limits.nodeCount) values"
            throw YAMLError(
                .tooLarge,
                at: .line(next.line, column: next.column),
                "the document is too large, expected at most \(what)"
            )
        }
        switch next.event {
        case .scalar(let text, let isPlain):
            return YAMLNode(content: .scalar(text, isPlain: isPlain), line: next.line, column: next.column)
        case .sequenceStart:
            var elements: [YAMLNode] = []
            while let element = try node(events.next(), depth: depth + 1) { elements.append(element) }
            return YAMLNode(content: .sequence(elements), line: next.line, column: next.column)
        case .mappingStart:
            return YAMLNode(content: .mapping(try pairs(depth: depth)), line: next.line, column: next.column)
        default: return nil
        }
    }

    private mutating func pairs(depth: Int) throws(YAMLError) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var keys: Set<String> = []
        while let key = try node(events.next(), depth: depth + 1) {
            guard case .scalar(let text, _) = key.content else {
                throw YAMLError(.syntax, at: key.place, "a key is no text")
            }
            guard keys.insert(text).inserted else {
                throw YAMLError(.syntax, at: key.place, "the key `\(text)` stands twice")
            }
            let value = try node(depth: depth + 1)
            pairs.append(YAMLNode.Pair(key: text, line: key.line, column: key.column, value: value))
        }
        return pairs
    }
}
