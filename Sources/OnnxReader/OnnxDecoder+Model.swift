import Diagnostics
import OnnxIR

/// The newest version of the file format that is read here.
private let newestIRVersion: Int64 = 14

extension OnnxDecoder {
    /// *Source*: `ModelProto`.
    func model() throws(OnnxReaderError) -> Model {
        var cursor = try open("ModelProto")
        var irVersion: Int64?
        var model = Model(irVersion: 0, opsetImports: [], graph: Graph(name: ""))
        var graph: Graph?
        while let field = try cursor.next() {
            switch field.number {
            case 1: irVersion = try checkedIRVersion(try cursor.int64(field), field)
            case 2: model.producerName = try text(field, of: &cursor)
            case 3: model.producerVersion = try text(field, of: &cursor)
            case 4: model.domain = try text(field, of: &cursor)
            case 5: model.modelVersion = try cursor.int64(field)
            case 6: model.docString = try text(field, of: &cursor)
            case 7: try set(&graph, to: try self.graph(field, of: &cursor), field, of: cursor)
            case 8: model.opsetImports.append(try opsetImport(field, of: &cursor))
            case 14: model.metadata.append(try metadataEntry(field, of: &cursor))
            case 20: model.trainingInfo.append(try trainingInfo(field, of: &cursor))
            case 25: model.functions.append(try function(field, of: &cursor))
            case 26: model.deviceConfigurations.append(try deviceConfiguration(field, of: &cursor))
            default: try cursor.skip(field)
            }
        }
        guard let irVersion else { throw OnnxReaderError(.value, "`ModelProto` has no `ir_version`") }
        guard let graph else { throw OnnxReaderError(.value, "`ModelProto` has no `graph`") }
        model.irVersion = irVersion
        model.graph = graph
        return model
    }

    func opsetImport(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> OpsetImport {
        var cursor = try open(field, of: &outer, as: "OperatorSetIdProto")
        var result = OpsetImport(domain: .onnx, version: 0)
        while let field = try cursor.next() {
            switch field.number {
            case 1: result.domain = OperatorDomain(try text(field, of: &cursor))
            case 2: result.version = try cursor.int64(field)
            default: try cursor.skip(field)
            }
        }
        return result
    }

    func metadataEntry(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> MetadataEntry {
        var cursor = try open(field, of: &outer, as: "StringStringEntryProto")
        var entry = MetadataEntry(key: "", value: "")
        while let field = try cursor.next() {
            switch field.number {
            case 1: entry.key = try text(field, of: &cursor)
            case 2: entry.value = try text(field, of: &cursor)
            default: try cursor.skip(field)
            }
        }
        return entry
    }

    private func checkedIRVersion(_ version: Int64, _ field: WireField) throws(OnnxReaderError) -> Int64 {
        guard version >= 1 else {
            throw OnnxReaderError(
                .value,
                at: .offset(field.offset),
                "`ir_version` is \(version), expected 1 to \(newestIRVersion)"
            )
        }
        guard version <= newestIRVersion else {
            throw OnnxReaderError(
                .unsupported,
                at: .offset(field.offset),
                "`ir_version` \(version) is not supported, expected 1 to \(newestIRVersion)"
            )
        }
        return version
    }

    private func trainingInfo(_ field: WireField, of outer: inout WireCursor) throws(OnnxReaderError) -> TrainingInfo {
        var cursor = try open(field, of: &outer, as: "TrainingInfoProto")
        var info = TrainingInfo()
        do {
            while let field = try cursor.next() {
                switch field.number {
                case 1: try set(&info.initialization, to: try graph(field, of: &cursor), field, of: cursor)
                case 2: try set(&info.algorithm, to: try graph(field, of: &cursor), field, of: cursor)
                case 3: info.initializationBindings.append(try metadataEntry(field, of: &cursor))
                case 4: info.updateBindings.append(try metadataEntry(field, of: &cursor))
                default: try cursor.skip(field)
                }
            }
            return info
        } catch {
            throw error.within(.item("message", "training_info"))
        }
    }
}
