import Diagnostics
import Files
import NIOCore
import NIOSSL

/// What a server proves itself with, and what it asks of its clients, as its files had it when they were read.
struct TLSCredentials: Sendable {
    private let certificates: [NIOSSLCertificate]
    private let key: NIOSSLPrivateKey
    private let clientAuthorities: [NIOSSLCertificate]?

    /// *Throws*: `notFound` and `refused` of files, and `credentials` for files that hold something else, and for a key
    /// that is not the certificate's.
    init(_ files: TLSFiles) throws {
        certificates = try readCertificates(files.certificate)
        key = try readPrivateKey(files.key)
        clientAuthorities = try files.clientAuthorities.map(readCertificates)
        do {
            _ = try context([])
        } catch {
            throw ServerError(
                .credentials,
                at: .file(files.key),
                "the key is another one, expected that of the first certificate in `\(files.certificate)`"
            )
        }
    }

    /// What connections are made from.
    ///
    /// *Parameter* protocols: their names for ALPN, the best first.
    func context(_ protocols: [String]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = tls12CipherSuites
        configuration.applicationProtocols = protocols
        configuration.shutdownTimeout = .seconds(1)
        if let clientAuthorities {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(clientAuthorities)
            configuration.sendCANameList = true
        }
        return try NIOSSLContext(configuration: configuration)
    }
}

/// Those with forward secrecy and authenticated encryption; TLS 1.3 has no others.
///
/// *Source*: RFC 9113, section 9.2.2; RFC 9325, section 4.2.
private let tls12CipherSuites = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]
    .flatMap { ["ECDHE-ECDSA-\($0)", "ECDHE-RSA-\($0)"] }
    .joined(separator: ":")

/// The certificates in a file, in its order.
///
/// *Throws*: `notFound` and `refused` of the file, and `credentials`.
func readCertificates(_ path: String) throws -> [NIOSSLCertificate] {
    let bytes = try readFile(path, limit: 1 << 20)
    do {
        return try NIOSSLCertificate.fromPEMBytes(bytes)
    } catch {
        throw ServerError(
            .credentials,
            at: .file(path),
            "the file holds \(pemLabels(bytes)), expected certificates, `-----BEGIN CERTIFICATE-----`"
        )
    }
}

/// The private key in a file.
///
/// *Throws*: `notFound` and `refused` of the file, and `credentials`, also for a key that needs a passphrase.
func readPrivateKey(_ path: String) throws -> NIOSSLPrivateKey {
    let bytes = try readFile(path, limit: 1 << 20)
    guard !holds(bytes, "-----BEGIN ENCRYPTED PRIVATE KEY"), !holds(bytes, "Proc-Type: 4,ENCRYPTED") else {
        throw ServerError(
            .credentials,
            at: .file(path),
            "the key is encrypted, expected one without a passphrase",
            hint: "`openssl pkey -in KEY -out PLAIN` writes it without"
        )
    }
    do {
        return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
    } catch {
        throw ServerError(
            .credentials,
            at: .file(path),
            "the file holds \(pemLabels(bytes)), expected a private key of RSA or an elliptic curve, `-----BEGIN PRIVATE KEY-----`"
        )
    }
}

/// What the parts of a file in PEM say they are, for messages.
private func pemLabels(_ bytes: [UInt8]) -> String {
    let mark = "-----BEGIN "
    let labels = bytes.split(separator: UInt8(ascii: "\n")).compactMap { line -> String? in
        guard line.starts(with: mark.utf8) else { return nil }
        let label = line.dropFirst(mark.utf8.count).prefix(32).prefix { $0 != UInt8(ascii: "-") }
        return "`\(String(decoding: label, as: UTF8.self))`"
    }
    return labels.isEmpty ? "nothing in PEM" : labels.prefix(4).joined(separator: ", ")
}

private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
    let text = Array(text.utf8)
    return bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: text) }
}
