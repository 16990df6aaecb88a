import ConfigText
import Expressions

/// Where a chain stands, and so what its expressions may use.
package enum FilterScope: Sendable {
  /// In front of all routes: nothing of a request is known.
  case source(String)
  /// In a route whose path has these parameters.
  case route(String, parameters: [String])
  /// In `latest_by`: the stream is shared by all who read it.
  case history
  /// Outside of a route, with the parameters of a path that somebody gives: "--param".
  case given([String], by: String)

  fileprivate var name: String {
    switch self {
    case .source(let name): "source '\(name)'"
    case .route(let path, _): "route '\(path)'"
    case .history: "'latest_by'"
    case .given: "this chain"
    }
  }
}

/// The chains that have names, to resolve those that name them.
package struct NamedChains: Sendable {
  package var chains: [String: FilterChain]
  /// Names whose chain could not be decoded: naming them is no second error.
  package var broken: Set<String>

  package init(_ chains: [String: FilterChain] = [:], broken: Set<String> = []) {
    self.chains = chains
    self.broken = broken
  }

  /// The filters of a chain, with those of the chains it names in their places. What it names must have been checked.
  package func steps(of chain: FilterChain) -> [FilterStep] { steps(of: chain, within: []) }

  /// What leads back to one of `open`, which is an error told elsewhere, is left out.
  private func steps(of chain: FilterChain, within open: Set<String>) -> [FilterStep] {
    chain.elements.flatMap { element -> [FilterStep] in
      switch element {
      case .filter(let step): return [step]
      case .named(let name):
        guard let named = chains[name.value], !open.contains(name.value) else { return [] }
        return steps(of: named, within: open.union([name.value]))
      }
    }
  }
}

// MARK: - Checking

extension NamedChains {
  /// Reports names that are none, and chains that lead back to themselves.
  package func checkNames(_ reader: inout ConfigReader) {
    for name in chains.keys.sorted() {
      guard let chain = chains[name] else { continue }
      checkNames(in: chain, &reader)
      for case .named(let other) in chain.elements where reaches(name, from: other.value) {
        reader.error("chain '\(name)' leads back to itself by '\(other.value)'", at: other.place)
      }
    }
  }

  private func reaches(_ goal: String, from start: String) -> Bool {
    var seen: Set<String> = []
    var open = [start]
    while let name = open.popLast() {
      if name == goal { return true }
      guard seen.insert(name).inserted, let chain = chains[name] else { continue }
      for case .named(let next) in chain.elements { open.append(next.value) }
    }
    return false
  }

  private func checkNames(in chain: FilterChain, _ reader: inout ConfigReader) {
    for case .named(let name) in chain.elements where chains[name.value] == nil && !broken.contains(name.value) {
      let hint = Self.isFilter(name.value) ? ": a filter is written as a mapping, such as {where: msg.price > 100}" : ""
      reader.error(
        "there is no chain '\(name.value)'\(hint)", at: name.place,
        suggestion: Suggestion.nearest(to: name.value, among: chains.keys.sorted()))
    }
  }

  /// Whether what stands for a chain's name is a filter, perhaps with what it is given: `where msg.price > 100`.
  private static func isFilter(_ text: String) -> Bool {
    let word = text.prefix { $0.isLetter || $0 == "_" }
    return FilterRegistry.kinds.contains { $0.key == word }
  }

  /// Reports what does not fit together in a chain where it stands. The named chains must have been checked.
  package func check(_ chain: FilterChain, in scope: FilterScope, _ reader: inout ConfigReader) {
    checkNames(in: chain, &reader)
    let steps = steps(of: chain)
    checkForms(steps, &reader)
    for step in steps {
      for uses in step.spec.uses { check(uses, in: scope, &reader) }
    }
  }

  private func checkForms(_ steps: [FilterStep], _ reader: inout ConfigReader) {
    var form = MessageForm.any
    var before: String?
    for step in steps {
      switch step.spec.form(after: form) {
      case .success(let next):
        if next != form { before = step.key }
        form = next
      case .failure(let mismatch):
        let after = before.map { " after '\($0)'" } ?? ""
        return reader.error(
          "'\(step.key)' needs \(mismatch.needs), and messages are \(form.rawValue)\(after)", at: step.place)
      }
    }
  }

  /// Reports what an expression uses that is not known where it stands.
  package func check(_ uses: VariableUses, in scope: FilterScope, _ reader: inout ConfigReader) {
    for reference in uses.references {
      guard let variable = FilterVariable(rawValue: reference.slot) else { continue }
      let place = uses.node.place(offset: reference.span.offset, length: reference.span.length)
      switch (variable, scope) {
      case (.params, .source), (.query, .source), (.params, .history), (.query, .history):
        reader.error("'\(variable.name)' is known only in filters of a route, not in \(scope.name)", at: place)
      case (.query, _) where reference.field == nil:
        reader.error("'query' needs the parameter's name: query.symbol", at: place)
      case (.params, .route(let path, let names)):
        guard let field = reference.field, !names.contains(field) else { continue }
        reader.error(
          "the path '\(path)' has no parameter '{\(field)}'", at: place,
          suggestion: Suggestion.nearest(to: field, among: names))
      case (.params, .given(let names, let source)):
        guard let field = reference.field, !names.contains(field) else { continue }
        reader.error("\(source) does not give the parameter '\(field)'", at: place)
      default: break
      }
    }
  }
}
