import NIOCore
import Wire

/// A text's bytes.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension RawDeflater {
  /// The output, with its tail.
  func compress(_ bytes: [UInt8]) -> [UInt8] {
    var output = ByteBuffer()
    bytes.withUnsafeBytes { compress($0, into: &output) }
    return Array(output.readableBytesView)
  }

  /// As a WebSocket message's payload has it.
  func message(_ bytes: [UInt8]) -> [UInt8] { Array(compress(bytes).dropLast(RawDeflater.tail.count)) }
}

extension RawInflater {
  func inflate(_ bytes: [UInt8], limit: Int = 1 << 30) throws(InflateFailure) -> [UInt8] {
    var output = ByteBuffer()
    try inflate(bytes, into: &output, limit: limit)
    return Array(output.readableBytesView)
  }

  func inflate(_ bytes: [UInt8], into output: inout ByteBuffer, limit: Int) throws(InflateFailure) {
    let result: Result<Void, InflateFailure> = bytes.withUnsafeBytes { raw in
      do throws(InflateFailure) { return .success(try inflate(raw, into: &output, limit: limit)) } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}

/// Bytes that cannot be compressed.
func noise(_ count: Int, _ random: inout some RandomNumberGenerator) -> [UInt8] {
  (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
}

/// Contents of many kinds: none, noise, runs, text, and mixtures of them.
func anyContent(_ random: inout some RandomNumberGenerator, most: Int = 20_000) -> [UInt8] {
  let words = ["\"price\":", "ACME", ",", "{\"symbol\":\"", "0.1", "grün", "\n", "\u{0}"].map(bytes)
  var content: [UInt8] = []
  let count = Int.random(in: 0...most, using: &random) >> Int.random(in: 0...12, using: &random)
  while content.count < count {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: content += noise(Int.random(in: 1...300, using: &random), &random)
    case 1: content += [UInt8](repeating: 7, count: Int.random(in: 1...2000, using: &random))
    default: for _ in 0..<20 { content += words.randomElement(using: &random) ?? [] }
    }
  }
  return content
}

/// The same bytes in pieces, some of them empty.
func pieces(_ whole: [UInt8], _ random: inout some RandomNumberGenerator) -> [[UInt8]] {
  var rest = whole[...]
  var result: [[UInt8]] = []
  while !rest.isEmpty {
    let count = Int.random(in: 0...max(1, rest.count >> Int.random(in: 0...6, using: &random)), using: &random)
    result.append(Array(rest.prefix(count)))
    rest = rest.dropFirst(count)
  }
  return result
}
