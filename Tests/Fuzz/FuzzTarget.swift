/// Something that takes bytes from outside: it is run with arbitrary ones, and says what must hold then.
///
/// A new target is one file with a type like this, a line in `Fuzz.targets`, and a folder in `Corpus`.
protocol FuzzTarget: AnyObject {
  /// As on the command line, and the folder of its corpus.
  static var name: String { get }
  /// Pieces that inputs of this kind are made of; mutations put them in.
  static var words: [String] { get }

  init() async throws

  /// Runs one input. `random` depends on the input alone, so that the input is enough to repeat a finding.
  func run(_ input: [UInt8], _ random: inout Random) throws(Finding)

  /// Gives back what `init` took; what holds only in the end is checked here.
  func finish() async throws(Finding)
}

extension FuzzTarget {
  func finish() async throws(Finding) {}
}

/// What must hold did not.
struct Finding: Error {
  var message: String

  init(_ message: String) { self.message = message }

  /// Throws when the condition is false.
  static func unless(_ condition: Bool, _ message: @autoclosure () -> String) throws(Finding) {
    if !condition { throw Finding(message()) }
  }
}
