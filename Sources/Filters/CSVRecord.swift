/// One record of comma-separated values, taken apart by the grammar of RFC 4180 section 2.
///
/// Strict where the grammar is: a quote stands only around a whole field or twice within one, and a line break only
/// within quotes or at the record's end. Spaces belong to fields.
struct CSVRecord: Sendable {
  struct Field: Equatable, Sendable {
    /// In `bytes`.
    var range: Range<Int>
    var isQuoted: Bool
  }

  private(set) var fields: [Field] = []
  /// The fields' texts back to back, without quotes.
  private(set) var bytes: [UInt8] = []

  /// Replaces the content by that of another record; `quote` nil: nothing is quoted.
  ///
  /// - Throws: `FilterFailure` when it is none.
  mutating func read(
    _ text: Slice<UnsafeRawBufferPointer>, delimiter: UInt8, quote: UInt8?
  ) throws(FilterFailure) {
    fields.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    var rest = text
    if rest.last == 0x0A { rest.removeLast() }
    if rest.last == 0x0D { rest.removeLast() }
    while true {
      let start = bytes.count
      let isQuoted = quote != nil && rest.first == quote
      if let quote, isQuoted { try readQuoted(&rest, quote) } else { try readPlain(&rest, delimiter, quote) }
      fields.append(Field(range: start..<bytes.count, isQuoted: isQuoted))
      guard let next = rest.popFirst() else { return }
      guard next == delimiter else { throw FilterFailure("the record has text behind a field's closing quote") }
    }
  }

  private mutating func readPlain(
    _ rest: inout Slice<UnsafeRawBufferPointer>, _ delimiter: UInt8, _ quote: UInt8?
  ) throws(FilterFailure) {
    let field = rest.prefix { $0 != delimiter }
    for byte in field {
      guard byte != quote else { throw FilterFailure("the record has a quote within a field without quotes") }
      guard byte != 0x0A, byte != 0x0D else { throw FilterFailure("the record has a line break outside of quotes") }
    }
    bytes.append(contentsOf: field)
    rest = rest[field.endIndex...]
  }

  private mutating func readQuoted(
    _ rest: inout Slice<UnsafeRawBufferPointer>, _ quote: UInt8
  ) throws(FilterFailure) {
    rest.removeFirst()
    while true {
      let part = rest.prefix { $0 != quote }
      guard part.endIndex < rest.endIndex else {
        throw FilterFailure("the record has a quoted field that does not end")
      }
      bytes.append(contentsOf: part)
      rest = rest[part.endIndex...].dropFirst()
      guard rest.first == quote else { return }
      bytes.append(quote)
      rest.removeFirst()
    }
  }
}
