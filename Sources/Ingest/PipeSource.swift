import ConfigText
import Descriptors
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `pipe: PATH`: a named pipe that writers open and close as they like; `pipe: "-"` is standard input.
package struct PipeSource: SourceKind {
  package enum Input: Hashable, Sendable {
    case path(ConfigPath)
    case standardInput
  }

  package var input = Input.standardInput
  /// Makes the pipe if it is missing, for this server's user alone.
  package var create = false

  /// Needs a path.
  package init() {}

  package init(_ input: Input, create: Bool = false) {
    self.input = input
    self.create = create
  }

  package static let key = "pipe"

  package static let fields = FieldTable<PipeSource>([
    Field("pipe", \.input, "The named pipe, or '-' for standard input.", example: "/run/feed.pipe", isRequired: true) {
      node, source, reader in
      if node.scalar?.text == "-" {
        source.input = .standardInput
      } else if let path = ConfigPath.decode(node, &reader) {
        source.input = .path(path)
      }
    },
    Field("create", \.create, "Makes the pipe if it is missing.", default: "false", example: "true"),
  ])

  /// Standard input is not made.
  package func check(_ reader: inout ConfigReader, at place: Place) {
    if create, input == .standardInput { reader.error("'create' has no meaning for standard input", at: place) }
  }

  private var claim: Claim {
    switch input {
    case .path(let path): .pipe(path: path.path, create: create)
    case .standardInput: .standardInput
    }
  }

  package var claims: [Claim] { [claim] }

  /// A named pipe never ends; standard input ends for good.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    let holding: Holding
    let pipe: Descriptor
    do throws(OpenFailure) {
      holding = try context.pool.hold(claim)
      pipe = Descriptor(owning: try holding.duplicate())
    } catch {
      throw SourceFailure(error)
    }
    defer { withExtendedLifetime(holding) {} }
    try await holding.untilItsTurn()
    switch input {
    case .standardInput:
      return try await InputStream(pipe, name: "standard input", holding: holding)
        .run(into: outlet, settings: settings, context: context)
    case .path(let path):
      return try await NamedPipe(path: path.path, pipe: pipe, holding: holding)
        .run(into: outlet, settings: settings, context: context)
    }
  }
}

/// A named pipe, open for as long as the source runs, so that no writer ever finds it without a reader and nothing that
/// was written is lost between two writers.
private struct NamedPipe {
  let path: String
  let pipe: Descriptor
  /// Through which the next reader goes on where this one is stopped.
  let holding: Holding

  /// How often a pipe without writers is looked at: the system has no event for a writer's arrival.
  static let idlePause = Duration.milliseconds(10)

  func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    outlet.report(.running, "reads \(path)")
    var feed = FramedFeed(settings, into: outlet, after: holding.takeRest())
    while true {
      // Nothing there means that a writer is; the end, that none is.
      let first = try read()
      if let first, first.isEmpty {
        await feed.finish()
        try await Task.sleep(for: Self.idlePause)
        continue
      }
      do {
        try await PipeSession(first: first ?? [], pipe: pipe).read(into: &feed, on: context.eventLoopGroup)
      } catch {
        if Task.isCancelled { holding.leave(feed.rest) }
        throw error
      }
    }
  }

  private func read() throws(SourceFailure) -> [UInt8]? {
    do {
      return try pipe.read(SocketFeed.readBytes)
    } catch {
      throw SourceFailure("cannot read \(path): \(error.reason)")
    }
  }
}
