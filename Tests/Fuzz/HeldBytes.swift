import NIOCore

/// How many bytes a parser's state holds: its arrays of bytes and its buffers, however deep.
///
/// By reflection, so that a parser cannot forget to count something; what is configured (a delimiter) is passed over. It is
/// slow: ask after some of the pieces only.
func heldBytes(_ value: Any, except names: Set<String> = []) -> Int {
  switch value {
  case let bytes as [UInt8]: bytes.count
  case let buffer as ByteBuffer: buffer.readableBytes
  default:
    Mirror(reflecting: value).children.reduce(0) { sum, child in
      names.contains(child.label ?? "") ? sum : sum + heldBytes(child.value, except: names)
    }
  }
}
