/// Makes new inputs of a corpus: a few changes, one on another.
struct Mutator {
  let corpus: [[UInt8]]
  let words: [[UInt8]]

  /// The longest input that is made.
  static let longest = 4096
  /// Values at which lengths and signs turn.
  private static let edges: [UInt8] = [
    0, 1, 9, 10, 13, 32, 34, 125, 126, 127, 128, 129, 136, 137, 192, 224, 240, 254, 255,
  ]

  init(corpus: [[UInt8]], words: [String]) {
    self.corpus = corpus.isEmpty ? [[]] : corpus
    self.words = words.map { Array($0.utf8) }
  }

  func make(_ random: inout Random) -> [UInt8] {
    var bytes = corpus[random.below(corpus.count)]
    for _ in 0...random.below(6) { change(&bytes, &random) }
    return Array(bytes.prefix(Self.longest))
  }

  private func change(_ bytes: inout [UInt8], _ random: inout Random) {
    let place = random.below(bytes.count + 1)
    switch random.below(10) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1 where place < bytes.count: bytes[place] = UInt8(random.below(256))
    case 2 where place < bytes.count: bytes[place] = Self.edges[random.below(Self.edges.count)]
    case 3: bytes.insert(Self.edges[random.below(Self.edges.count)], at: place)
    case 4: bytes.insert(contentsOf: (0..<random.below(9)).map { _ in UInt8(random.below(256)) }, at: place)
    case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(32)))
    case 6:
      let part = bytes[place..<min(bytes.count, place + 1 + random.below(64))]
      bytes.insert(contentsOf: Array(part), at: random.below(bytes.count + 1))
    case 7:
      let other = corpus[random.below(corpus.count)]
      bytes.replaceSubrange(place..., with: other[random.below(other.count + 1)...])
    default:
      guard !words.isEmpty else { return }
      bytes.insert(contentsOf: words[random.below(words.count)], at: place)
    }
  }
}
