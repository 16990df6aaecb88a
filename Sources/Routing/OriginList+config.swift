import ConfigText
import Serving

extension OriginList {
  /// One or a list of `scheme://host[:port]` and `"*"`; nil if anything in it is wrong, all of which is reported.
  static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> OriginList? {
    guard let texts = OneOrMany<Located<String>>.decode(node, &reader)?.values else { return nil }
    guard !texts.isEmpty else {
      reader.error("'origins' needs an origin such as https://example.com, or \"*\"", at: node.place)
      return nil
    }
    var list = OriginList()
    var isRight = true
    for text in texts {
      if text.value == "*" {
        list.hasAny = true
        continue
      }
      do throws(Origin.Problem) {
        list.listed.insert(try Origin(text.value))
      } catch {
        isRight = false
        report(error, text, &reader)
      }
    }
    return isRight ? list : nil
  }

  private static func report(_ problem: Origin.Problem, _ text: Located<String>, _ reader: inout ConfigReader) {
    let name = VisibleText.quoted(text.value)
    switch problem {
    case .noScheme:
      let near = try? Origin("https://" + text.value)
      reader.error("\(name) is not an origin: it has no scheme", at: text.place, suggestion: near?.text)
    case .noHost: reader.error("\(name) is not an origin: it has no host", at: text.place)
    case .tail(let origin):
      reader.error("\(name) is not an origin: it ends with its host or port", at: text.place, suggestion: origin)
    case .malformed: reader.error("\(name) is not an origin such as https://example.com:8443", at: text.place)
    }
  }
}
