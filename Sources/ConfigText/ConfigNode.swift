/// A YAML value with its place; aliases and merge keys are resolved, environment references replaced.
package struct ConfigNode: Sendable {
  /// What a node is.
  package enum Value: Sendable {
    case scalar(Scalar)
    case sequence([ConfigNode])
    case mapping([Entry])
  }

  /// A text with what its quotes tell.
  package struct Scalar: Hashable, Sendable {
    /// The exact text, after YAML's escapes and folding and the environment.
    package var text: String
    /// Whether it was written without quotes, so that `8080` may be a number and `true` a truth value.
    package var isPlain: Bool
    /// Whether its text is not what was meant, which has been reported already: decoders fail silently on it.
    package var isBroken: Bool

    /// A scalar of a text.
    package init(text: String, isPlain: Bool, isBroken: Bool = false) {
      self.text = text
      self.isPlain = isPlain
      self.isBroken = isBroken
    }

    /// Whether it says "nothing": plain and empty, `~` or `null`.
    package var isNull: Bool { isPlain && !isBroken && ["", "~", "null", "Null", "NULL"].contains(text) }
  }

  /// A key of a mapping and its value.
  package struct Entry: Sendable {
    /// The key, always a scalar.
    package var key: ConfigNode
    /// The value.
    package var value: ConfigNode

    /// An entry of a key, which must be a scalar.
    package init(key: ConfigNode, value: ConfigNode) {
      self.key = key
      self.value = value
    }

    /// The key's text.
    package var name: String { key.scalar?.text ?? "" }
  }

  /// Where it starts; a value that comes from an alias is where its anchor is.
  package var place: Place
  /// What it is.
  package var value: Value
  /// Where the pieces of a scalar's text stand.
  private let textPlaces: TextPlaces

  /// A node at a place, where the text of a scalar stands as it is.
  package init(_ value: Value, at place: Place) {
    self.init(value, at: place, textPlaces: .asWritten(behind: 0))
  }

  /// A node whose text, if it is a scalar, stands elsewhere in the file or in another form.
  init(_ value: Value, at place: Place, textPlaces: TextPlaces) {
    self.value = value
    self.place = place
    self.textPlaces = textPlaces
  }

  /// The place in the file of a piece of a scalar's text, both counted in Unicode scalars; of a piece over several
  /// lines, the part on the first one.
  ///
  /// What is written with an escape is meant with all of it, and what the environment put in is where the reference
  /// stands; what lies beyond the text is its end. A list or mapping has its own place.
  package func place(offset: Int, length: Int) -> Place {
    guard let text = scalar?.text else { return place }
    return textPlaces.place(offset: offset, length: length, of: text.unicodeScalars.count, from: place)
  }

  /// The value of a mapping's key; nil if there is none or this is no mapping.
  package subscript(key: String) -> ConfigNode? { entries?.first { $0.name == key }?.value }

  /// The scalar, if it is one.
  package var scalar: Scalar? {
    if case .scalar(let scalar) = value { scalar } else { nil }
  }

  /// The entries in order, if it is a mapping.
  package var entries: [Entry]? {
    if case .mapping(let entries) = value { entries } else { nil }
  }

  /// The elements, if it is a list.
  package var elements: [ConfigNode]? {
    if case .sequence(let elements) = value { elements } else { nil }
  }

  /// Whether it is a scalar that says "nothing".
  package var isNull: Bool { scalar?.isNull ?? false }

  /// Whether it is a scalar whose error has been reported already.
  package var isBroken: Bool { scalar?.isBroken ?? false }

  /// What it is in few words, for messages: "a list", "a mapping", "nothing" or the text in quotes.
  package var kindName: String {
    switch value {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar(let scalar): scalar.isNull ? "nothing" : VisibleText.quoted(scalar.text)
    }
  }
}
