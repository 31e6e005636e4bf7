import Diagnostics
import Foundation
import OCIRegistry
import TestSupport
import Testing

@Suite struct CredentialFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func find(_ text: String, _ domain: String, _ repository: String = "acme/iris") throws -> Credential? {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("auth.json")))
        let environment = ["REGISTRY_AUTH_FILE": folder.file("auth.json"), "PATH": folder.path + ":/bin:/usr/bin"]
        return try CredentialFiles(environment: environment).credential(domain: domain, repository: repository)
    }

    @Test func `the most specific entry counts`() throws {
        let text = #"""
            {"auths": {"quay.io": {"auth": "YTpiOmM="}, "quay.io/acme": {"auth": "ZDplAA=="},
                       "https://ghcr.io": {"username": "f", "password": "g"},
                       "https://index.docker.io/v1/": {"identitytoken": "h"}}}
            """#
        #expect(try find(text, "quay.io", "other") == .basic(user: "a", password: "b:c"))
        #expect(try find(text, "quay.io") == .basic(user: "d", password: "e"))
        #expect(try find(text, "ghcr.io") == .basic(user: "f", password: "g"))
        #expect(try find(text, "docker.io", "library/iris") == .identityToken("h"))
        #expect(try find(text, "quay.io:5000") == nil)
    }

    @Test func `helpers are asked with the server on their input`() throws {
        let helper = folder.file("docker-credential-test")
        let script = """
            #!/bin/sh
            read -r server
            case $server in
            found) echo '{"Username": "a", "Secret": "b"}' ;;
            token) echo '{"Username": "<token>", "Secret": "c"}' ;;
            odd) echo 'secret-word' ;;
            none) echo 'credentials not found in native keychain'; exit 1 ;;
            *) echo 'secret-word'; exit 3 ;;
            esac
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: helper))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: helper)
        let text = #"{"credsStore": "test", "auths": {"none": {"auth": "YTpi"}}}"#
        #expect(try find(text, "found") == .basic(user: "a", password: "b"))
        #expect(try find(text, "token") == .identityToken("c"))
        #expect(try find(text, "none") == .basic(user: "a", password: "b"))
        let file = folder.file("auth.json")
        for (server, words) in [
            ("odd", "printed something else, expected `Username` and `Secret`"), ("broken", "ended with status 3"),
        ] {
            let error = #expect(throws: RegistryError.self) { try find(text, server) }
            #expect(error?.description == "`\(file)`: the credential helper `docker-credential-test` \(words)")
        }
    }

    @Test(arguments: [
        (#"{"credHelpers": {"a.io": "../x"}}"#, "the name of the credential helper holds other characters, got `../x`"),
        (
            #"{"credHelpers": {"a.io": "absent"}}"#,
            "the credential helper `docker-credential-absent` is not on the PATH"
        ),
        (
            #"{"auths": {"a.io": {"auth": "&"}}}"#,
            "credential `a.io`: `auth` has another form, expected the base64 form of `user:password`"
        ),
    ])
    func `damaged files are named`(text: String, words: String) {
        let error = #expect(throws: RegistryError.self) { try find(text, "a.io") }
        #expect(error?.description == "`\(folder.file("auth.json"))`: \(words)")
    }

    @Test func `the files of Podman come before Docker's`() {
        let environment = ["HOME": "/h", "XDG_RUNTIME_DIR": "/r"]
        #expect(
            CredentialFiles(environment: environment).paths == [
                "/r/containers/auth.json", "/run/containers/\(getuid())/auth.json", "/h/.config/containers/auth.json",
                "/h/.docker/config.json",
            ]
        )
    }
}
