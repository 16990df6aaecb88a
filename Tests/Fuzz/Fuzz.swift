import ArgumentParser

/// Runs what reads foreign bytes with the corpus and with random changes of it, for a bounded time.
@main
struct Fuzz: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Feeds arbitrary bytes to the parsers, the request handling and the encoders.",
    discussion: """
      Each target runs the files of its corpus and then changes of them, until its time is over. A finding ends the run \
      with the input in hexadecimal; '--hex' with one target repeats it. Put its bytes into the corpus: 'xxd -r -p'.
      """)

  static var targets: [any FuzzTarget.Type] {
    [FrameTarget.self, RequestsTarget.self, EventTarget.self, YAMLTarget.self, FramerTarget.self, JSONTarget.self]
  }

  @Argument(help: "Which: \(targets.map { $0.name }.joined(separator: ", ")).") var names: [String] = []
  @Option(help: "How many seconds for each target.") var seconds = 3.0
  @Option(help: "What the random changes depend on; another one each run when it is not given.") var seed: UInt64?
  @Option(help: "The first iteration, to repeat a later one at once.") var first: UInt64 = 0
  @Option(help: "Run this input only.") var hex: String?
  @Option(help: "The folder of the corpora.") var corpus = Corpus.folder

  func validate() throws {
    for name in names where !Self.targets.contains(where: { $0.name == name }) {
      throw ValidationError("there is no target '\(name)'")
    }
    if hex != nil, names.count != 1 { throw ValidationError("'--hex' is for one target") }
  }

  func run() async throws {
    CrashReport.install()
    let seed = self.seed ?? UInt64.random(in: 0..<1 << 32)
    for target in Self.targets where names.isEmpty || names.contains(target.name) {
      let driver = Driver(
        target: target, seconds: seconds, seed: seed, first: first, corpus: Corpus.load(target.name, in: corpus))
      do {
        if let hex {
          try await driver.run(only: Self.bytes(hex))
        } else {
          try await driver.run()
        }
      } catch let finding as Finding {
        print("fuzz: \(target.name): FAILED: \(finding.message)")
        throw ExitCode.failure
      }
    }
  }

  private static func bytes(_ hex: String) throws -> [UInt8] {
    let digits = Array(hex)
    guard digits.count.isMultiple(of: 2) else { throw ValidationError("an odd number of hexadecimal digits") }
    return try stride(from: 0, to: digits.count, by: 2).map { index in
      guard let byte = UInt8(String(digits[index...index + 1]), radix: 16) else {
        throw ValidationError("'\(digits[index])\(digits[index + 1])' is not a byte")
      }
      return byte
    }
  }
}
