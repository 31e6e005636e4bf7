import ContentStore
import Diagnostics

/// The parts of an inventory with a name for each, and what each needs: the form that documents share.
struct InventoryNodes: Sequence {
    /// A part and its name in the document, which no other part has.
    struct Node {
        let id: String
        let component: Inventory.Component
        /// The names of what it needs.
        let dependsOn: [String]
    }

    private let components: [Inventory.Component]
    /// The names of the components in documents.
    let ids: [String]
    /// The names in documents by kind and by the name of a part.
    private let known: [String: [String: String]]

    init(_ inventory: Inventory) {
        components = inventory.sortedComponents
        var taken: Set<String> = []
        var known: [String: [String: String]] = [:]
        ids = components.map { component in
            let words = [component.kindName, component.path ?? component.name, component.version ?? ""]
            let base = words.filter { !$0.isEmpty }.map(identifier).joined(separator: "-")
            var id = base
            var number = 1
            while !taken.insert(id).inserted {
                number += 1
                id = "\(base)-\(number)"
            }
            if known[component.kindName]?[component.name] == nil {
                known[component.kindName, default: [:]][component.name] = id
            }
            return id
        }
        self.known = known
    }

    func makeIterator() -> some IteratorProtocol<Node> {
        zip(components, ids).lazy.map { node($0, id: $1) }.makeIterator()
    }

    private func node(_ component: Inventory.Component, id: String) -> Node {
        let needed = Set(component.dependsOn.compactMap { known[component.kindName]?[$0] }).subtracting([id])
        return Node(id: id, component: component, dependsOn: needed.sorted(by: precedes))
    }
}

/// Whether a text comes first by its bytes.
func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

/// A text in the letters, digits, `.` and `-` that names in SPDX documents have; another text gets another name.
private func identifier(_ text: String) -> String {
    let isPlain: (UInt8) -> Bool = { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2E
            || byte == 0x2D
    }
    guard !text.utf8.allSatisfy(isPlain) else { return text }
    let plain = String(decoding: text.utf8.prefix(200).map { isPlain($0) ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
    return plain + "-" + Digest(of: Array(text.utf8)).hex.prefix(8)
}

extension Digest {
    /// The digest as an UUID of the version that leaves its content to whoever makes it.
    ///
    /// *Source*: RFC 9562, section 5.8.
    var uuid: String {
        var bytes = Array(bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef")
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }
        return text
    }
}
