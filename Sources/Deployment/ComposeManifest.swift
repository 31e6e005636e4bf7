package import JSON

extension Workload {
    /// A project of one service.
    ///
    /// *Source*: Compose Specification.
    package var compose: JSONValue {
        // One port of the machine is for one container: several get any.
        let published = replicaCount == 1 ? "\(port):\(containerPort)" : "\(containerPort)"
        return [
            "name": .string(name),
            "services": .object([
                name: [
                    "image": .string(image),
                    "user": .string("\(user):\(group)"),
                    "read_only": true,
                    "cap_drop": ["ALL"],
                    "security_opt": ["no-new-privileges:true"],
                    "tmpfs": ["/tmp"],
                    "ports": [.string(published)],
                    "restart": "unless-stopped",
                    "deploy": [
                        "replicas": .number(JSONNumber(replicaCount)),
                        "resources": [
                            "limits": [
                                "cpus": .string(processors.composeProcessors), "memory": .string(memory.composeMemory),
                            ]
                        ],
                    ],
                ]
            ]),
        ]
    }
}
