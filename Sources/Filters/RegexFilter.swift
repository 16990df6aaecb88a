import ConfigText
import Expressions
import JSONText

/// `regex: {match: PATTERN, replace: TEXT}`
package struct RegexSpec: FilterSpec {
  package struct Settings: ConfigSpec {
    package var match: String?
    /// Where the pattern stands, for what is wrong with it.
    var node: ConfigNode?
    package var replace: Located<String>?

    package init() {}

    package static func == (left: Settings, right: Settings) -> Bool {
      left.match == right.match && left.replace == right.replace
    }

    package static let label = key
    package static let fields = FieldTable<Settings>([
      Field(
        "match", \.match, "A regular expression in the syntax of RE2.", example: "'(?P<user>\\w+)@'", isRequired: true
      ) {
        node, settings, reader in
        settings.match = String.decode(node, &reader)
        settings.node = node
      },
      Field(
        "replace", \.replace,
        "What is put in place of each match, with $1, $name or ${name} for a group and $$ for a dollar.",
        default: "none: a message that matches becomes a JSON object of the named groups", example: "'$1'"),
    ])
  }

  package let settings: Settings
  private let expression: CapturingExpression
  private let replacement: Replacement?

  package static let isTimed = false
  package static let isStateless = true
  package static let key = "regex"
  package static let summary =
    "Makes a JSON object of a pattern's named groups and drops what does not match, or replaces all matches in the text."
  package static let example = "{match: '(?P<user>\\w+) bought (?P<count>\\d+)'}"
  package static var keys: [FilterKey] { Settings.fields.filterKeys }

  package static func == (left: RegexSpec, right: RegexSpec) -> Bool { left.settings == right.settings }

  package static func decode(_ node: ConfigNode, _ reader: inout ConfigReader) -> RegexSpec? {
    guard let settings = Settings.decode(node, &reader), let pattern = settings.match else { return nil }
    let place = settings.node?.place ?? node.place
    do throws(RegularExpression.Mistake) {
      let expression = try CapturingExpression(pattern)
      guard let text = settings.replace else {
        guard expression.groupNames.contains(where: { $0 != nil }) else {
          reader.error("without 'replace' the pattern needs a named group such as (?P<user>\\w+)", at: place)
          return nil
        }
        return RegexSpec(settings: settings, expression: expression, replacement: nil)
      }
      do throws(Replacement.Mistake) {
        let replacement = try Replacement(text.value, of: expression)
        return RegexSpec(settings: settings, expression: expression, replacement: replacement)
      } catch {
        reader.error("'replace': \(error.message)", at: text.place, suggestion: error.suggestion)
        return nil
      }
    } catch {
      reader.error("the pattern is wrong at its character \(error.offset + 1): \(error.message)", at: place)
      return nil
    }
  }

  package func form(after form: MessageForm) -> Result<MessageForm, FormMismatch> {
    guard form != .binary else { return .failure(FormMismatch(needs: "text")) }
    return .success(replacement == nil ? .object : .any)
  }

  package func makeFilter() -> any Filter {
    let matcher = PatternMatcher(expression)
    return replacement.map { ReplaceFilter(replacement: $0, matcher: matcher) } ?? GroupsFilter(matcher: matcher)
  }
}

/// A message that matches becomes a JSON object of the named groups; one that does not is dropped.
struct GroupsFilter: Filter {
  private var matcher: PatternMatcher

  init(matcher: PatternMatcher) { self.matcher = matcher }

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    guard message.isText else { throw FilterFailure(known: .notText) }
    var visits = PatternMatcher.mostVisits
    guard try message.bytes.withText({ (text) throws(FilterFailure) in try matcher.search(text, 0, &visits) }) else {
      return false
    }
    try message.replace { text, out in
      for (index, name) in matcher.expression.groupNames.enumerated() {
        guard let name else { continue }
        out.append(out.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        JSONText.appendQuoted(name, to: &out)
        out.append(UInt8(ascii: ":"))
        if let range = matcher.range(of: index + 1) {
          JSONText.appendQuoted(UnsafeRawBufferPointer(rebasing: text[range]), to: &out)
        } else {
          out.append(contentsOf: "null".utf8)
        }
      }
      out.append(UInt8(ascii: "}"))
    }
    return true
  }
}

extension PatternMatcher {
  mutating func search(
    _ text: UnsafeRawBufferPointer, _ start: Int, _ visits: inout Int
  ) throws(FilterFailure) -> Bool {
    do throws(EvaluationError) {
      return try find(in: text, from: start, visits: &visits)
    } catch {
      throw FilterFailure("the pattern takes more steps than its limit")
    }
  }
}
