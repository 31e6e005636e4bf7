import ServingTransport
import TestSupport

/// Keys and certificates that OpenSSL makes for a test, in a folder that goes with it: `ca` signed `server`, for
/// 127.0.0.1, and `client`; `other` signed itself, for 127.0.0.1, and is of RSA.
struct TestCertificates {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let result = try runTool(Self.script, folder: folder.path)
        guard result.status == 0 else { throw Failure(text: result.errors) }
    }

    struct Failure: Error {
        let text: String
    }

    private static let script = """
        set -e
        new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch"
        openssl req -x509 $new -keyout ca.key -out ca.crt -subj /CN=ca
        openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -subj /CN=other \
            -addext subjectAltName=IP:127.0.0.1
        for name in server client; do
            openssl req $new -keyout $name.key -out $name.csr -subj /CN=$name
            echo subjectAltName=IP:127.0.0.1 >extensions
            openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out $name.crt -extfile extensions
        done
        openssl pkcs8 -topk8 -in server.key -passout pass:secret -out encrypted.key
        openssl ec -in server.key -aes128 -passout pass:secret -out traditional.key
        """

    /// The path of a file.
    func path(_ name: String) -> String { folder.file(name) }

    /// The files of a server.
    func files(_ certificate: String = "server.crt", _ key: String = "server.key", clients: String? = nil) -> TLSFiles {
        TLSFiles(certificate: path(certificate), key: path(key), clientAuthorities: clients.map(path))
    }

    /// Puts a copy of a file in the place of another.
    func copy(_ name: String, over other: String) throws {
        _ = try runTool("cp \"$1\" \"$2.new\" && mv \"$2.new\" \"$2\"", [name, other], folder: folder.path)
    }

    /// Trust in one authority, perhaps with a certificate of one's own.
    func trust(_ authorities: String = "ca.crt", as name: String? = nil) -> TLSTrust {
        var trust = TLSTrust()
        trust.authorities = path(authorities)
        trust.certificate = name.map { path($0 + ".crt") }
        trust.key = name.map { path($0 + ".key") }
        return trust
    }
}
