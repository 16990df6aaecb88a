/// Content that nothing before it foretells: the same in each run.
struct Noise {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }

  /// Any bytes but line feeds.
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in
      let byte = UInt8(next() >> 56)
      return byte == 10 ? 11 : byte
    }
  }

  /// So many words, of some 12 letters each.
  mutating func words(_ count: Int) -> [String] { (0..<count).map { _ in String(next(), radix: 36) } }

  /// A numbered message of some 1000 bytes.
  mutating func text(_ number: Int) -> String {
    "{\"k\":\(number % 7),\"n\":\(number),\"noise\":\"\(words(80).joined())\"}"
  }

  static func texts(_ numbers: ClosedRange<Int>) -> [String] {
    var noise = Noise(9)
    return numbers.map { noise.text($0) }
  }
}
