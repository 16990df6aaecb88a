import Expressions
import JSONText
import Streams

/// One message on its way through a pipeline: its text, and the text's JSON structure once a filter has asked for it.
///
/// A pipeline keeps one and loads message after message into it, so that buffers are used again.
package struct Message: Sendable {
  /// The text as it stands.
  package private(set) var bytes: [UInt8] = []
  /// Whether it is valid UTF-8; all else is binary.
  package private(set) var isText = true
  /// What goes beside the text: an event's name, an id, a key.
  package var label = Label()
  private var tape: JSONTape
  /// What the next text and its structure are written to.
  private var spare: [UInt8] = []
  private var spareTape: JSONTape
  private var structure = Structure.unknown
  private var shared: SharedJSON?

  private enum Structure {
    case unknown
    case parsed
    case broken(JSONProblem)
  }

  /// The longest text that a filter may make, in bytes: 64 MiB.
  package static let maximumBytes = 64 << 20

  package init() {
    tape = JSONTape(sizeLimit: Self.maximumBytes)
    spareTape = tape
  }

  /// Takes a new message in.
  package mutating func load(_ message: UnsafeRawBufferPointer, isText: Bool, label: Label = Label()) {
    forget()
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: message)
    self.isText = isText
    self.label = label
  }

  /// Whether its buffers are worth keeping for another message: up to 256 KiB.
  var isSmall: Bool { bytes.capacity <= 256 << 10 && spare.capacity <= 256 << 10 }

  /// Lets everything go but the buffers.
  mutating func clear() {
    forget()
    bytes.removeAll(keepingCapacity: true)
    label = Label()
  }

  /// The buffers are this message's alone again, and nothing is known of the text.
  private mutating func forget() {
    shared = nil
    structure = .unknown
  }
}

// MARK: - Reading

extension Message {
  /// Parses the text, unless that has been done.
  ///
  /// - Throws: `FilterFailure` when it is no JSON (RFC 8259).
  package mutating func parse() throws(FilterFailure) {
    switch structure {
    case .parsed: return
    case .broken(let problem): throw FilterFailure(problem)
    case .unknown: break
    }
    guard isText else { throw FilterFailure(known: .notText) }
    let problem = bytes.withUnsafeBytes { text -> JSONProblem? in
      do throws(JSONProblem) {
        try tape.parse(text)
        return nil
      } catch {
        return error
      }
    }
    guard let problem else { return structure = .parsed }
    structure = .broken(problem)
    throw FilterFailure(problem)
  }

  /// Reads the parsed text.
  package mutating func read<R>(
    _ body: (JSONTape, UnsafeRawBufferPointer) throws(FilterFailure) -> R
  ) throws(FilterFailure) -> R {
    try parse()
    return try bytes.withText { (text) throws(FilterFailure) in try body(tape, text) }
  }

  /// The value of `msg` in expressions: an object or list is read from the text when it is asked for.
  package mutating func value() throws(FilterFailure) -> Value {
    try parse()
    let shared = shared ?? SharedJSON(tape: tape, bytes: bytes)
    self.shared = shared
    return shared.value(of: 0)
  }

  /// The value of `text` in expressions.
  package func string() throws(FilterFailure) -> String {
    guard isText else { throw FilterFailure(known: .notText) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether an object in it has two members of one name; it must be parsed.
  package var hasDuplicates: Bool {
    guard case .parsed = structure else { return false }
    return bytes.withUnsafeBytes { tape.hasDuplicates(in: $0) }
  }
}

// MARK: - Changing

extension Message {
  /// Changes the JSON text by an edit that writes the new one and its structure.
  ///
  /// - Throws: `FilterFailure` when the text is no JSON or the edit cannot be made; the message is as it was.
  package mutating func edit(
    _ edit: (JSONTape, UnsafeRawBufferPointer, inout [UInt8], inout JSONTape) throws(JSONEditProblem) -> Void
  ) throws(FilterFailure) {
    try parse()
    spare.removeAll(keepingCapacity: true)
    do throws(JSONEditProblem) {
      try bytes.withText { (text) throws(JSONEditProblem) in try edit(tape, text, &spare, &spareTape) }
    } catch {
      throw FilterFailure(error)
    }
    try takeSpare()
    swap(&tape, &spareTape)
    structure = .parsed
  }

  /// Puts another text in place of this one.
  ///
  /// - Parameter isText: whether what is written is valid UTF-8; `nil`: it is to be found out.
  package mutating func replace(
    isText: Bool? = true, _ write: (UnsafeRawBufferPointer, inout [UInt8]) throws(FilterFailure) -> Void
  ) throws(FilterFailure) {
    spare.removeAll(keepingCapacity: true)
    try bytes.withText { (text) throws(FilterFailure) in try write(text, &spare) }
    try takeSpare()
    self.isText = isText ?? bytes.withUnsafeBytes { UTF8Text.isValid($0) }
  }

  private mutating func takeSpare() throws(FilterFailure) {
    guard spare.count <= Self.maximumBytes else { throw FilterFailure(known: .tooLong) }
    swap(&bytes, &spare)
    forget()
  }
}

extension [UInt8] {
  /// The bytes for as long as `body` reads them; `withUnsafeBytes` does not say what it throws.
  func withText<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try withUnsafeBufferPointer { (bytes) throws(E) in try body(UnsafeRawBufferPointer(bytes)) }
  }
}
