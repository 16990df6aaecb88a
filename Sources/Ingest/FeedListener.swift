import Descriptors
import Logging
import NIOCore
import NIOPosix

/// Accepts feeders and reads each in a task of its own, with a framer of its own.
struct FeedListener: Sendable {
  let outlet: Outlet
  let settings: SourceSettings
  /// The most feeders at a time; one more is closed at once.
  let connections: Int

  static let defaultConnections = 64

  typealias Listening = NIOAsyncChannel<ByteChannel, Never>

  /// Listens until the task is cancelled. What is claimed is held until then.
  func run(_ name: String, _ claim: Claim, context: SourceContext) async throws -> String {
    let channels = ChannelSet()
    let (holding, listening) = try await listen(name, claim, channels, context)
    defer { withExtendedLifetime(holding) { channels.close() } }
    let address = Self.shown(listening.channel.localAddress) ?? name
    do {
      try await listening.executeThenClose { arriving in
        outlet.report(.running, "listens on \(address)")
        try await serve(arriving)
      }
    } catch {
      try Task.checkCancellation()
      throw SourceFailure("can no longer listen on \(address): \(SocketFeed.words(error))")
    }
    try Task.checkCancellation()
    throw SourceFailure("can no longer listen on \(address)")
  }

  private func listen(
    _ name: String, _ claim: Claim, _ channels: ChannelSet, _ context: SourceContext
  ) async throws -> (Holding, Listening) {
    do {
      let holding = try context.pool.hold(claim)
      try await holding.untilItsTurn()
      let listening = try await ServerBootstrap(group: context.eventLoopGroup)
        .bind(holding.duplicate(), childChannelInitializer: channels.wrap)
      holding.listenAgain()
      return (holding, listening)
    } catch let failure as OpenFailure {
      throw SourceFailure(failure)
    } catch {
      try Task.checkCancellation()
      throw SourceFailure("cannot listen on \(name): \(SocketFeed.words(error))")
    }
  }

  private func serve(_ arriving: NIOAsyncChannelInboundStream<ByteChannel>) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      defer { tasks.cancelAll() }
      let seats = Seats(connections)
      for try await feeder in arriving {
        let name = Self.shown(feeder.channel.remoteAddress) ?? "a feeder"
        guard seats.take() else {
          outlet.logger.warning("source '\(outlet.source)': refused \(name): \(connections) feeders are connected")
          feeder.channel.close(promise: nil)
          try? await feeder.executeThenClose { _ in }
          continue
        }
        tasks.addTask {
          await read(feeder, name)
          seats.leave()
        }
        // Takes the results of tasks that are over, so that they do not pile up.
        while seats.hasDeparted() { _ = try await tasks.next() }
      }
    }
  }

  private func read(_ feeder: ByteChannel, _ name: String) async {
    outlet.logger.info("source '\(outlet.source)': \(name) feeds it")
    do {
      try await SocketFeed.read(feeder, into: outlet, settings: settings)
      outlet.logger.info("source '\(outlet.source)': \(name) has ended")
    } catch {
      if Task.isCancelled { return }
      outlet.logger.warning("source '\(outlet.source)': closed \(name): \(SocketFeed.words(error))")
    }
  }

  private static func shown(_ address: SocketAddress?) -> String? {
    guard let address else { return nil }
    if let path = address.pathname { return path.isEmpty ? nil : path }
    return address.ipAddress.map { "\(HostPort(host: $0, port: address.port ?? 0))" }
  }
}
