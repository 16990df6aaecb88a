import NIOCore
import Wire

/// A frame as a client sends it, masked with `key`; `first` has FIN, RSV and the opcode.
func frame(_ first: UInt8, _ payload: [UInt8], key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]) -> [UInt8] {
  var bytes = [first]
  switch payload.count {
  case ..<126: bytes.append(0x80 | UInt8(payload.count))
  case ..<65536: bytes += [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
  default: bytes += [0xFF] + (0..<8).map { UInt8(payload.count >> (56 - $0 * 8) & 255) }
  }
  return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
}

/// The messages, with the pieces of each joined.
func joined(_ events: [WebSocketParser.Event]) -> [WebSocketParser.Event] {
  var result: [WebSocketParser.Event] = []
  for event in events {
    if case .data(let piece, let isText, false, let isLast) = event, case .data(var bytes, _, true, _) = result.last {
      bytes.writeImmutableBuffer(piece)
      result[result.count - 1] = .data(bytes, isText: isText, isFirst: true, isLast: isLast)
    } else {
      result.append(event)
    }
  }
  return result
}
