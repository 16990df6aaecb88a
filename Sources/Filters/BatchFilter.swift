import ConfigText

/// `batch: 100` or `batch: {messages: 100, every: 1s}`: a JSON array of several messages.
package struct BatchSpec: FilterSpec {
  package var messages: Int?
  package var every: Duration?
  package var size = ByteCount(bytes: 1 << 20)

  package static let key = "batch"
  package static let summary = "Puts several JSON messages into one, an array, each with the spelling it has."
  package static let example = "{messages: 100, every: 1s}"
  package static var keys: [FilterKey] { fields.filterKeys }

  private static let fields = FieldTable<BatchSpec>([
    .bounded(
      "messages", \.messages, 1...1_000_000, "from 1 to 1000000", "How many messages an array has at most.",
      default: "any number within 'every' and 'size'", example: "100"),
    .period(
      "every", \.every, "How long the first message of an array waits for others.", default: "until it is full",
      example: "1s"),
    .bounded(
      "size", \.size, ByteCount(bytes: 1)...ByteCount(bytes: Message.maximumBytes), "from 1 to 64MiB",
      "How long an array may be, unless one message alone is longer.", default: "1MiB", example: "64KiB"),
  ])

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> BatchSpec? {
    guard let spec = fields.decode(node, into: BatchSpec(), label: key, short: "messages", &reader) else { return nil }
    guard spec.messages != nil || spec.every != nil else {
      reader.error("'batch' needs 'messages' or 'every'", at: node.place)
      return nil
    }
    return spec
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    form.mayBeJSON ? .success(.array) : .failure(FormMismatch(needs: "JSON"))
  }

  package func makeFilter() -> any Filter {
    BatchFilter(messages: messages ?? .max, every: every?.nanoseconds, size: size.bytes)
  }
}

struct BatchFilter: Filter {
  private let messages: Int
  /// Nanoseconds.
  private let every: Int64?
  private let size: Int
  /// The array so far, without its closing bracket; empty when there is none.
  private var array: [UInt8] = []
  private var count = 0
  private(set) var deadline: Int64?

  init(messages: Int, every: Int64?, size: Int) {
    self.messages = messages
    self.every = every
    self.size = size
  }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    try message.parse()
    // With its brackets.
    guard message.bytes.count <= Message.maximumBytes - 2 else { throw FilterFailure(known: .tooLong) }
    let isDue = deadline.map { $0 <= run.moment.uptime } ?? false
    if isDue || array.count + 1 + message.bytes.count + 1 > size { finish(&run) }
    if array.isEmpty { deadline = every.map { run.moment.uptime + $0 } }
    try message.read { (tape, text) in
      array.append(UInt8(ascii: array.isEmpty ? "[" : ","))
      array.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[tape.range(of: 0)]))
    }
    count += 1
    if count >= messages || array.count + 1 >= size { finish(&run) }
    return false
  }

  mutating func tick(_ run: inout Run) { finish(&run) }

  mutating func finish(_ run: inout Run) {
    guard !array.isEmpty else { return }
    array.append(UInt8(ascii: "]"))
    run.emit(array.copy)
    array.removeAll(keepingCapacity: true)
    count = 0
    deadline = nil
  }
}
