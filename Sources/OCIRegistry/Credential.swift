import TextFormats

/// What proves to a registry who asks.
package enum Credential: Sendable, Hashable {
    case basic(user: String, password: String)
    /// A refresh token, which a token server changes into others.
    case identityToken(String)
    /// A token that goes to the registry as it is.
    case registryToken(String)

    /// The texts that no message may hold.
    var secrets: [String] {
        switch self {
        case .basic(let user, let password): [password, Self.base64(user, password)]
        case .identityToken(let token), .registryToken(let token): [token]
        }
    }

    static func base64(_ user: String, _ password: String) -> String {
        TextFormats.base64(Array("\(user):\(password)".utf8))
    }
}
