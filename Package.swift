// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Layers are listed from the bottom up; a target may import only what stands above it in this file.
// docs/architecture.md says what each target is for, and ArchitectureTests holds the arrows.

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let swiftSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
]

// What each request goes through. The static server is compiled for size, which these targets are not: the last option counts.
let targetsForSpeed: Set = [
    "InferenceEngine", "JSON", "Scheduling", "ServingCore", "ServingGRPC", "ServingHTTP", "ServingTransport", "Tensors",
]
let forSpeed = [SwiftSetting.unsafeFlags(["-Xfrontend", "-O"], .when(configuration: .release))]

// What goes into an executable as it is, by target.
let embeddedFiles = [
    "ServingGRPC": ["Reflection/descriptors.bin"],
    "ServingHTTP": [
        "OpenAPI/open-inference.json", "Page/answer.js", "Page/charts.js", "Page/documents.js", "Page/elements.js",
        "Page/form.js", "Page/icon.svg", "Page/index.html", "Page/models.js", "Page/page.css", "Page/page.js",
        "Page/server.js",
    ],
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        resources: embeddedFiles[name, default: []].map { Resource.embedInCode($0) },
        swiftSettings: swiftSettings + (targetsForSpeed.contains(name) ? forSpeed : [])
    )
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: (name == "Architecture" ? [] : [.byName(name: name)]) + ["TestSupport"] + dependencies,
        exclude: FileManager.default.fileExists(atPath: Context.packageDirectory + "/Tests/\(name)Tests/Fixtures")
            ? ["Fixtures"] : [],
        swiftSettings: swiftSettings
    )
}

let package = Package(
    name: "mlpack",
    products: [
        .executable(name: "mlpack", targets: ["mlpack"]),
        .executable(name: "mlpack-serve", targets: ["mlpack-serve"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        // 0: C
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSigning", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CPoll"),
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CImageCodecs",
            linkerSettings: ["jpeg", "openjp2", "png", "tiff", "webp", "webpdemux"].map { .linkedLibrary($0) }
        ),
        // Statically, libstdc++ has to stand behind the library that needs it.
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),
        .target(name: "CKernels"),
        .target(name: "COnnxProto", dependencies: ["CProtobufC"]),
        .target(
            name: "COnnxChecker",
            cxxSettings: [.define("ONNX_NAMESPACE", to: "onnx"), .define("ONNX_ML", to: "1")],
            linkerSettings: [.linkedLibrary("onnx"), .linkedLibrary("onnx_proto"), .linkedLibrary("protobuf")]
        ),

        // 1: ground
        library("Diagnostics"),
        library("Files", ["Diagnostics"]),
        library("JSON", ["Diagnostics"]),
        library("YAML", ["Diagnostics", "CYaml", "JSON"]),
        library("TextFormats"),
        library("Threads"),
        library("Compression", ["CDeflate", "CZlib", "Diagnostics", "Threads"]),
        library("RegularExpressions", ["CRE2", "Diagnostics"]),
        library("Tensors", ["Diagnostics"]),

        // 2: ONNX, blobs, archives
        library("OnnxIR", ["Tensors"]),
        library("OnnxReader", ["Diagnostics", "OnnxIR", "Tensors"]),
        library("OnnxProtobuf", ["COnnxProto", "CProtobufC", "Diagnostics", "Files", "OnnxIR", "Tensors"]),
        library("OnnxChecker", ["COnnxChecker", "Diagnostics", "JSON", "OnnxIR", "Tensors"]),
        library("OnnxBuilder", ["Diagnostics", "OnnxIR", "Tensors"]),
        library("ContentStore", ["CCrypto", "Diagnostics", "Files"]),
        library("Archives", ["CArchive", "Diagnostics"]),
        library("Signing", ["CSigning", "Diagnostics", "Files", "JSON", "TextFormats"]),

        // 3: importers and the engine
        library("ModelFormats", ["Archives", "Compression", "Diagnostics", "JSON", "Tensors"]),
        library(
            "ModelImport",
            [
                "ContentStore", "Diagnostics", "Files", "JSON", "ModelFormats", "OnnxBuilder", "OnnxIR", "Tensors",
                "YAML",
            ]
        ),
        library(
            "CatBoostImporter",
            ["Diagnostics", "JSON", "ModelFormats", "ModelImport", "OnnxBuilder", "OnnxIR", "Tensors"]
        ),
        library(
            "LightGBMImporter",
            ["Diagnostics", "ModelFormats", "ModelImport", "OnnxBuilder", "OnnxIR", "Tensors"]
        ),
        library(
            "ScikitLearnImporter",
            ["Diagnostics", "ModelFormats", "ModelImport", "OnnxBuilder", "OnnxIR", "Tensors"]
        ),
        library(
            "XGBoostImporter",
            ["Diagnostics", "JSON", "ModelFormats", "ModelImport", "OnnxBuilder", "OnnxIR", "Tensors"]
        ),
        library(
            "Importers",
            [
                "CatBoostImporter", "Diagnostics", "LightGBMImporter", "ModelImport", "ScikitLearnImporter",
                "XGBoostImporter",
            ]
        ),
        library("InferenceEngine", ["CKernels", "Diagnostics", "OnnxIR", "RegularExpressions", "Tensors"]),
        library("Quantization", ["Diagnostics", "InferenceEngine", "JSON", "OnnxIR", "Tensors"]),
        library("ImageDecoders", ["CImageCodecs", "Diagnostics", "InferenceEngine", "Tensors"]),
        library(
            "TensorFiles",
            ["Diagnostics", "Files", "JSON", "ModelFormats", "OnnxIR", "OnnxReader", "Tensors", "TextFormats"]
        ),
        library("Conformance", ["Diagnostics", "Files", "InferenceEngine", "OnnxIR", "OnnxReader", "Tensors"]),

        // 4: images
        library("OCIImage", ["ContentStore", "Diagnostics", "Files", "JSON"]),
        library("Deployment", ["Diagnostics", "JSON", "OCIImage"]),
        library("Downloads", ["CCurl", "ContentStore", "Diagnostics", "Files"]),
        library(
            "OCIArchive",
            ["Archives", "Compression", "ContentStore", "Diagnostics", "Files", "JSON", "OCIImage"]
        ),
        library(
            "SupplyChain",
            ["ContentStore", "Diagnostics", "JSON", "OCIArchive", "OCIImage", "Signing", "TextFormats"]
        ),
        library(
            "OCIRegistry",
            ["ContentStore", "Diagnostics", "Downloads", "Files", "JSON", "OCIImage", "TextFormats", "Threads"]
        ),
        library("DebianPackages", ["Archives", "ContentStore", "Diagnostics", "Downloads", "Files", "TextFormats"]),
        library(
            "PythonPackages",
            ["Archives", "ContentStore", "Diagnostics", "Downloads", "Files", "JSON", "TextFormats"]
        ),
        library(
            "Environments",
            [
                "Archives", "ContentStore", "DebianPackages", "Diagnostics", "Downloads", "Files", "JSON", "OCIArchive",
                "OCIImage", "PythonPackages", "TextFormats", "YAML",
            ]
        ),
        library(
            "ImageBuilder",
            [
                "Archives", "ContentStore", "DebianPackages", "Diagnostics", "Downloads", "Environments", "Files",
                "JSON", "OCIArchive", "OCIImage", "OCIRegistry", "PythonPackages", "TextFormats", "Threads",
            ]
        ),

        // 5: serving
        library("FeatureStatistics", ["Diagnostics", "JSON", "Tensors"]),
        library("ServingObservation", ["Diagnostics", "Files", "Threads"]),
        library("Scheduling", ["ServingObservation", "Threads"]),
        library(
            "ServingCore",
            [
                "Diagnostics", "FeatureStatistics", "Files", "InferenceEngine", "JSON", "OnnxIR", "OnnxReader",
                "Scheduling", "ServingObservation", "Tensors", "YAML",
            ]
        ),
        library(
            "ServingTransport",
            [
                "CNghttp2", "Diagnostics", "Files", "Scheduling", "ServingObservation", nioCore, nioPosix, nioHTTP1,
                nioSSL,
            ]
        ),
        library(
            "ServingHTTP",
            [
                "Compression", "Diagnostics", "FeatureStatistics", "JSON", "Scheduling", "ServingCore",
                "ServingObservation", "ServingTransport", "Tensors", "TextFormats",
            ]
        ),
        library(
            "ServingGRPC",
            [
                "Compression", "Diagnostics", "OnnxReader", "Scheduling", "ServingCore", "ServingObservation",
                "ServingTransport", "Tensors",
            ]
        ),
        library(
            "ServerCommand",
            [
                "Diagnostics", "InferenceEngine", "JSON", "Scheduling", "ServingCore", "ServingGRPC", "ServingHTTP",
                "ServingObservation", "ServingTransport", nioCore,
            ]
        ),
        library(
            "ServingClient",
            ["Diagnostics", "Downloads", "JSON", "OnnxReader", "ServingCore", "ServingGRPC", "ServingHTTP", "Tensors"]
        ),
        library(
            "LoadGenerator",
            [
                "CPoll", "Diagnostics", "Downloads", "JSON", "ServingClient", "ServingGRPC", "ServingTransport",
                nioCore, nioEmbedded, nioSSL,
            ]
        ),
        library(
            "ProtocolConformance",
            [
                "Compression", "Diagnostics", "Downloads", "Files", "JSON", "OnnxBuilder", "OnnxIR", "OnnxProtobuf",
                "OnnxReader", "ServingClient", "ServingCore", "ServingGRPC", "Tensors",
            ]
        ),

        // 6: executables
        .executableTarget(
            name: "mlpack",
            dependencies: [
                "Conformance", "ContentStore", "Deployment", "Diagnostics", "Downloads", "Environments",
                "FeatureStatistics", "Files", "ImageBuilder", "ImageDecoders", "Importers", "InferenceEngine", "JSON",
                "LoadGenerator", "ModelImport", "OCIArchive", "OCIImage", "OCIRegistry", "OnnxBuilder", "OnnxChecker",
                "OnnxIR", "OnnxProtobuf", "OnnxReader", "ProtocolConformance", "PythonPackages", "Quantization",
                "ServerCommand", "ServingClient", "ServingCore", "Signing", "SupplyChain", "TensorFiles", "Tensors",
                "YAML",
                argumentParser,
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "mlpack-serve",
            dependencies: ["Diagnostics", "ServerCommand"],
            swiftSettings: swiftSettings
        ),

        // Tests
        .testTarget(name: "CKernelsTests", dependencies: ["CKernels"], swiftSettings: swiftSettings),
        .target(
            name: "TestSupport",
            dependencies: ["OnnxIR", "Tensors"],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings
        ),
        tests("Diagnostics"),
        tests("Files"),
        tests("JSON"),
        tests("YAML", ["JSON"]),
        tests("TextFormats"),
        tests("Threads"),
        tests("Compression"),
        tests("RegularExpressions", ["Diagnostics"]),
        tests("Tensors"),
        tests("OnnxIR", ["Tensors"]),
        tests("OnnxReader", ["Diagnostics", "OnnxIR", "Tensors"]),
        tests("OnnxProtobuf", ["Diagnostics", "OnnxIR", "OnnxReader", "Tensors"]),
        tests("OnnxChecker", ["Diagnostics", "JSON", "OnnxIR", "OnnxReader", "Tensors"]),
        tests("OnnxBuilder", ["OnnxIR", "Tensors"]),
        tests("ContentStore"),
        tests("Archives"),
        tests("Signing", ["Diagnostics"]),
        tests("ModelFormats", ["Archives"]),
        tests("ModelImport", ["Diagnostics", "OnnxBuilder", "OnnxIR", "Tensors"]),
        tests("CatBoostImporter", ["ModelImport", "OnnxIR"]),
        tests("LightGBMImporter", ["Diagnostics", "ModelImport", "OnnxIR"]),
        tests("ScikitLearnImporter"),
        tests("XGBoostImporter", ["Diagnostics", "ModelImport"]),
        tests(
            "Importers",
            [
                "CatBoostImporter", "Diagnostics", "InferenceEngine", "LightGBMImporter", "ModelFormats", "ModelImport",
                "OnnxBuilder", "OnnxIR", "OnnxProtobuf", "ScikitLearnImporter", "Tensors", "XGBoostImporter",
            ]
        ),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        tests("InferenceEngine", ["AllocationCounter"]),
        tests("Quantization", ["Diagnostics", "InferenceEngine", "JSON", "OnnxIR", "Tensors"]),
        tests("ImageDecoders", ["Diagnostics", "InferenceEngine", "ModelFormats", "OnnxIR", "Tensors"]),
        tests("TensorFiles", ["Diagnostics", "JSON", "ModelFormats", "OnnxIR", "Tensors"]),
        tests("Conformance"),
        tests("OCIImage"),
        tests(
            "SupplyChain",
            ["ContentStore", "Diagnostics", "JSON", "OCIArchive", "OCIImage", "Signing", "TextFormats"]
        ),
        tests("Deployment", ["Diagnostics", "JSON", "OCIImage"]),
        tests("Downloads"),
        tests("OCIArchive", ["JSON", "OCIImage"]),
        tests("OCIRegistry", ["ContentStore", "Diagnostics", "Downloads", "JSON", "OCIImage"]),
        tests("DebianPackages"),
        tests("PythonPackages", ["Archives", "ContentStore", "Diagnostics", "Downloads", "Files", "JSON"]),
        tests("Environments", ["OCIArchive", "OCIImage", "PythonPackages"]),
        tests("ImageBuilder", ["DebianPackages", "Files", "OCIImage"]),
        tests("FeatureStatistics", ["Diagnostics", "JSON", "Tensors"]),
        tests("ServingObservation", ["Diagnostics", "Files", "Threads"]),
        tests("Scheduling"),
        tests("ServingCore", ["Diagnostics", "FeatureStatistics", "Scheduling", "ServingObservation", "Tensors"]),
        tests("ServingTransport", ["Diagnostics", "Scheduling", "ServingObservation", nioCore, nioEmbedded]),
        tests(
            "ServingHTTP",
            [
                "Compression", "Diagnostics", "JSON", "Scheduling", "ServingCore", "ServingTransport", "Tensors",
                "YAML", nioCore, nioEmbedded,
            ]
        ),
        tests("ServingGRPC", ["Scheduling", "ServingCore", "ServingTransport", "Tensors", nioCore, nioEmbedded]),
        tests(
            "ServerCommand",
            [
                "Diagnostics", "InferenceEngine", "Scheduling", "ServingCore", "ServingHTTP", "ServingTransport",
                nioCore,
            ]
        ),
        tests("ServingClient", ["Diagnostics", "Downloads", "ServingCore", "ServingGRPC", "Tensors"]),
        tests("LoadGenerator", ["Downloads", "ServingClient", "ServingCore", "Tensors"]),
        tests("ProtocolConformance", ["OnnxIR", "OnnxReader"]),
        tests("mlpack", ["JSON"]),
        tests("mlpack-serve", ["JSON"]),
        tests("Architecture"),
    ]
)

// Instrumented by libFuzzer, whose sources Tests/Fuzz/Serving/run builds alone.
if Context.environment["MLPACK_FUZZ"] != nil {
    package.products.append(.executable(name: "fuzz-serving", targets: ["fuzz-serving"]))
    package.targets.append(
        .executableTarget(
            name: "fuzz-serving",
            dependencies: [
                "JSON", "ServingCore", "ServingGRPC", "ServingHTTP", "ServingTransport", nioCore, nioEmbedded,
            ],
            path: "Tests/Fuzz/Serving",
            exclude: ["corpus.py", "requests.dict", "run"],
            swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]
        )
    )
}
