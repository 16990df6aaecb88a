extension DocumentComposer {
  /// A scalar with its environment references replaced, unless it is a key.
  mutating func scalar(
    _ text: String, style: YAMLEvent.ScalarStyle, _ event: YAMLEvent, isKey: Bool
  ) throws(Stop) -> ConfigNode {
    let place = place(of: event)
    try checkLength(text.utf8.count, at: place)
    var scalar = ConfigNode.Scalar(text: text, isPlain: isPlain(style, event))
    var textPlaces = textPlaces(of: text, style: style, event)
    if !isKey {
      let expansion = environment.expand(text)
      scalar.text = expansion.text
      scalar.isBroken = !expansion.problems.isEmpty
      let count = text.unicodeScalars.count
      for problem in expansion.problems {
        let place = textPlaces.place(
          offset: problem.range.lowerBound, length: problem.range.count, of: count, from: place)
        diagnostics.append(Diagnostic(problem.message, at: place, suggestion: problem.suggestion))
      }
      if expansion.isTooLong { try checkLength(expansion.text.utf8.count, at: place) }
      textPlaces = textPlaces.replacing(expansion.replacements, of: count, from: place)
    }
    return ConfigNode(.scalar(scalar), at: place, textPlaces: textPlaces)
  }

  /// Where the pieces of a text stand, before the environment's values are put in.
  private mutating func textPlaces(
    of text: String, style: YAMLEvent.ScalarStyle, _ event: YAMLEvent
  ) -> TextPlaces {
    let isBare = event.anchor == nil && event.tag == nil && event.start.line == event.end.line
    let quotes = event.end.index - event.start.index - text.unicodeScalars.count
    switch style {
    case _ where text.isEmpty: return .asWritten(behind: 0)
    case .plain where isBare: return .asWritten(behind: 0)
    // An escape is longer than what it stands for.
    case .quoted where isBare && quotes == 2: return .asWritten(behind: 1)
    default: return ScalarScanner.places(of: text, from: event.start, to: event.end, cursor: &cursor)
    }
  }

  private func checkLength(_ bytes: Int, at place: Place) throws(Stop) {
    guard bytes > ConfigLimits.scalarBytes else { return }
    throw Stop(diagnostic: Diagnostic("the text is longer than 1 MiB, the limit for one value", at: place))
  }

  /// Whether a scalar may mean more than its text: by its core tag, else by its quotes.
  private mutating func isPlain(_ style: YAMLEvent.ScalarStyle, _ event: YAMLEvent) -> Bool {
    switch event.tag {
    case nil: return style == .plain
    case "!", Tag.core + "str": return false
    case Tag.core + "int", Tag.core + "float", Tag.core + "bool", Tag.core + "null": return true
    default:
      refuseTag(of: event)
      return style == .plain
    }
  }

  private enum Tag {
    static let core = "tag:yaml.org,2002:"
  }

  /// Accepts `!!seq` and `!!map` where they fit and refuses every other tag.
  mutating func checkCollectionTag(of event: YAMLEvent) {
    switch (event.tag, event.kind) {
    case (nil, _), ("!", _), (Tag.core + "seq", .sequenceStart), (Tag.core + "map", .mappingStart): break
    default: refuseTag(of: event)
    }
  }

  private mutating func refuseTag(of event: YAMLEvent) {
    let tag = event.tag ?? ""
    let short = tag.hasPrefix(Tag.core) ? "!!" + tag.dropFirst(Tag.core.count) : tag
    diagnostics.append(
      Diagnostic("the YAML tag \(VisibleText.quoted(short)) has no meaning here", at: place(of: event)))
  }
}
