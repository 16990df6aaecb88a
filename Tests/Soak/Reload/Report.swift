import Glibc

/// What scenarios find, printed as they end.
final class Report {
  private(set) var hasFailed = false
  private var title = ""
  private var began = ContinuousClock.now
  private var checks = 0
  private var failures: [String] = []

  func begin(_ title: String) {
    self.title = title
    began = .now
    checks = 0
    failures = []
  }

  /// One check.
  func expect(_ what: String, _ isRight: Bool, _ found: @autoclosure () -> String = "") {
    checks += 1
    guard !isRight else { return }
    let found = found()
    failures.append(found.isEmpty ? what : "\(what): \(found)")
    // Who waits sees the first ones at once.
    if failures.count <= 20 { say("  FAIL \(failures[failures.count - 1])") }
  }

  func expect<Value: Equatable>(_ what: String, _ found: Value, is wanted: Value) {
    expect(what, found == wanted, "\(found), expected \(wanted)")
  }

  /// Numbers that are worth knowing.
  func say(_ text: String) {
    print(text)
    fflush(nil)
  }

  func end() {
    hasFailed = hasFailed || !failures.isEmpty
    let seconds = (ContinuousClock.now - began).tenths
    let outcome = failures.isEmpty ? "pass" : "FAIL, \(failures.count) of them"
    say("\(title): \(outcome) (\(checks) checks, \(seconds) s)")
  }
}

extension Duration {
  /// Seconds, with one decimal.
  var tenths: String {
    let tenths = components.seconds * 10 + components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
