// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors where tests and CI build (CLEAVE_STRICT=1); a plain build with a newer
// compiler must not fail on a warning it has just learnt.
let strict = Context.environment["CLEAVE_STRICT"] == "1"
let swiftSettings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []
let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

let network = TargetDependencyCondition.when(traits: ["Network"])

let package = Package(
  name: "cleave",
  products: [.executable(name: "cleave", targets: ["cleave"])],
  traits: [
    .trait(
      name: "Network",
      description: "`cleave serve` and `cleave run --cloud HOST:PORT`: gRPC, minutes of building.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // Only with the trait Network.
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    // The cellar: C. Module maps of system libraries, system calls, kernels.
    .systemLibrary(name: "CJSON", pkgConfig: "json-c", providers: [.apt(["libjson-c-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "CleaveSystem", path: "Sources/System", cSettings: cSettings),
    .target(
      name: "CleaveKernels", path: "Sources/Kernels",
      cSettings: cSettings + [.headerSearchPath(".")]),

    // The ground. Storage: errors, files, JSON, safetensors. Text: tokenizers and chat templates.
    // Model: the configuration, the artifact and its records, which every stage shares.
    .target(
      name: "CleaveStorage",
      dependencies: [
        "CJSON", "CleaveSystem", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Sources/Storage", swiftSettings: swiftSettings),
    .target(
      name: "CleaveText", dependencies: ["CleaveStorage"],
      path: "Sources/Text", swiftSettings: swiftSettings),
    .target(
      name: "CleaveModel", dependencies: ["CleaveStorage", "CleaveText"],
      path: "Sources/Model", swiftSettings: swiftSettings),

    // Exits, for those who make them and those who ask them: where they stand, how they begin, when
    // they answer.
    .target(
      name: "CleaveExits", dependencies: ["CleaveStorage", "CleaveModel"],
      path: "Sources/Exits", swiftSettings: swiftSettings),

    // Reads prompt files; stages may import it.
    .target(
      name: "CleavePrompts", dependencies: ["CleaveStorage", "CleaveText", "CleaveModel"],
      path: "Sources/Prompts", swiftSettings: swiftSettings),

    // Runs bundles; knows nothing of how they were made.
    .target(
      name: "CleaveRuntime",
      dependencies: [
        "CleaveStorage", "CleaveExits", "CleaveModel", "CleaveKernels", "CleaveSystem", "CZstd",
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      path: "Sources/Runtime", swiftSettings: swiftSettings),

    // Measures models on text; for stages that choose by what they measure, as for people.
    .target(
      name: "CleaveEvaluate",
      dependencies: [
        "CleavePrompts",
        "CleaveExits", "CleaveStorage", "CleaveText", "CleaveModel", "CleaveRuntime",
        "CleaveKernels",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Sources/Evaluate", swiftSettings: swiftSettings),

    // Measures machines, for predicting the cost of models on them.
    .target(
      name: "CleaveProfile",
      dependencies: [
        "CleaveStorage", "CleaveModel", "CleaveRuntime", "CleaveKernels", "CleaveSystem",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Sources/Profile", swiftSettings: swiftSettings),

    // The stages. They never import one another.
    .target(
      name: "CleaveConvert",
      dependencies: [
        "CleaveStorage", "CleaveText", "CleaveModel", "CleaveKernels",
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Sources/Convert", swiftSettings: swiftSettings),
    .target(
      name: "CleaveCalibrate",
      dependencies: [
        "CleavePrompts",
        "CleaveExits", "CleaveStorage", "CleaveText", "CleaveModel", "CleaveRuntime",
        "CleaveEvaluate",
      ],
      path: "Sources/Calibrate", swiftSettings: swiftSettings),
    .target(
      name: "CleavePartition",
      dependencies: [
        "CleavePrompts",
        "CleaveExits", "CleaveStorage", "CleaveText", "CleaveModel", "CleaveRuntime",
        "CleaveEvaluate",
      ],
      path: "Sources/Partition", swiftSettings: swiftSettings),
    .target(
      name: "CleaveQuantize",
      dependencies: [
        "CleaveStorage", "CleaveText", "CleaveModel", "CleaveRuntime", "CleaveEvaluate",
        "CleaveKernels", "COpenBLAS",
      ],
      path: "Sources/Quantize", swiftSettings: swiftSettings),

    // Plays deployments before there are any.
    .target(
      name: "CleavePlan",
      dependencies: [
        "CleaveExits", "CleaveStorage", "CleaveModel", "CleaveRuntime", "CleaveEvaluate",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
      ],
      path: "Sources/Plan", swiftSettings: swiftSettings),

    .target(
      name: "CleaveTrain",
      dependencies: [
        "CleavePrompts",
        "CleaveExits", "CleaveStorage", "CleaveText", "CleaveModel", "CleaveRuntime",
        "CleaveEvaluate",
        "CleaveKernels", "COpenBLAS",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Sources/Train", swiftSettings: swiftSettings),

    // Shows what a calibration saw.
    .target(
      name: "CleaveReport", dependencies: ["CleaveStorage", "CleaveModel"],
      path: "Sources/Report", swiftSettings: swiftSettings),

    // Carries Runtime's messages between machines. Empty without the trait.
    .target(
      name: "CleaveNetwork",
      dependencies: [
        "CleaveStorage", "CleaveModel", "CleaveRuntime", "CleaveSystem",
        .product(name: "GRPCCore", package: "grpc-swift-2", condition: network),
        .product(
          name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport",
          condition: network),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf", condition: network),
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: network),
        .product(name: "NIOCore", package: "swift-nio", condition: network),
        .product(name: "Logging", package: "swift-log", condition: network),
        .product(name: "Hummingbird", package: "hummingbird", condition: network),
        .product(
          name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: network),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Sources/Network", swiftSettings: swiftSettings),

    // Says who made an artifact.
    .target(
      name: "CleaveSigning",
      dependencies: [
        "CleaveStorage", "CleaveModel", .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Sources/Signing", swiftSettings: swiftSettings),

    // Takes bundles to registries and brings them back. Its client is empty without the trait.
    .target(
      name: "CleaveRegistry",
      dependencies: [
        "CleaveStorage", "CleaveModel", "CleaveNetwork", "CleaveSigning",
        .product(name: "AsyncHTTPClient", package: "async-http-client", condition: network),
        .product(name: "NIOCore", package: "swift-nio", condition: network),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: network),
        .product(name: "NIOPosix", package: "swift-nio", condition: network),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: network),
      ],
      path: "Sources/Registry", swiftSettings: swiftSettings),

    // Writes what people and tools want to know of a bundle: model card, bill of materials, provenance.
    .target(
      name: "CleaveProvenance", dependencies: ["CleaveStorage", "CleaveModel"],
      path: "Sources/Provenance", swiftSettings: swiftSettings),

    // Composes the stages: one recipe in, verified bundles out.
    .target(
      name: "CleaveBuild",
      dependencies: [
        "CleaveCalibrate", "CleaveConvert", "CleaveEvaluate", "CleaveExits", "CleaveModel",
        "CleavePartition", "CleaveProfile", "CleavePrompts", "CleaveProvenance", "CleaveQuantize",
        "CleaveRegistry", "CleaveReport", "CleaveStorage", "CleaveSystem", "CleaveTrain",
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Sources/Build", swiftSettings: swiftSettings),

    // Composes a run: opens bundles, chooses and connects a cloud, generates one text.
    .target(
      name: "CleaveGenerate",
      dependencies: [
        "CleaveStorage", "CleaveText", "CleaveExits", "CleaveModel", "CleaveRuntime",
        "CleaveNetwork",
      ],
      path: "Sources/Generate", swiftSettings: swiftSettings),

    // The edge as a service for clients of OpenAI's interface. Its server is empty without the trait.
    .target(
      name: "CleaveService",
      dependencies: [
        "CleaveStorage", "CleaveText", "CleaveExits", "CleaveModel", "CleaveRuntime",
        "CleaveNetwork", "CleaveGenerate",
        .product(name: "Logging", package: "swift-log", condition: network),
        .product(name: "Hummingbird", package: "hummingbird", condition: network),
      ],
      path: "Sources/Service", swiftSettings: swiftSettings),

    .executableTarget(
      name: "cleave",
      dependencies: [
        "CleaveBuild", "CleaveGenerate", "CleaveNetwork", "CleavePrompts", "CleaveService",
        "CleaveExits", "CleaveStorage", "CleaveModel", "CleaveRuntime", "CleaveConvert",
        "CleaveCalibrate", "CleavePartition",
        "CleaveEvaluate", "CleaveQuantize", "CleaveTrain", "CleavePlan", "CleaveProfile",
        "CleaveRegistry", "CleaveReport", "CleaveSigning", "CleaveSystem",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: swiftSettings),

    // `make bench`: ratios against a named peer, measured in the same run.
    .executableTarget(
      name: "cleave-bench",
      dependencies: [
        "CleavePrompts",
        "CleaveExits", "CleaveStorage", "CleaveText", "CleaveModel", "CleaveRuntime",
        "CleaveNetwork",
        "CleaveEvaluate", "CleaveKernels",
        "COpenBLAS",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Bench", swiftSettings: swiftSettings),

    // Golden files and hostile inputs that the tests share.
    .target(
      name: "TestSupport",
      dependencies: [
        "CleaveStorage", "CleaveText", "CleaveExits", "CleaveModel", "CleaveConvert",
        "CleavePartition",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/Support", swiftSettings: swiftSettings),
    .testTarget(
      name: "KernelsTests",
      dependencies: ["CleaveKernels", "CleaveStorage", "COpenBLAS", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ModelTests",
      dependencies: [
        "CleaveStorage", "CleaveSystem", "CleaveText", "CleaveModel", "CleaveConvert",
        "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ConvertTests",
      dependencies: [
        "CleaveConvert", "CleaveKernels", "CleaveStorage", "CleaveText", "CleaveExits",
        "CleaveModel", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ExitsTests",
      dependencies: ["CleaveExits", "CleaveModel", "CleaveStorage", "TestSupport"],
      swiftSettings: swiftSettings),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: cSettings),
    .testTarget(
      name: "RuntimeTests",
      dependencies: [
        "CleaveRuntime", "CleaveStorage", "CleaveText", "CleaveExits",
        "CleaveModel",
        "CleaveConvert", "TestSupport",
        "AllocationCounter",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PartitionTests",
      dependencies: [
        "CleavePrompts",
        "CleavePartition", "CleaveEvaluate", "CleaveCalibrate", "CleaveRuntime", "CleaveStorage",
        "CleaveExits", "CleaveModel",
        "CleaveConvert",
        "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CalibrateTests",
      dependencies: [
        "CleavePrompts",
        "CleaveCalibrate", "CleaveEvaluate", "CleaveRuntime", "CleaveStorage",
        "CleaveExits", "CleaveModel", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EvaluateTests",
      dependencies: [
        "CleavePrompts",
        "CleaveEvaluate", "CleaveRuntime", "CleaveExits", "CleaveStorage", "CleaveText",
        "CleaveModel",
        "CleaveConvert", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "QuantizeTests",
      dependencies: [
        "CleaveQuantize", "CleaveEvaluate", "CleaveRuntime", "CleaveKernels", "CleavePartition",
        "CleaveStorage", "CleaveText", "CleaveModel",
        "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TrainTests",
      dependencies: [
        "CleavePrompts",
        "CleaveTrain", "CleaveEvaluate", "CleaveRuntime", "CleaveKernels", "CleaveConvert",
        "CleaveStorage", "CleaveText", "CleaveExits", "CleaveModel", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ProfileTests",
      dependencies: ["CleaveProfile", "CleaveModel", "CleaveStorage"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "PlanTests",
      dependencies: [
        "CleavePlan", "CleaveEvaluate", "CleaveRuntime", "CleaveStorage", "CleaveExits",
        "CleaveModel", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "SigningTests",
      dependencies: [
        "CleaveSigning", "CleaveStorage", "CleaveModel", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "BuildTests",
      dependencies: [
        "CleaveBuild", "CleaveEvaluate", "CleaveModel", "CleaveStorage", "TestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ReportTests",
      dependencies: ["CleaveReport", "CleaveStorage", "CleaveModel", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NetworkTests",
      dependencies: [
        "CleaveNetwork", "CleaveRuntime", "CleaveStorage", "CleaveExits",
        "CleaveModel",
        "TestSupport",
        .product(name: "Logging", package: "swift-log", condition: network),
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: network),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "CleaveService", "CleaveGenerate", "CleaveNetwork", "CleaveRuntime", "CleaveStorage",
        "CleaveConvert", "CleaveExits", "CleaveModel", "TestSupport",
        .product(name: "Logging", package: "swift-log", condition: network),
      ],
      swiftSettings: swiftSettings),
    // Readers of what strangers send, as a fuzzer runs them; FuzzTests replays what campaigns found.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "CleaveBuild", "CleaveConvert", "CleaveModel", "CleaveNetwork", "CleavePrompts",
        "CleaveQuantize", "CleaveRuntime", "CleaveService", "CleaveSigning", "CleaveStorage",
        "CleaveText",
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: network),
      ],
      path: "Tests/FuzzTargets", swiftSettings: swiftSettings),
    .testTarget(
      name: "FuzzTests", dependencies: ["CleaveStorage", "FuzzTargets", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ProvenanceTests",
      dependencies: ["CleaveProvenance", "CleaveModel", "CleaveStorage", "TestSupport"],
      swiftSettings: swiftSettings),
    // By itself, because it imports Foundation, whose methods of texts would be seen in every test.
    .target(
      name: "RegistrySupport", dependencies: ["CleaveStorage", "TestSupport"],
      path: "Tests/RegistrySupport",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "RegistryTests",
      dependencies: [
        "RegistrySupport",
        "CleaveRegistry", "CleaveSigning", "CleaveNetwork", "CleaveStorage", "CleaveModel",
        "TestSupport",
        .product(name: "Logging", package: "swift-log", condition: network),
        .product(name: "Hummingbird", package: "hummingbird", condition: network),
      ],
      swiftSettings: swiftSettings),
    // Runs the built executables, as a person would.
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "RegistrySupport",
        "CleavePrompts",
        "cleave", "cleave-bench", "CleaveExits", "CleaveStorage", "CleaveModel",
        "CleaveNetwork",
        "CleaveRuntime", "TestSupport",
      ],
      swiftSettings: swiftSettings),
  ]
)

// `make fuzz`: libFuzzer's loop over the targets. Its runtime comes with the toolchain, and only that build has
// the flags to link it.
if Context.environment["CLEAVE_FUZZ"] == "1" {
  package.targets += [
    .systemLibrary(name: "LibFuzzer", path: "Tests/LibFuzzer"),
    .executableTarget(
      name: "cleave-fuzz", dependencies: ["CleaveStorage", "FuzzTargets", "LibFuzzer"],
      path: "Tests/FuzzRunner",
      swiftSettings: swiftSettings),
  ]
}

// `make sanitize`: only the tests that it runs are built.
if let names = Context.environment["CLEAVE_TESTS"]?.split(separator: ",").map(String.init) {
  package.targets.removeAll { $0.type == .test && !names.contains($0.name) }
}
