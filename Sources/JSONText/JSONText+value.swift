extension JSONText {
  /// Where the value of a field stands in a JSON object, without the white space around it; `a.b` is field `b` of the
  /// object in `a`. Of two fields of one name the last counts. Nil: no such field, or no JSON object.
  ///
  /// It reads the whole object, so that a text that breaks off or has something behind it is none. Who reads many
  /// fields or messages keeps a `JSONTape`.
  package static func value(of field: String, in text: UnsafeRawBufferPointer) -> Range<Int>? {
    var tape = JSONTape()
    guard (try? tape.parse(text)) != nil else { return nil }
    let path = JSONPath(names: field.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
    return tape.node(at: path, in: text).map { tape.range(of: $0) }
  }
}
