import ConfigText
import Expressions
import JSONText

/// `delta: {key: EXPR, full_every: 100}`: what has changed since the last message (of its key).
package struct DeltaSpec: FilterSpec {
  package var fullEvery = 100
  package var keying = StateKey()

  package static let key = "delta"
  package static let summary =
    "Puts a JSON merge patch (RFC 7396) against the last message (of its key) in place of a message."
  package static let example = "{key: msg.symbol, full_every: 100}"
  package static var keys: [FilterKey] { fields.filterKeys }

  private static let fields = FieldTable<DeltaSpec>(
    StateKey.fields(\.keying, "Messages are compared") + [
      .bounded(
        "full_every", \.fullEvery, 1...1_000_000_000, "from 1 to 1000000000",
        "The first of so many messages of a key is whole.", default: "100", example: "10")
    ])

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> DeltaSpec? {
    fields.decode(node, into: DeltaSpec(), label: key, &reader)
  }

  package var expressions: [FilterExpression] { keying.expressions }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    form.mayBeJSON ? .success(.object) : .failure(FormMismatch(needs: "JSON"))
  }

  package func makeFilter() -> any Filter { DeltaFilter(fullEvery: fullEvery, keying: keying) }
}

/// ```
/// {"symbol":"ACME","price":1,"open":1}  ─▶  {"key":"ACME","full":{"symbol":"ACME","price":1,"open":1}}
/// {"symbol":"ACME","price":2,"open":1}  ─▶  {"key":"ACME","patch":{"price":2}}
/// ```
/// What is whole can be told from what is a patch, and what it belongs to, without knowing the messages.
struct DeltaFilter: Filter {
  private struct Last: Sendable {
    var text: [UInt8]
    /// How many patches have followed the last whole message.
    var patches = 0
  }

  private let fullEvery: Int
  private let key: FilterExpression?
  private var lasts: KeyedStates<Last>
  /// The structure of the last message of the key at hand.
  private var tape = JSONTape(sizeLimit: Message.maximumBytes)
  private var patch: [UInt8] = []
  private var out: [UInt8] = []

  init(fullEvery: Int, keying: StateKey) {
    self.fullEvery = fullEvery
    key = keying.key
    lasts = KeyedStates(limit: keying.limit)
  }

  var evictions: Int { lasts.evictions }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    out.removeAll(keepingCapacity: true)
    let key = try open(of: &message, &run)
    let slot = lasts.slot(of: key)
    let change = try slot.map { (slot) throws(FilterFailure) in try compare(slot, with: &message) } ?? .inexpressible
    if let slot { lasts.touch(slot) }
    guard change != .unchanged else { return false }
    let isPatch = change == .patch && slot.map { lasts[$0].patches + 1 < fullEvery } ?? false
    try close(with: isPatch, &message)
    remember(message.bytes, isPatch: isPatch, slot, key)
    try message.replace { _, text in text.append(contentsOf: out) }
    return true
  }

  /// Writes the key, and returns the text by which its state is found.
  private mutating func open(of message: inout Message, _ run: inout Run) throws(FilterFailure) -> String {
    out.append(UInt8(ascii: "{"))
    guard let value = try key?.value(&message, &run) else { return "" }
    out.append(contentsOf: #""key":"#.utf8)
    try value.appendJSON(to: &out)
    out.append(UInt8(ascii: ","))
    return try value.stateKey()
  }

  /// What leads from the last message to this one, as `patch` when it can be said. Only objects change in parts.
  private mutating func compare(_ slot: Int, with message: inout Message) throws(FilterFailure) -> JSONDelta {
    let last = lasts[slot].text
    if last == message.bytes { return .unchanged }
    patch.removeAll(keepingCapacity: true)
    return try message.read { (new, text) in
      last.withUnsafeBytes { last in
        guard (try? tape.parse(last)) != nil else { return .inexpressible }
        let change = JSONMergePatch.delta(from: JSONValue(tape, 0, last), to: JSONValue(new, 0, text), into: &patch)
        let isWorthIt = new.kind(of: 0) == .object && tape.kind(of: 0) == .object && patch.count <= text.count
        return change == .patch && !isWorthIt ? .inexpressible : change
      }
    }
  }

  private mutating func close(with isPatch: Bool, _ message: inout Message) throws(FilterFailure) {
    out.append(contentsOf: (isPatch ? #""patch":"# : #""full":"#).utf8)
    if isPatch {
      out.append(contentsOf: patch)
    } else {
      try message.read { (tape, text) in
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[tape.range(of: 0)]))
      }
    }
    out.append(UInt8(ascii: "}"))
    // Before anything is remembered, so that nothing is when it cannot be sent.
    guard out.count <= Message.maximumBytes else { throw FilterFailure(known: .tooLong) }
  }

  private mutating func remember(_ text: [UInt8], isPatch: Bool, _ slot: Int?, _ key: String) {
    guard let slot else {
      _ = lasts.insert(Last(text: text.copy), for: key)
      return
    }
    lasts[slot].text.take(text)
    lasts[slot].patches = isPatch ? lasts[slot].patches + 1 : 0
  }
}
