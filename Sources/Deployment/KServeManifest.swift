package import JSON

extension Workload {
    /// An `InferenceService` whose predictor is the image itself, server and model.
    ///
    /// *Source*: KServe API, serving.kserve.io/v1beta1, custom predictors.
    package var kserve: JSONValue {
        inferenceService([
            "minReplicas": .number(JSONNumber(replicaCount)),
            "automountServiceAccountToken": false,
            "securityContext": podSecurity,
            "containers": [container(named: "kserve-container", portName: "http1")],
            "volumes": [["name": "tmp", "emptyDir": [:]]],
        ])
    }

    /// An `InferenceService` that takes the model alone out of the image, and serves it with a runtime of the cluster.
    ///
    /// *Source*: KServe, model serving with OCI images (modelcars): the model stands below `/models` of the image.
    package var kserveModelcar: JSONValue {
        let amounts: JSONValue = ["cpu": .string(processors.text), "memory": .string(memory.text)]
        return inferenceService([
            "minReplicas": .number(JSONNumber(replicaCount)),
            "model": [
                "modelFormat": ["name": "onnx"],
                "protocolVersion": "v2",
                "storageUri": .string("oci://\(image)"),
                "resources": ["requests": amounts, "limits": amounts],
            ],
        ])
    }

    private func inferenceService(_ predictor: JSONValue) -> JSONValue {
        [
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": metadata(["app.kubernetes.io/name": .string(name), "app.kubernetes.io/managed-by": "mlpack"]),
            "spec": ["predictor": predictor],
        ]
    }
}
