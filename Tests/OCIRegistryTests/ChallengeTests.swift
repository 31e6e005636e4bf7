import OCIRegistry
import Testing

@Suite struct ChallengeTests {
    /// The headers are those that Docker Hub, a registry with htpasswd and RFC 9110 have.
    @Test func `challenges are read with their parameters`() {
        #expect(
            Challenge.parse(
                #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
            ) == [
                Challenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://auth.docker.io/token", "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    ]
                )
            ]
        )
        #expect(
            Challenge.parse(#"Basic realm="basic-realm", Newauth realm="a \"b\", c" , type=1"#) == [
                Challenge(scheme: "basic", parameters: ["realm": "basic-realm"]),
                Challenge(scheme: "newauth", parameters: ["realm": #"a "b", c"#, "type": "1"]),
            ]
        )
    }

    @Test(arguments: ["", ",", "=", "\"", "Basic realm=\"", "Basic realm=\"\\", "= = ="])
    func `damaged challenges are passed over`(header: String) {
        #expect(Challenge.parse(header).allSatisfy { $0.scheme == "basic" })
    }
}
