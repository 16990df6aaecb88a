import NIOCore

/// The mask of a client's frame (RFC 6455 section 5.3): byte i is XORed with byte i mod 4 of the key.
struct WebSocketMask {
  let key: UInt32
  /// How many payload bytes have been unmasked.
  private var count = 0

  init(key: UInt32) { self.key = key }

  /// Unmasks the payload's next bytes.
  mutating func apply(to piece: inout ByteBuffer) {
    let shift = UInt32(count % 4) * 8
    let key = shift == 0 ? key : key << shift | key >> (32 - shift)
    count += piece.readableBytes
    guard key != 0 else { return }
    piece.withUnsafeMutableReadableBytes { raw in
      let wide = (UInt64(key) << 32 | UInt64(key)).bigEndian
      var index = 0
      while index + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        raw.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
        index += 8
      }
      while index < raw.count {
        raw[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(24 - index % 4 * 8))
        index += 1
      }
    }
  }
}
