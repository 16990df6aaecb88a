import ConfigText
import JSONText
import Streams

/// `csv: {header: true}`: each message is a record (RFC 4180), and becomes JSON.
package struct CSVSpec: FilterSpec, ConfigSpec {
  package var header = false
  package var columns: [String]?
  /// One byte, ASCII.
  package var delimiter = UInt8(ascii: ",")
  /// One byte, ASCII; nil: nothing is quoted.
  package var quote: UInt8? = UInt8(ascii: "\"")
  package var numbers = false

  package init() {}

  package static let isTimed = false
  package static let key = "csv"
  package static let label = key
  package static let summary =
    "Makes a JSON object of a record of comma-separated values, or a JSON array when the columns have no names."
  package static let example = "{header: true, numbers: true}"
  package static var keys: [FilterKey] { fields.filterKeys }

  package static let fields = FieldTable<CSVSpec>([
    Field(
      "header", \.header,
      "The first message has the columns' names and does not go on; the same line again is passed over too.",
      default: "false", example: "true"),
    Field("columns", \.columns, "The columns' names, also in place of those of a header.", example: "[symbol, price]") {
      node, spec, reader in
      guard let names = [String].decode(node, &reader) else { return }
      if names.isEmpty { reader.error("'columns' is empty", at: node.place) }
      if Set(names).count < names.count { reader.error("two columns have one name", at: node.place) }
      spec.columns = names
    },
    Field("delimiter", \.delimiter, "The character between two fields.", default: "','", example: "';'") {
      node, spec, reader in
      if let byte = character(node, &reader) { spec.delimiter = byte }
    },
    Field(
      "quote", \.quote,
      "The character around a field that has delimiters, line breaks or (twice) itself in it; '' for none.",
      default: "'\"'", example: "\"'\""
    ) { node, spec, reader in
      if node.scalar.map({ $0.text.isEmpty && !$0.isBroken }) ?? false {
        spec.quote = nil
      } else if let byte = character(node, &reader) {
        spec.quote = byte
      }
    },
    Field(
      "numbers", \.numbers, "Fields without quotes that are numbers by JSON's rules stay numbers, as they are spelled.",
      default: "false", example: "true"),
  ])

  private static func character(_ node: ConfigNode, _ reader: inout ConfigReader) -> UInt8? {
    guard let text = String.decode(node, &reader) else { return nil }
    guard let byte = text.utf8.first, text.utf8.count == 1, byte < 0x7F, byte >= 0x20 || byte == 0x09 else {
      reader.mismatch(node, expected: "one character of ASCII")
      return nil
    }
    return byte
  }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> CSVSpec? {
    guard var mapping = FieldReader(node, context: key, &reader) else { return nil }
    let before = reader.diagnostics.count
    var spec = CSVSpec()
    mapping.read(&spec, fields, &reader)
    mapping.finish(&reader)
    if spec.delimiter == spec.quote { reader.error("'delimiter' and 'quote' are the same", at: node.place) }
    return reader.diagnostics[before...].contains { $0.severity == .error } ? nil : spec
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    guard form != .binary else { return .failure(FormMismatch(needs: "text")) }
    return .success(header || columns != nil ? .object : .array)
  }

  package func makeFilter() -> any Filter { CSVFilter(self) }
}

struct CSVFilter: Filter {
  private let spec: CSVSpec
  /// Each as a JSON string; nil: not known, or there are none.
  private var names: [[UInt8]]?
  /// The message that named the columns.
  private var header: [UInt8]?
  private var record = CSVRecord()
  /// Finds out what is a number.
  private var tape = JSONTape()

  init(_ spec: CSVSpec) {
    self.spec = spec
    names = spec.columns.map { $0.map(Self.quoted) }
  }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    guard message.isText else { throw FilterFailure(known: .notText) }
    guard !message.bytes.isEmpty else { return false }
    if spec.header, try isHeader(message, &run) { return false }
    try message.bytes.withText { (text) throws(FilterFailure) in
      try record.read(text[...], delimiter: spec.delimiter, quote: spec.quote)
    }
    if let names, names.count != record.fields.count {
      throw FilterFailure(
        "the record has not as many fields as there are columns", detail: "\(record.fields.count), not \(names.count)")
    }
    try message.replace { _, out in write(to: &out) }
    return true
  }

  /// Whether the message is the header, for the first or another time. Spreadsheets put a byte order mark before it.
  private mutating func isHeader(_ message: Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    if let header { return message.bytes == header }
    try message.bytes.withText { (text) throws(FilterFailure) in
      let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      try record.read(text[start...], delimiter: spec.delimiter, quote: spec.quote)
    }
    header = message.bytes
    guard spec.columns == nil else { return true }
    let texts = record.fields.map { String(decoding: record.bytes[$0.range], as: UTF8.self) }
    if Set(texts).count < texts.count {
      run.tell("csv: the header gives two columns one name, of which the last counts", level: .warning)
    }
    names = texts.map(Self.quoted)
    return true
  }

  private mutating func write(to out: inout [UInt8]) {
    out.append(UInt8(ascii: names == nil ? "[" : "{"))
    for (index, field) in record.fields.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      if let names {
        out.append(contentsOf: names[index])
        out.append(UInt8(ascii: ":"))
      }
      record.bytes.withUnsafeBytes { bytes in
        let text = UnsafeRawBufferPointer(rebasing: bytes[field.range])
        if spec.numbers, !field.isQuoted, isNumber(text) {
          out.append(contentsOf: text)
        } else {
          JSONText.appendQuoted(text, to: &out)
        }
      }
    }
    out.append(UInt8(ascii: names == nil ? "]" : "}"))
  }

  /// RFC 8259 section 6, with nothing around it: 1e5 and -0.5 are numbers; +1, .5, 007 and NaN are none.
  private mutating func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first, first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10,
      (try? tape.parse(text)) != nil
    else { return false }
    return tape.range(of: 0).count == text.count
  }

  private static func quoted(_ name: String) -> [UInt8] {
    var out: [UInt8] = []
    JSONText.appendQuoted(name, to: &out)
    return out
  }
}
