import ConfigText
import Descriptors

/// One kind of source: its spec is decoded from the keys of its table, and makes its runtime.
///
/// A new kind is one file and one line in `SourceRegistry`.
package protocol SourceKind: ConfigSpec {
  /// The key that chooses the kind: "exec".
  static var key: String { get }

  /// Keys of `SourceSettings` that mean nothing to this source: to give one is an error, not a wish that is ignored.
  var unusedSettings: [String] { get }

  /// The sockets and pipes that it has while it runs.
  var claims: [Claim] { get }

  /// Looks whether the system has what else the source needs, before anything is started.
  ///
  /// - Throws: `SourceFailure` when it cannot run.
  func checkSystem() throws(SourceFailure)

  /// Runs the source until it has ended for good, and returns why.
  ///
  /// - Throws: `SourceFailure` when it is to be started again with backoff; `CancellationError` when it was stopped. In
  ///   all cases its processes have ended and its descriptors are closed.
  func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String

  /// Reports what no single key shows: keys that contradict each other.
  func check(_ reader: inout ConfigReader, at place: Place)
}

extension SourceKind {
  /// What messages call it: the kind's key.
  package static var label: String { key }

  /// All shared keys have a meaning.
  package var unusedSettings: [String] { [] }

  /// None.
  package var claims: [Claim] { [] }

  /// Nothing that could be missing.
  package func checkSystem() throws(SourceFailure) {}

  /// Nothing contradicts anything.
  package func check(_ reader: inout ConfigReader, at place: Place) {}

  /// Whether two sources are of the same kind and mean the same.
  func isEqual(to other: any SourceKind) -> Bool { (other as? Self) == self }
}

/// All kinds of sources, one line each.
package enum SourceRegistry {
  /// The kinds, in the order messages and manuals list them.
  package static let kinds: [any SourceKind.Type] = [
    ExecSource.self,
    PipeSource.self,
    FileSource.self,
    TCPSource.self,
    TCPListenSource.self,
    UnixSource.self,
    UnixListenSource.self,
    GroupSource.self,
    IntervalSource.self,
  ]
}
