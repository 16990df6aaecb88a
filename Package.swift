// swift-tools-version: 6.2
// The targets stand in layers, lowest first; a module imports only what stands above it here.
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "sluice",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sluice", targets: ["sluice"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .target(name: "ConfigText", dependencies: ["CLibYAML"], swiftSettings: strict),
    .target(name: "JSONText", swiftSettings: strict),
    .target(name: "Expressions", swiftSettings: strict),
    .target(
      name: "Streams",
      dependencies: [
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(name: "Wire", dependencies: ["CZlib", "JSONText", "Streams"], swiftSettings: strict),
    .target(
      name: "Delivery",
      dependencies: [
        "Streams", "Wire",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "Descriptors",
      dependencies: ["ConfigText", .product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: strict),
    .target(
      name: "Processes",
      dependencies: [
        "ConfigText", "Descriptors",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .target(
      name: "Filters",
      dependencies: [
        "ConfigText", "JSONText", "Expressions", "Streams", "Delivery", "Processes",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "Ingest",
      dependencies: [
        "ConfigText", "JSONText", "Delivery", "Descriptors", "Processes", "Filters",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .target(
      name: "Serving",
      dependencies: [
        "COpenSSL", "Delivery", "Descriptors",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(
      name: "Routing",
      dependencies: [
        "ConfigText", "Descriptors", "Expressions", "Filters", "Ingest", "JSONText", "Serving",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sluice",
      dependencies: [
        "ConfigText", "Delivery", "Descriptors", "Filters", "Ingest", "JSONText", "Routing", "Serving", "Streams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .testTarget(name: "ConfigTextTests", dependencies: ["ConfigText"], swiftSettings: strict),
    .testTarget(name: "JSONTextTests", dependencies: ["JSONText"], swiftSettings: strict),
    .testTarget(name: "ExpressionsTests", dependencies: ["Expressions"], swiftSettings: strict),
    .testTarget(name: "StreamsTests", dependencies: ["Streams"], swiftSettings: strict),
    .testTarget(name: "WireTests", dependencies: ["TestSupport", "Wire"], swiftSettings: strict),
    .testTarget(name: "DeliveryTests", dependencies: ["CZlib", "Delivery", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "DescriptorsTests", dependencies: ["Descriptors", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "FiltersTests",
      dependencies: [
        "ConfigText", "Delivery", "JSONText", "Filters", "Processes", "Streams",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "IngestTests",
      dependencies: [
        "Descriptors", "Ingest", "Processes", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(name: "RoutingTests", dependencies: ["ConfigText", "Ingest", "Routing"], swiftSettings: strict),
    .testTarget(
      name: "ServingTests",
      dependencies: [
        "Descriptors", "Serving", "TestSupport", .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SluiceTests",
      dependencies: ["Filters", "TestSupport", "sluice", .product(name: "NIOCore", package: "swift-nio")],
      exclude: ["Broken"],
      swiftSettings: strict),
    .target(
      name: "TestSupport",
      dependencies: [
        "CZlib",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "ConfigText", "Delivery", "Ingest", "JSONText", "Routing", "Serving", "Streams", "Wire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/Fuzz", exclude: ["Corpus", "libfuzzer.sh"], swiftSettings: strict),
    .executableTarget(
      name: "index-benchmark",
      dependencies: [
        "ConfigText", "Delivery", "Filters", "Streams",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/Benchmarks/Index", swiftSettings: strict),
    .executableTarget(
      name: "fanout-benchmark", dependencies: ["TestSupport"], path: "Tests/Benchmarks/FanOut", swiftSettings: strict),
    .executableTarget(
      name: "compression-benchmark", dependencies: ["CZlib", "TestSupport"], path: "Tests/Benchmarks/Compression",
      swiftSettings: strict),
    .executableTarget(
      name: "reload-soak", dependencies: ["TestSupport"], path: "Tests/Soak/Reload", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
