import ConfigText
import Processes

/// One kind of filter: its spec is decoded from the value of its key, and makes its runtime.
///
/// A new filter is one file and one line in `FilterRegistry`.
package protocol FilterSpec: Equatable, Sendable {
  /// The key that chooses it: "where".
  static var key: String { get }
  /// What it does, in one sentence, for manuals.
  static var summary: String { get }
  /// Its value as an operator would write it, in YAML's flow style.
  static var example: String { get }
  /// Whether its filter may have something to do at a time, without a message; one that says no is never asked.
  static var isTimed: Bool { get }
  /// Whether what becomes of a message depends on that message alone: such filters can work on several at once.
  static var isStateless: Bool { get }
  /// The keys that its value may have, if that can be a mapping with fixed keys.
  static var keys: [FilterKey] { get }

  /// The spec of a key's value; nil: it is none, and that has been reported.
  static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> Self?

  /// The expressions in it.
  var expressions: [FilterExpression] { get }

  /// The uses of variables in it, all of which must be known where the filter stands.
  var uses: [VariableUses] { get }

  /// What its messages are when they were of a form before; nil: such messages can never pass, and the reason.
  func form(after form: MessageForm) -> Result<MessageForm, FormMismatch>

  /// Looks whether the system has what the filter needs, before anything is started.
  ///
  /// - Throws: `ProcessFailure` when a process could not be started.
  func checkSystem() throws(ProcessFailure)

  /// A filter that has seen nothing.
  func makeFilter() -> any Filter
}

extension FilterSpec {
  package static var isTimed: Bool { true }
  package static var isStateless: Bool { false }
  package static var keys: [FilterKey] { [] }
  package var expressions: [FilterExpression] { [] }
  package var uses: [VariableUses] { expressions.map(\.uses) }
  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> { .success(form) }
  package func checkSystem() throws(ProcessFailure) {}

  func isEqual(to other: any FilterSpec) -> Bool { (other as? Self) == self }
}

/// A key of a filter's mapping, for manuals.
package struct FilterKey: Sendable, Equatable {
  package let name: String
  package let summary: String
  package let defaultText: String?
  package let example: String
}

extension FieldTable {
  /// The keys as manuals list them.
  package var filterKeys: [FilterKey] {
    fields.map { FilterKey(name: $0.name, summary: $0.summary, defaultText: $0.defaultText, example: $0.example) }
  }
}

/// What is known of messages at a place in a chain, when the configuration is loaded.
package enum MessageForm: String, Sendable {
  case any = "of any form"
  /// JSON of any kind.
  case json = "JSON"
  case object = "JSON objects"
  case array = "JSON arrays"
  /// Text that is not meant as JSON.
  case text = "plain text"
  case binary = "binary"

  /// Whether messages of this form may be JSON objects.
  package var mayBeObject: Bool { self == .any || self == .json || self == .object }
  /// Whether messages of this form may be JSON.
  package var mayBeJSON: Bool { mayBeObject || self == .array }
}

/// Why messages of a form cannot pass a filter.
package struct FormMismatch: Error, Equatable, Sendable {
  /// What the filter needs: "a JSON object".
  package let needs: String

  package init(needs: String) { self.needs = needs }
}

/// All kinds of filters, one line each.
package enum FilterRegistry {
  /// In the order messages and manuals list them.
  package static let kinds: [any FilterSpec.Type] = [
    WhereSpec.self,
    PickSpec.self,
    DropSpec.self,
    RenameSpec.self,
    SetSpec.self,
    MapSpec.self,
    TextSpec.self,
    WrapSpec.self,
    UnwrapSpec.self,
    JSONSpec.self,
    CSVSpec.self,
    RegexSpec.self,
    SplitSpec.self,
    EncodeSpec.self,
    DecodeSpec.self,
    EventSpec.self,
    IDSpec.self,
    ExecSpec.self,
    LogSpec.self,
    DistinctSpec.self,
    ThrottleSpec.self,
    SampleSpec.self,
    BatchSpec.self,
    DeltaSpec.self,
    WindowSpec.self,
  ]

  package static func kind(_ key: String) -> (any FilterSpec.Type)? { kinds.first { $0.key == key } }
}
