/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every system for the same seed.
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A generator that depends on the bytes alone (FNV-1a of them).
  init(for bytes: [UInt8]) {
    self.init(seed: bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Below `bound`, which is at least 1.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// True once in `count` times.
  mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// The bytes cut at random places, now and then at every one; pieces may be empty.
  mutating func pieces<Byte>(of bytes: [Byte]) -> [[Byte]] {
    if oneIn(8) { return bytes.map { [$0] } }
    let cuts = ([0, bytes.count] + (0..<below(6)).map { _ in below(bytes.count + 1) }).sorted()
    return zip(cuts, cuts.dropFirst()).map { Array(bytes[$0..<$1]) }
  }
}
