import Diagnostics
import JSON
package import ServingCore
import ServingObservation
import Tensors

/// A sample as a line of JSON, whose `inputs` are those of a request of the Open Inference Protocol.
///
/// *Returns*: the line with its line feed; `nil` for elements that have no form in JSON.
package func inferenceSampleLine(_ sample: InferenceSample) -> [UInt8]? {
    var writer = JSONWriter()
    writer.append("{\"time\":")
    writer.write(timestamp(sample.time))
    writer.append(",\"id\":")
    writer.write(sample.id)
    writer.append(",\"model\":")
    writer.write(sample.modelName)
    writer.append(",\"version\":")
    writer.write(sample.modelVersion)
    if sample.isCut { writer.append(",\"cut\":true") }
    do throws(ServingError) {
        writer.append(",\"inputs\":")
        try write(sample.inputs, to: &writer)
        writer.append(",\"outputs\":")
        try write(sample.outputs, to: &writer)
    } catch {
        return nil
    }
    writer.append("}\n")
    return writer.bytes
}

private func write(_ parts: [InferenceSample.Part], to writer: inout JSONWriter) throws(ServingError) {
    writer.append("[")
    for (index, part) in parts.enumerated() {
        if index > 0 { writer.append(",") }
        writer.append("{\"name\":")
        writer.write(part.name)
        writer.append(",\"datatype\":")
        writer.write(part.datatype.rawValue)
        writer.append(",\"shape\":[")
        for (axis, extent) in part.shape.dimensions.enumerated() {
            if axis > 0 { writer.append(",") }
            writer.write(Int64(extent))
        }
        writer.append("],\"data\":")
        try writeTensorData(part.elements, to: &writer)
        writer.append("}")
    }
    writer.append("]")
}
