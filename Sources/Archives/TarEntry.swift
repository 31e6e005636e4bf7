/// One entry of a tar archive: what layers of images need, and nothing that depends on the machine.
package struct TarEntry: Sendable, Hashable {
    /// What stands under the path.
    package enum Kind: Sendable, Hashable {
        case file(byteCount: Int)
        case folder
        case symbolicLink(target: String)
        case hardLink(target: String)
        /// A device, a socket or whatever else; read, never written.
        case other
    }

    /// The path, without a slash at either end when written.
    package var path: String
    package var kind: Kind
    /// The permission bits, with set-user-id, set-group-id and sticky.
    package var mode: UInt32
    package var userID: Int
    package var groupID: Int

    /// An entry, owned by root unless told otherwise.
    package init(path: String, kind: Kind, mode: UInt32, userID: Int = 0, groupID: Int = 0) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.userID = userID
        self.groupID = groupID
    }

    /// The number of bytes that follow the header.
    package var byteCount: Int {
        guard case .file(let byteCount) = kind else { return 0 }
        return byteCount
    }
}
