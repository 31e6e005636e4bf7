/// Where a diagnostic points: from the outermost container (a file) to the innermost part (a node, a byte offset).
package struct Place: Sendable, Hashable, CustomStringConvertible {
    /// One step on the way from the outside in.
    package enum Segment: Sendable, Hashable {
        /// A file by the path the user gave; printed as `` `path` ``.
        case file(String)
        /// A line and column, both counted from 1; printed as `:line:column` behind the file.
        case line(Int, column: Int)
        /// A byte offset from the start of the file, or of the message in it.
        case offset(Int)
        /// A named thing, with what is known of it in parentheses: ``step `scaler` (sklearn…StandardScaler)``.
        case item(kind: String, name: String, detail: String?)
    }

    /// The segments, outermost first.
    package var segments: [Segment]

    /// A place made of segments, outermost first.
    package init(_ segments: [Segment] = []) {
        self.segments = segments
    }

    /// A place that is known no closer than its module.
    package static let unknown = Place()

    /// A file as a whole.
    package static func file(_ path: String) -> Place { Place([.file(path)]) }

    /// A line and column of a text file.
    package static func line(_ line: Int, column: Int) -> Place { Place([.line(line, column: column)]) }

    /// A byte offset.
    package static func offset(_ offset: Int) -> Place { Place([.offset(offset)]) }

    /// A named thing: kind `step`, name `scaler`, detail `sklearn.preprocessing.StandardScaler`.
    package static func item(_ kind: String, _ name: String, _ detail: String? = nil) -> Place {
        Place([.item(kind: kind, name: name, detail: detail)])
    }

    /// A node of an ONNX graph.
    package static func node(_ name: String, operator: String, opset: Int?) -> Place {
        item("node", name, opset.map { "\(`operator`), opset \($0)" } ?? `operator`)
    }

    /// This place, seen from inside an outer one.
    package func within(_ outer: Place) -> Place { Place(outer.segments + segments) }

    package var description: String {
        var text = ""
        for (index, segment) in segments.enumerated() {
            // A file can nest as deep as the reader lets it; the ends say where it is.
            if segments.count > 12, (4..<segments.count - 4).contains(index) {
                if index == 4 { text += ": …" }
                continue
            }
            switch segment {
            case .file(let path): text += (text.isEmpty ? "" : ": ") + "`\(path)`"
            case .line(let line, let column): text += text.isEmpty ? "line \(line):\(column)" : ":\(line):\(column)"
            case .offset(let offset): text += (text.isEmpty ? "" : ": ") + "offset \(offset)"
            case .item(let kind, let name, let detail):
                text += (text.isEmpty ? "" : ": ") + "\(kind) `\(name)`" + (detail.map { " (\($0))" } ?? "")
            }
        }
        return text
    }
}
