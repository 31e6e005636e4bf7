import Diagnostics
package import InferenceEngine
package import OnnxIR
import Tensors

/// What `quantize` is at, for whoever waits.
package enum QuantizationStage: String, Sendable {
    case ranges
    case histograms
    case comparison
}

/// Writes a model of floats as one whose products and convolutions take numbers of 8 bits, in the QDQ form.
///
/// The float model runs on the calibration data once for the ranges of the activations, once more for their
/// percentiles where those are asked for, and once beside the quantised model for the report.
///
/// *Throws*: `nothingToQuantize` for a model without constant weights of floats, `opset` below 10, `unknownLayer` for
/// an excluded name that no layer has, `calibration` for values that the model does not take or that are not finite.
package func quantize(
    _ model: Model,
    with calibration: Calibration,
    _ options: QuantizationOptions = QuantizationOptions(),
    engine: InferenceOptions = .default,
    progress: (QuantizationStage, _ done: Int, _ of: Int) -> Void = { _, _, _ in }
) throws(QuantizationError) -> (model: Model, report: QuantizationReport) {
    let layers = try quantizableLayers(of: model, options)
    let ranges = try calibratedRanges(model, layers, calibration, options, engine, progress)
    let quantized = try converting(.model) { () throws(TensorError) in
        try rewritten(model, layers, ranges, options)
    }
    let probe = try converting(.model) { () throws(TensorError) in try probed(model, layers, ranges, options) }
    let comparison = try compared(model, quantized, probe, layers, calibration, engine, progress)
    return (quantized, QuantizationReport(layers: comparison.layers, outputs: comparison.outputs))
}

/// The layers that the options name.
private func quantizableLayers(
    of model: Model,
    _ options: QuantizationOptions
) throws(QuantizationError) -> [Layer] {
    guard let opset = model.opsetVersion(of: .onnx), opset >= 10 else {
        throw QuantizationError(
            .opset,
            "the model has opset \(model.opsetVersion(of: .onnx) ?? 0) of ai.onnx, expected 10 or later, "
                + "which has QuantizeLinear",
            hint: "export it with a later opset; from 13 on each channel has a scale of its own"
        )
    }
    let constants = Constants(model)
    let all = model.graph.nodes.enumerated().compactMap { position, node in
        Layer(node, at: position, constants: constants, perAxis: opset >= 13)
    }
    let names = Set(all.map(\.name))
    for name in options.excluded.sorted() where !names.contains(name) {
        throw QuantizationError(.unknownLayer, "no layer is named `\(name)`")
    }
    let layers = all.filter { options.operators.contains($0.kind) && !options.excluded.contains($0.name) }
    guard layers.contains(where: { $0.activation != nil }) else {
        let kinds = options.operators.filter { $0 != .gather }.map(\.rawValue).sorted().joined(separator: ", ")
        let isLeftOut = all.contains { $0.activation != nil }
        throw QuantizationError(
            .nothingToQuantize,
            isLeftOut
                ? "every layer is excluded, or of another operator, expected one to quantise"
                : "the model's graph has no \(kinds) with constant weights of floats"
        )
    }
    for layer in layers {
        guard try converting(.model, { () throws(TensorError) in try layer.isFinite }) else {
            throw QuantizationError(
                .model,
                "the weights or the bias of layer `\(layer.name)` are not finite",
                hint: "leave it in floats with `--exclude \(layer.name)`"
            )
        }
    }
    return layers
}

private func calibratedRanges(
    _ model: Model,
    _ layers: [Layer],
    _ calibration: Calibration,
    _ options: QuantizationOptions,
    _ engine: InferenceOptions,
    _ progress: (QuantizationStage, Int, Int) -> Void
) throws(QuantizationError) -> [String: ActivationRange] {
    let names = Set(layers.compactMap(\.activation)).sorted()
    var ranges = Dictionary(uniqueKeysWithValues: names.map { ($0, ActivationRange()) })
    let session = try session(model, outputs: names, engine)
    for stage in [QuantizationStage.ranges, .histograms] {
        if stage == .histograms, options.percentile >= 100 { break }
        for (index, batch) in calibration.batches.enumerated() {
            progress(stage, index, calibration.batches.count)
            let values = try converting(.calibration) { () throws(EngineError) in
                try session.run(batch, outputs: names)
            }
            for name in names {
                guard let tensor = values[name]?.tensor else { continue }
                let isFinite = try converting(.calibration) { () throws(TensorError) in
                    guard stage == .ranges else {
                        try ranges[name]?.count(tensor)
                        return true
                    }
                    return try ranges[name]?.widen(by: tensor) ?? true
                }
                guard isFinite else {
                    throw QuantizationError(.calibration, "value `\(name)` is not finite in the calibration data")
                }
            }
        }
    }
    if options.percentile < 100 { for name in names { ranges[name]?.clip(to: options.percentile) } }
    return ranges
}

/// The model with quantised layers in the place of its own.
private func rewritten(
    _ model: Model,
    _ layers: [Layer],
    _ ranges: [String: ActivationRange],
    _ options: QuantizationOptions
) throws(TensorError) -> Model {
    var model = model
    if model.irVersion < 4 {
        // SPEC: before IR version 4 every initializer is an input too.
        let initializers = Set(model.graph.initializers.map(\.name))
        model.graph.inputs.removeAll { initializers.contains($0.name) }
        model.irVersion = 4
    }
    var quantizer = LayerQuantizer(model.graph, ranges: ranges, reducesRange: options.reducesRange)
    let byPosition = Dictionary(uniqueKeysWithValues: layers.map { ($0.position, $0) })
    var nodes: [Node] = []
    for (position, node) in model.graph.nodes.enumerated() {
        guard let layer = byPosition[position] else {
            nodes.append(node)
            continue
        }
        let (before, quantized) = try quantizer.quantize(layer, node)
        nodes += before + [quantized]
    }
    model.graph.nodes = nodes
    model.graph.initializers += quantizer.initializers
    model.graph.dropUnreadConstants()
    return model
}

/// The model with the quantised form of each layer beside the layer, fed with the same floats.
private func probed(
    _ model: Model,
    _ layers: [Layer],
    _ ranges: [String: ActivationRange],
    _ options: QuantizationOptions
) throws(TensorError) -> (model: Model, outputs: [String]) {
    var model = model
    var quantizer = LayerQuantizer(model.graph, ranges: ranges, reducesRange: options.reducesRange)
    let byPosition = Dictionary(uniqueKeysWithValues: layers.map { ($0.position, $0) })
    var nodes: [Node] = []
    var outputs: [String] = []
    for (position, node) in model.graph.nodes.enumerated() {
        nodes.append(node)
        guard let layer = byPosition[position] else { continue }
        var (before, quantized) = try quantizer.quantize(layer, node)
        let output = quantizer.fresh(layer.output + "_probe")
        quantized.outputs = [output]
        quantized.name = output
        outputs.append(output)
        nodes += before + [quantized]
    }
    model.graph.nodes = nodes
    model.graph.initializers += quantizer.initializers
    return (model, outputs)
}

private func compared(
    _ model: Model,
    _ quantized: Model,
    _ probe: (model: Model, outputs: [String]),
    _ layers: [Layer],
    _ calibration: Calibration,
    _ engine: InferenceOptions,
    _ progress: (QuantizationStage, Int, Int) -> Void
) throws(QuantizationError) -> (layers: [QuantizationReport.LayerRow], outputs: [QuantizationReport.OutputRow]) {
    let outputs = model.graph.outputs.map(\.name)
    let reference = try session(probe.model, outputs: layers.map(\.output) + probe.outputs + outputs, engine)
    let session = try session(quantized, outputs: outputs, engine)
    var ofLayers = layers.map { _ in Deviation() }
    var ofOutputs = outputs.map { _ in Deviation() }
    for (index, batch) in calibration.batches.enumerated() {
        progress(.comparison, index, calibration.batches.count)
        let expected = try converting(.model) { () throws(EngineError) in try reference.run(batch) }
        let values = try converting(.model) { () throws(EngineError) in try session.run(batch) }
        try converting(.model) { () throws(TensorError) in
            for (place, layer) in layers.enumerated() {
                try ofLayers[place].add(expected[probe.outputs[place]], expected[layer.output])
            }
            for (place, output) in outputs.enumerated() {
                try ofOutputs[place].add(values[output], expected[output])
            }
        }
    }
    let rows = zip(layers, ofLayers).map { layer, deviation in
        QuantizationReport.LayerRow(name: layer.name, kind: layer.kind, deviation: deviation)
    }
    return (rows, zip(outputs, ofOutputs).map { QuantizationReport.OutputRow(name: $0, deviation: $1) })
}

/// The model with these values as its outputs, ready to run.
private func session(
    _ model: Model,
    outputs: [String],
    _ engine: InferenceOptions
) throws(QuantizationError) -> InferenceSession {
    var model = model
    var seen: Set<String> = []
    let types = Dictionary(model.graph.outputs.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    model.graph.outputs = outputs.filter { seen.insert($0).inserted }.map {
        ValueInfo(name: $0, type: types[$0] ?? nil)
    }
    return try converting(.model) { () throws(EngineError) in try InferenceSession(model, options: engine) }
}
