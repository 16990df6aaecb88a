import ConfigText
import Ingest

/// What a route reads: a source by name, a source written in place, an internal group; or a list of them.
package enum FromSpec: Equatable, Sendable {
  case source(Located<String>)
  case inline(SourceSpec, Place)
  case group(NameTemplate, Place)

  /// Places do not count.
  package static func == (a: FromSpec, b: FromSpec) -> Bool {
    switch (a, b) {
    case (.source(let a), .source(let b)): a == b
    case (.inline(let a, _), .inline(let b, _)): a == b
    case (.group(let a, _), .group(let b, _)): a == b
    default: false
    }
  }

  package var place: Place {
    switch self {
    case .source(let name): name.place
    case .inline(_, let place), .group(_, let place): place
    }
  }

  /// `context`: what messages call a source written in place.
  static func decodeList(_ node: ConfigNode, context: String, _ reader: inout ConfigReader) -> [FromSpec]? {
    guard let elements = node.elements else { return decode(node, context: context, &reader).map { [$0] } }
    guard !elements.isEmpty else {
      reader.error("'from' needs a source", at: node.place)
      return nil
    }
    return elements.compactMap { decode($0, context: context, &reader) }
  }

  private static func decode(_ node: ConfigNode, context: String, _ reader: inout ConfigReader) -> FromSpec? {
    if node.scalar != nil {
      return Located<String>.decode(node, &reader).map { .source($0) }
    }
    guard node.entries != nil else {
      reader.mismatch(node, expected: "a source's name, a source, or a list of them")
      return nil
    }
    guard let spec = SourceSpec.decode(node, name: context, &reader) else { return nil }
    guard let group = spec.kind as? GroupSource else { return .inline(spec, node.place) }
    let place = node[GroupSource.key]?.place ?? node.place
    do throws(NameTemplate.Problem) {
      return .group(try NameTemplate(group.name), place)
    } catch {
      reader.error(error.message, at: place)
      return nil
    }
  }
}
