import NIOCore
import Streams

/// How formats with a shared compressor take a message into it.
extension WireFormat {
  /// What is compressed of a chunk, where that is not its messages themselves.
  package func content(of chunk: Chunk) -> EncodedChunk? {
    switch self {
    case .sseGzip: chunk.encoded(.sse, with: WireFormat.sse.encode)
    case .streamGzip: chunk.encoded(.stream, with: WireFormat.stream.encode)
    case .webSocket, .webSocketDeflate, .sse, .sseChunked, .stream, .streamChunked: nil
    }
  }

  /// Whether message `index` may be sent plain amid compressed ones, as a frame of its own can.
  package func mayStayPlain(_ chunk: Chunk, _ index: Int, below threshold: Int) -> Bool {
    self == .webSocketDeflate && chunk.batch.range(index).count < threshold
  }

  /// Appends message `index`, compressed by `deflater`, or plain with none, which only a frame can be.
  package func write(
    _ chunk: Chunk, _ index: Int, _ content: EncodedChunk?, with deflater: RawDeflater?, to bytes: inout ByteBuffer
  ) {
    guard let content else {
      return chunk.batch.bytes.withUnsafeBytes { raw in
        let message = UnsafeRawBufferPointer(rebasing: raw[chunk.batch.range(index)])
        let isText = chunk.batch.marks[index].isText
        if let deflater {
          WebSocketFrame.write(message, isText: isText, with: deflater, to: &bytes)
        } else {
          WebSocketFrame.write(message, isText: isText, to: &bytes)
        }
      }
    }
    let range = content.start(index)..<Int(content.ends[index])
    guard !range.isEmpty, let deflater else { return }
    var payload = ByteBuffer()
    content.bytes.withUnsafeReadableBytes {
      deflater.compress(UnsafeRawBufferPointer(rebasing: $0[range]), into: &payload)
    }
    bytes.writeImmutableBuffer(HTTPChunk.wrap(payload))
  }
}
