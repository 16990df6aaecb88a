import NIOCore
import NIOPosix

/// A proxy that passes bytes on, and cuts each connection after a random number of them.
package final class CuttingProxy: Sendable {
  private let server: any Channel

  /// Passes what the server says on, until `budget` bytes have gone through; then both sides are closed hard.
  private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let peer: any Channel
    private var budget: Int

    init(to peer: any Channel, budget: Int) {
      self.peer = peer
      self.budget = budget
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      let piece = bytes.readSlice(length: min(budget, bytes.readableBytes)) ?? ByteBuffer()
      budget -= piece.readableBytes
      let isOver = budget <= 0
      let sent = peer.writeAndFlush(piece)
      guard isOver else { return }
      sent.whenComplete { [peer, own = context.channel] _ in
        peer.close(promise: nil)
        own.close(promise: nil)
      }
    }

    func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  /// `bytes`: between how many bytes of the server's a connection lives.
  package init(to port: Int, bytes: ClosedRange<Int>) async throws {
    server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { client in
        ClientBootstrap(group: client.eventLoop).channelOption(.autoRead, value: false)
          .connect(host: "127.0.0.1", port: port).flatMap { upstream in
            upstream.eventLoop.makeCompletedFuture {
              try upstream.pipeline.syncOperations.addHandler(Relay(to: client, budget: .random(in: bytes)))
              try client.pipeline.syncOperations.addHandler(Relay(to: upstream, budget: .max))
            }.flatMap {
              upstream.setOption(.autoRead, value: true).and(client.setOption(.autoRead, value: true)).map { _ in }
            }
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  package var port: Int { server.localAddress?.port ?? 0 }
  package func stop() async throws { try await server.close().get() }
}
