/// Strings are sequences of Unicode scalars here, compared without normalization, as the specification has it.
extension String {
  func sameScalars(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    return withBytes { left in other.withBytes { right in left.elementsEqual(right) } }
  }

  /// UTF-8 bytes sort as the scalars do.
  func sortsBefore(_ other: String) -> Bool {
    withBytes { left in other.withBytes { right in left.lexicographicallyPrecedes(right) } }
  }

  /// The bytes in place, or in a copy for strings that are kept in pieces.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(utf8).withUnsafeBufferPointer(body)
  }
}
