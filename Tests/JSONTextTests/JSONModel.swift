import JSONText

/// JSON as a plain tree without white space, to compare edits with. Names in one object differ.
indirect enum JSONModel: Equatable {
  case object([Field])
  case array([JSONModel])
  case leaf(String)

  struct Field: Equatable {
    let name: String
    var value: JSONModel
  }

  init(_ json: String) throws { self = try reading(json) { JSONModel($0, 0, $1) } }

  private init(_ tape: JSONTape, _ node: Int, _ text: UnsafeRawBufferPointer) {
    switch tape.kind(of: node) {
    case .object:
      self = .object(
        tape.members(of: node).map {
          Field(name: tape.string(of: $0.key, in: text), value: JSONModel(tape, $0.value, text))
        })
    case .array: self = .array(tape.elements(of: node).map { JSONModel(tape, $0, text) })
    default: self = .leaf(String(decoding: text[tape.range(of: node)], as: UTF8.self))
    }
  }

  func picking(_ paths: [[String]]) -> JSONModel? {
    if paths.contains([]) { return self }
    guard case .object(let fields) = self else { return nil }
    let kept = fields.compactMap { field -> Field? in
      let inner = paths.filter { $0.first == field.name }.map { Array($0.dropFirst()) }
      guard !inner.isEmpty else { return nil }
      return field.value.picking(inner).map { Field(name: field.name, value: $0) }
    }
    return kept.isEmpty ? nil : .object(kept)
  }

  func dropping(_ path: [String]) -> JSONModel {
    guard case .object(let fields) = self else { return self }
    return .object(
      fields.compactMap { field in
        guard field.name == path.first else { return field }
        guard path.count > 1 else { return nil }
        return Field(name: field.name, value: field.value.dropping(Array(path.dropFirst())))
      })
  }

  /// Nil when something else than an object stands on the way.
  func setting(_ path: [String], to value: JSONModel) -> JSONModel? {
    guard let name = path.first else { return value }
    guard case .object(var fields) = self else { return nil }
    let rest = Array(path.dropFirst())
    if let place = fields.firstIndex(where: { $0.name == name }) {
      guard let inner = fields[place].value.setting(rest, to: value) else { return nil }
      fields[place].value = inner
    } else {
      guard let inner = JSONModel.object([]).setting(rest, to: value) else { return nil }
      fields.append(Field(name: name, value: inner))
    }
    return .object(fields)
  }

  private static let names = ["a", "b", "c", "é", "", "\"\n"]

  static func name() -> String { names.randomElement() ?? "a" }

  /// A text with random white space, names of few letters, numbers of odd spellings.
  static func text(depth: Int = 3, nulls: Bool = true, duplicates: Bool = false) -> String {
    let space = { ["", "", " ", "\n ", "\t"].randomElement() ?? "" }
    func inner() -> String {
      space() + text(depth: depth - 1, nulls: nulls, duplicates: duplicates) + space()
    }
    switch depth == 0 ? 9 : Int.random(in: 0...9) {
    case 0...5:
      let names = duplicates ? (0..<5).map { _ in name() } : names.shuffled()
      let fields = names.prefix(.random(in: 0...5)).map { space() + spelled($0) + space() + ":" + inner() }
      return "{" + (fields.isEmpty ? space() : fields.joined(separator: ",")) + "}"
    case 6:
      let elements = (0..<Int.random(in: 0...3)).map { _ in inner() }
      return "[" + (elements.isEmpty ? space() : elements.joined(separator: ",")) + "]"
    default: return leaf(nulls: nulls)
    }
  }

  private static func leaf(nulls: Bool) -> String {
    let leaves = [
      "1", "1.10", "1.1", "11e-1", "1e400", #""x""#, #""\u0078""#, #""\ud834""#, "true", "false", "-0", "0",
    ]
    return (nulls ? leaves + ["null"] : leaves).randomElement() ?? "0"
  }

  private static func spelled(_ name: String) -> String {
    name == "a" && Bool.random() ? #""\u0061""# : JSONText.quoted(name)
  }

  static func object(nulls: Bool = true) -> String {
    while true {
      let text = text(nulls: nulls)
      if text.hasPrefix("{") { return text }
    }
  }

  static func path() -> [String] { (0..<Int.random(in: 1...3)).map { _ in name() } }
}
