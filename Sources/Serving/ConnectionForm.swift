import Delivery
import NIOCore
import Streams
import Wire

/// In what form a connection gets its stream: chosen when it begins, and kept for as long as it lasts.
struct ConnectionForm {
  let format: WireFormat
  /// What is agreed of a WebSocket client's offers; nil: nothing is compressed in either direction.
  private(set) var deflate: DeflateAgreement?
  private(set) var compressor: OwnCompressor?

  init(_ subscription: Subscription, _ budget: CompressionBudget) {
    guard case .webSocket(let handshake) = subscription.chosen else {
      format = subscription.format
      return
    }
    let compression = subscription.settings.compression
    if compression.mode == .shared, let offer = handshake.offers.first(where: \.canShare) {
      deflate = DeflateAgreement(offer)
      format = .webSocketDeflate
      return
    }
    format = .webSocket
    guard compression.mode != .off, let offer = handshake.offers.first else { return }
    let agreement = DeflateAgreement(offer)
    compressor = OwnCompressor(
      compression, windowBits: agreement.windowBits, resets: agreement.serverNoContextTakeover, budget)
    deflate = compressor == nil ? nil : agreement
  }

  /// What begins the body behind the response's head.
  func begin(_ content: ByteBuffer) -> (ConnectionCoding, ByteBuffer) {
    format.isGzip ? ConnectionCoding.beginGzip(content) : (ConnectionCoding(compressor: compressor), content)
  }
}
