package import JSON

extension Workload {
    /// A `Deployment` that runs the image, and a `Service` before it.
    ///
    /// *Source*: Kubernetes API, apps/v1 and v1; the profile `restricted` of the Pod Security Standards.
    package var kubernetes: [JSONValue] {
        let labels: JSONValue = ["app.kubernetes.io/name": .string(name), "app.kubernetes.io/managed-by": "mlpack"]
        let selector: JSONValue = ["app.kubernetes.io/name": .string(name)]
        let deployment: JSONValue = [
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata(labels),
            "spec": [
                "replicas": .number(JSONNumber(replicaCount)),
                "selector": ["matchLabels": selector],
                "template": ["metadata": ["labels": labels], "spec": pod],
            ],
        ]
        let service: JSONValue = [
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata(labels),
            "spec": [
                "selector": selector,
                "ports": [["name": "http", "port": .number(JSONNumber(port)), "targetPort": "http"]],
            ],
        ]
        return [deployment, service]
    }

    private var pod: JSONValue {
        [
            "automountServiceAccountToken": false,
            "securityContext": podSecurity,
            "containers": [container(named: "server", portName: "http")],
            "volumes": [["name": "tmp", "emptyDir": [:]]],
        ]
    }

    func metadata(_ labels: JSONValue) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if let namespace { object["namespace"] = .string(namespace) }
        object["labels"] = labels
        return .object(object)
    }

    /// What holds for all containers of a pod.
    var podSecurity: JSONValue {
        [
            "runAsNonRoot": true,
            "runAsUser": .number(JSONNumber(user)),
            "runAsGroup": .number(JSONNumber(group)),
            "seccompProfile": ["type": "RuntimeDefault"],
        ]
    }

    /// The container of the server, which writes nowhere but into `/tmp`.
    func container(named containerName: String, portName: String) -> JSONValue {
        let amounts: JSONValue = ["cpu": .string(processors.text), "memory": .string(memory.text)]
        var container: JSONObject = [
            "name": .string(containerName),
            "image": .string(image),
            "ports": [
                ["name": .string(portName), "containerPort": .number(JSONNumber(containerPort)), "protocol": "TCP"]
            ],
            "resources": ["requests": amounts, "limits": amounts],
            "securityContext": [
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "runAsNonRoot": true,
                "capabilities": ["drop": ["ALL"]],
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "volumeMounts": [["name": "tmp", "mountPath": "/tmp"]],
        ]
        if let liveness {
            container["startupProbe"] = probe(liveness, period: 2, failures: 150)
            container["livenessProbe"] = probe(liveness, period: 10, failures: 3)
        }
        if let readiness { container["readinessProbe"] = probe(readiness, period: 5, failures: 3) }
        return .object(container)
    }

    private func probe(_ route: Route, period: Int, failures: Int) -> JSONValue {
        [
            "httpGet": ["path": .string(route.path), "port": .number(JSONNumber(route.port))],
            "periodSeconds": .number(JSONNumber(period)),
            "failureThreshold": .number(JSONNumber(failures)),
        ]
    }
}
