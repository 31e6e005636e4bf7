import Glibc
import ServingCore
import ServingGRPC
import ServingHTTP
import ServingTransport

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The entry of the executable, which the package manager gives a name of its own.
@_cdecl("fuzz_serving_main")
func run(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments, fuzz)
}

/// One input of libFuzzer; `FUZZ_TARGET` names what it is given to.
private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// What takes inputs, by name.
private let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "routes": fuzzRoutes,
    "calls": fuzzCalls,
    "stream": fuzzStream,
    "http1": fuzzHTTP1,
    "http2": fuzzHTTP2,
]

private let target: @Sendable ([UInt8]) -> Void = {
    guard let name = getenv("FUZZ_TARGET"), let target = targets[String(cString: name)] else {
        fatalError("FUZZ_TARGET is none of \(targets.keys.sorted())")
    }
    return target
}()

/// The models of the fixtures, by the names of their files.
let plane: DataPlane = {
    let folders = ["ServingCoreTests", "ServingHTTPTests"].map { "Tests/\($0)/Fixtures/models" }
    do {
        return DataPlane(try ModelCatalog(paths: folders))
    } catch {
        fatalError("\(error)")
    }
}()

/// What is served to HTTP; small enough that a bomb shows.
let router = Router(
    httpRoutes(vertex: VertexPaths(health: "/vertex", predict: "/vertex:predict")),
    plane: plane,
    bodyByteLimit: 1 << 20
)
/// What is served to gRPC.
let calls = GRPCService(plane, messageByteLimit: 1 << 20)

/// Ends the run when something does not hold that has to, whatever the input.
func hold(_ condition: Bool, _ words: @autoclosure () -> String) {
    if !condition { fatalError(words()) }
}

extension HTTPWork {
    /// The answer, made on the calling thread.
    var answer: HTTPResponse {
        switch self {
        case .immediate(let response): response
        case .queued(let work): work.answer(WorkContext())
        case .background(let work): work()
        }
    }
}
