#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One run of one target.
struct Driver {
  let target: any FuzzTarget.Type
  let seconds: Double
  let seed: UInt64
  let first: UInt64
  let corpus: [[UInt8]]

  /// The corpus, then changes of it until the time is over.
  func run() async throws {
    let runner = try await target.init()
    let mutator = Mutator(corpus: corpus, words: target.words)
    let deadline = ContinuousClock.now + .seconds(seconds)
    for (index, input) in corpus.enumerated() { try run(runner, input, "corpus file \(index + 1)") }
    var iteration = first
    while ContinuousClock.now < deadline {
      // Each iteration starts from its own number: it can be repeated without those before it.
      var random = Random(seed: seed &+ iteration &* 0x9E37_79B9_7F4A_7C15)
      try run(runner, mutator.make(&random), "--seed \(seed) --first \(iteration)")
      iteration += 1
    }
    try await runner.finish()
    defer { fflush(nil) }
    print("fuzz: \(target.name): ok, \(corpus.count) files and \(iteration - first) changes, seed \(seed)")
  }

  /// One input.
  func run(only input: [UInt8]) async throws {
    let runner = try await target.init()
    try run(runner, input, "--hex")
    try await runner.finish()
    print("fuzz: \(target.name): ok")
  }

  private func run(_ runner: any FuzzTarget, _ input: [UInt8], _ how: String) throws(Finding) {
    var random = Random(for: input)
    CrashReport.begin("\(target.name) \(how)", input)
    defer { CrashReport.end() }
    do throws(Finding) {
      try runner.run(input, &random)
    } catch {
      throw Finding("\(error.message)\n  \(how); input: \(CrashReport.hex(input))")
    }
  }
}
