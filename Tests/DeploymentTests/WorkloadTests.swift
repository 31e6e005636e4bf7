import Deployment
import Diagnostics
import JSON
import OCIImage
import Testing

@Suite struct WorkloadTests {
    private func workload(name: String = "iris", config: ImageConfig? = nil) throws -> Workload {
        try Workload(
            image: "ghcr.io/acme/iris@sha256:ab",
            name: name,
            config: config,
            processors: Quantity(processors: "500m"),
            memory: Quantity(memory: "1.5Gi")
        )
    }

    @Test func `port and user are those of the image`() throws {
        var config = ImageConfig()
        config.exposedPorts = ["53/udp", "9000/tcp"]
        config.user = "1000:2000"
        let found = try workload(config: config)
        #expect((found.containerPort, found.user, found.group) == (9000, 1000, 2000))
        let none = try workload()
        #expect((none.containerPort, none.user, none.group) == (8000, 65_532, 65_532))
    }

    @Test(arguments: ["root", "0", "0:0", "", ":", "-1", "99999999999999999999"])
    func `an image that runs as root, or as a name, runs as nobody else`(user: String) throws {
        var config = ImageConfig()
        config.user = user
        config.exposedPorts = ["0/tcp", "x"]
        let found = try workload(config: config)
        #expect((found.containerPort, found.user) == (8000, 65_532))
    }

    @Test(arguments: ["", "Iris", "1iris", "iris-", "-iris", "iris_2", "ä", String(repeating: "a", count: 64)])
    func `names are labels of DNS`(name: String) {
        let error = #expect(throws: DeploymentError.self) { try workload(name: name) }
        #expect(
            error?.message
                == "the name has another form, expected up to 63 of `a` to `z`, `0` to `9` and `-`, a letter first, got "
                + "`\(name)`"
        )
    }

    @Test(arguments: [
        ("iris", "iris"), ("Iris_V2", "iris-v2"), ("2iris", "iris"), ("---", "model"), ("iris.", "iris"),
        ("ä", "model"),
        (String(repeating: "a", count: 62) + "--b", String(repeating: "a", count: 62)),
    ])
    func `a name is made of any text`(text: String, name: String) {
        #expect(Workload.suggestedName(text) == name)
    }

    @Test(arguments: ["", "m", "0", "0.0m", "1.", ".5", "1.2.3", "1e3", "-1", "1 ", "1Gi", "½", "1٣"])
    func `amounts of processors have a form`(text: String) {
        let error = #expect(throws: DeploymentError.self) { try Quantity(processors: text) }
        #expect(error?.message == "the amount has another form, expected `1`, `0.5` or `500m`, got `\(text)`")
    }

    @Test(arguments: [
        ("500m", "512Mi", "0.5", "536870912"), ("2", "2G", "2", "2000000000"), ("2000m", "1.5Gi", "2", "1610612736"),
        ("0.25", "999999999999999Ti", "0.25", "1000000000000000000"), ("1", "100", "1", "100"),
    ])
    func `Compose gets numbers of its own`(cpu: String, memory: String, cpus: String, byteCount: String) throws {
        let workload = try Workload(
            image: "x",
            name: "iris",
            config: nil,
            processors: Quantity(processors: cpu),
            memory: Quantity(memory: memory)
        )
        let limits = workload.compose["services"]?["iris"]?["deploy"]?["resources"]?["limits"]
        #expect(limits == ["cpus": .string(cpus), "memory": .string(byteCount)])
    }
}
