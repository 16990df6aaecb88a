import ConfigText

/// `sample: 0.1` or `sample: {every: 10}`: thins a stream.
package struct SampleSpec: FilterSpec {
  /// How likely a message is to pass.
  package var fraction: Double?
  /// The first of so many passes.
  package var every: Int?
  /// Where the random numbers start; nil: anywhere.
  package var seed: Int?

  package static let key = "sample"
  package static let summary = "Lets a part of the messages pass: a random one, or the first of every so many."
  package static let example = "{every: 10}"
  package static var keys: [FilterKey] { fields.filterKeys }

  private static let fields = FieldTable<SampleSpec>([
    Field("fraction", \.fraction, "How likely each message is to pass.", example: "0.1", decode: decodeFraction),
    .bounded(
      "every", \.every, 1...1_000_000_000, "from 1 to 1000000000", "The first of so many messages passes.",
      example: "10"),
    Field(
      "seed", \.seed, "Makes 'fraction' choose the same messages each time it starts: for tests.",
      default: "another each time", example: "7"),
  ])

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> SampleSpec? {
    guard let spec = fields.decode(node, into: SampleSpec(), label: key, short: "fraction", &reader) else { return nil }
    switch (spec.fraction, spec.every) {
    case (nil, nil): reader.error("'sample' needs 'fraction' or 'every'", at: node.place)
    case (_?, _?): reader.error("'sample' has either 'fraction' or 'every'", at: node.place)
    case (nil, _?) where spec.seed != nil: reader.error("'seed' needs 'fraction'", at: node.place)
    default: return spec
    }
    return nil
  }

  private static func decodeFraction(_ node: ConfigNode, _ spec: inout SampleSpec, _ reader: inout ConfigReader) {
    guard let fraction = Double.decode(node, &reader) else { return }
    guard fraction <= 0 || fraction > 1 else { return spec.fraction = fraction }
    let whole = fraction > 1 ? Int(exactly: fraction) : nil
    let hint = whole.map { "; of \($0) messages one passes with {every: \($0)}" } ?? ""
    reader.error("'fraction' is more than 0 and at most 1\(hint)", at: node.place)
  }

  package func makeFilter() -> any Filter {
    if let every { return EveryFilter(every: every) }
    let seed = seed.map { UInt64(bitPattern: Int64($0)) } ?? UInt64.random(in: .min ... .max)
    return ChanceFilter(fraction: fraction ?? 1, random: SplitMix(state: seed))
  }
}

struct ChanceFilter: Filter {
  let fraction: Double
  var random: SplitMix

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    Double.random(in: 0..<1, using: &random) < fraction
  }
}

struct EveryFilter: Filter {
  let every: Int
  /// How many messages are skipped before the next passes.
  private var left = 0

  init(every: Int) { self.every = every }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    left = left == 0 ? every - 1 : left - 1
    return left == every - 1
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and good enough to choose messages.
struct SplitMix: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
