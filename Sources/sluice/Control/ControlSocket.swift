import Descriptors
import NIOCore
import NIOPosix
import Synchronization

/// The Unix socket through which commands reach the server. Its file is there from `init` until `close`.
final class ControlSocket: Sendable {
  let path: String
  private let file: UnixSocketFile
  private let channel = Mutex<(any Channel)?>(nil)
  private let clients = Atomic(0)

  /// The most clients at a time; more are told so, many more are closed at once.
  static let maximumClients = 16

  /// Takes the path; nobody is answered before `listen`.
  ///
  /// - Throws: `OpenFailure` when the path cannot be used, or another server answers there.
  init(binding path: String) throws(OpenFailure) {
    self.path = path
    file = try UnixSocketFile(binding: path)
  }

  /// Answers clients from now on.
  func listen(on loops: any EventLoopGroup, _ service: ControlService) async throws {
    let listening = try await ServerBootstrap(group: loops)
      .serverChannelOption(.backlog, value: 64)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(handler(for: channel, service))
        }
      }
      .withBoundSocket(file.takeSocket()).get()
    channel.withLock { $0 = listening }
  }

  private func handler(for client: any Channel, _ service: ControlService) throws -> ControlConnection {
    let count = clients.add(1, ordering: .relaxed).newValue
    client.closeFuture.whenComplete { [self] _ in clients.subtract(1, ordering: .relaxed) }
    guard count <= 2 * Self.maximumClients else { throw ChannelError.ioOnClosedChannel }
    guard count > Self.maximumClients else { return ControlConnection { await service.answer(to: $0) } }
    return ControlConnection { _ in
      ControlAnswer(status: ExitStatus.unavailable.rawValue, "the server has too many clients at its control socket")
    }
  }

  /// Takes no more clients, and removes the file.
  func close() async {
    file.remove()
    try? await channel.withLock { $0.take() }?.close().get()
  }
}
