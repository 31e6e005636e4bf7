/// The members of a JSON object: distinct keys in the order of the text.
package struct JSONObject: Sendable, Hashable {
    /// A key and its value.
    package struct Member: Sendable, Hashable {
        package let key: String
        package var value: JSONValue

        /// A member.
        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The members in order.
    package private(set) var members: [Member] = []
    /// The positions of the keys, kept only above `linearSearchLimit` members.
    private var positions: [String: Int] = [:]

    // PERF: up to here comparing keys one by one beats hashing, and small objects stay one allocation.
    private static let linearSearchLimit = 8

    /// An object without members.
    package init() {}

    /// The members in order; of a key that stands twice the last value counts.
    package init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    /// The keys in order.
    package var keys: [String] { members.map(\.key) }

    /// The number of members.
    package var count: Int { members.count }

    /// Whether there is no member.
    package var isEmpty: Bool { members.isEmpty }

    /// The value of a key; setting a new key puts it last, setting `nil` removes the member.
    package subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (nil, let value?): append(key, value)
            case (let position?, nil):
                members.remove(at: position)
                indexMembers()
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        positions.isEmpty ? members.firstIndex { $0.key == key } : positions[key]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
        if !positions.isEmpty {
            positions[key] = members.count - 1
        } else if members.count > Self.linearSearchLimit {
            indexMembers()
        }
    }

    private mutating func indexMembers() {
        positions = [:]
        guard members.count > Self.linearSearchLimit else { return }
        for (position, member) in members.enumerated() { positions[member.key] = position }
    }

    package static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }

    package func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
