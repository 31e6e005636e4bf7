/// What a layer's entry says about files of the layers below it.
///
/// *Source*: OCI image specification 1.1, layer.md, Whiteouts.
enum Whiteout: Equatable {
    /// The file or folder of this path is gone.
    case removed(String)
    /// Everything in the folder of this path is gone.
    case emptied(String)
    /// A name of the reserved form that says nothing.
    case unknown

    /// Reads an entry's path; `nil` for one of an ordinary file.
    init?(path: String) {
        let scalars = Array(path.unicodeScalars)
        let slash = scalars.lastIndex(of: "/")
        let name = String(String.UnicodeScalarView(scalars[(slash.map { $0 + 1 } ?? 0)...]))
        let folder = String(String.UnicodeScalarView(scalars[..<(slash ?? 0)]))
        guard name.utf8.starts(with: ".wh.".utf8) else { return nil }
        let hidden = String(decoding: name.utf8.dropFirst(4), as: UTF8.self)
        if hidden == ".wh..opq" {
            self = .emptied(folder)
        } else if hidden.isEmpty || hidden == "." || hidden == ".." || hidden.utf8.starts(with: ".wh.".utf8) {
            self = .unknown
        } else {
            self = .removed(folder.isEmpty ? hidden : "\(folder)/\(hidden)")
        }
    }
}
