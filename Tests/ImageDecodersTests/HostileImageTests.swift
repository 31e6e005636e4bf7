import Diagnostics
import Foundation
import ImageDecoders
import TestSupport
import Tensors
import Testing

/// Images that are damaged, and images that ask for more than there is.
@Suite(.serialized) struct HostileImageTests {
    private static func outcome(_ bytes: [UInt8]) -> Result<Tensor, ImageError> {
        Result { () throws(ImageError) in try pixels(bytes, byteLimit: 1 << 20) }
    }

    /// Bytes of memory that the process holds.
    private static func residentByteCount() throws -> Int {
        let words = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(words[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    @Test(arguments: imageNames)
    func `an image that ends too soon is an error, or whole where only metadata are missing`(name: String) throws {
        let bytes = try fixture("images/\(name)")
        let whole = try pixels(bytes).elements(as: UInt8.self)
        var errorCount = 0
        for count in bytes.indices {
            switch Self.outcome(Array(bytes[..<count])) {
            case .success(let image):
                // Of a last number in digits, some may be missing.
                #expect(try image.elements(as: UInt8.self) == whole || name.hasPrefix("plain"), "\(count) bytes")
            case .failure(let error):
                errorCount += 1
                #expect(error.code != .memory && error.code != .limit, "\(count) bytes: \(error)")
            }
        }
        #expect(errorCount > bytes.count / 3)
    }

    @Test(arguments: imageNames)
    func `no damage ends the process`(name: String) throws {
        let bytes = try fixture("images/\(name)")
        var random = SeededRandom(seed: 20_240_601)
        let before = try Self.residentByteCount()
        for _ in 0..<500 {
            switch Self.outcome(mutated(bytes, with: &random)) {
            case .success(let image): #expect(image.shape.elementCount > 0)
            case .failure(let error): #expect(error.code != .memory, "\(error)")
            }
        }
        #expect(try Self.residentByteCount() - before < 64 << 20)
    }

    @Test(arguments: imageNames)
    func `an image that takes more than the limit is refused before it is decoded`(name: String) throws {
        let bytes = try fixture("images/\(name)")
        let error = #expect(throws: ImageError.self) { try pixels(bytes, byteLimit: 800) }
        #expect(error?.code == .limit, "\(String(describing: error))")
        #expect(error?.message.hasSuffix(" takes more than the limit of 800 bytes") == true)
    }

    /// A codestream of one component, in one tile, that ends where its data would start.
    private static func codestream(extent: Int, precincts: UInt8, layers: UInt8 = 1) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - $0 * 8)) } }
        let size = [0, 0] + word(extent) + word(extent) + word(0) + word(0) + word(extent) + word(extent) + word(0)
        let style: [UInt8] = [0xFF, 0x52, 0, 13, 1, 0, layers, 0, 0, 0, 4, 4, 0, 1, precincts]
        return [0xFF, 0x4F, 0xFF, 0x51, 0, 41] + size + word(0) + [0, 1, 7, 1, 1] + style
            + [0xFF, 0x5C, 0, 4, 0x40, 8 << 3, 0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0x93]
    }

    @Test func `blocks of code are counted before libopenjp2 allocates them`() throws {
        let limit = 1 << 26
        for (extent, precincts, isRefused) in [(1000, 0x77, false), (1000, 0x00, true), (4000, 0x77, true)] {
            let bytes = Self.codestream(extent: extent, precincts: UInt8(precincts))
            let error = #expect(throws: ImageError.self) { try pixels(bytes, byteLimit: limit) }
            #expect((error?.code == .limit) == isRefused, "\(extent), \(precincts): \(String(describing: error))")
        }
        let layered = Self.codestream(extent: 1000, precincts: 0x33, layers: 255)
        #expect(throws: ImageError.self) { try pixels(layered, byteLimit: 1 << 24) }
    }
}
