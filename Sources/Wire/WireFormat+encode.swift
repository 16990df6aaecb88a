import NIOCore
import Streams

extension WireFormat {
  /// Encodes a chunk, nothing of it compressed: called once a chunk and format, by whoever reads it first.
  package func encode(_ chunk: Chunk) -> EncodedChunk {
    switch self {
    case .webSocket, .webSocketDeflate: WebSocketFrame.encode(chunk)
    case .sse: ServerSentEvents.encode(chunk)
    case .sseChunked: HTTPChunk.wrap(ServerSentEvents.encode(chunk))
    case .sseGzip: HTTPChunk.wrap(GzipStream.stored(ServerSentEvents.encode(chunk)))
    case .stream: DelimitedStream.encode(chunk)
    case .streamChunked: HTTPChunk.wrap(DelimitedStream.encode(chunk))
    case .streamGzip: HTTPChunk.wrap(GzipStream.stored(DelimitedStream.encode(chunk)))
    }
  }

  /// Encodes what is for one connection only. What goes into gzip is put there by the connection's `GzipBody`.
  package func encode(_ note: Note) -> ByteBuffer {
    switch self {
    case .webSocket, .webSocketDeflate: WebSocketFrame.encode(text: note.json)
    case .sse, .sseGzip: ServerSentEvents.encode(note)
    case .sseChunked: HTTPChunk.wrap(ServerSentEvents.encode(note))
    case .stream, .streamGzip: ByteBuffer(string: note.json + "\n")
    case .streamChunked: HTTPChunk.wrap(ByteBuffer(string: note.json + "\n"))
    }
  }

  /// What is sent to a subscriber to which nothing else was: a ping, a comment; a plain stream has no such thing.
  package var keepAlive: ByteBuffer? {
    switch self {
    case .webSocket, .webSocketDeflate: WebSocketFrame.encode(.ping, payload: ByteBuffer())
    case .sse, .sseGzip: ByteBuffer(string: ":\n\n")
    case .sseChunked: HTTPChunk.wrap(ByteBuffer(string: ":\n\n"))
    case .stream, .streamChunked, .streamGzip: nil
    }
  }

  /// Tells the client how long to wait before it connects again; only an event stream can. It is also what keeps a first
  /// message that begins with U+FEFF whole: a client strips that at the start of the stream, and nowhere else.
  package func encode(retry: Duration) -> ByteBuffer {
    switch self {
    case .sse, .sseGzip: ServerSentEvents.encode(retry: retry)
    case .sseChunked: HTTPChunk.wrap(ServerSentEvents.encode(retry: retry))
    case .webSocket, .webSocketDeflate, .stream, .streamChunked, .streamGzip: ByteBuffer()
    }
  }

  /// What ends the stream in good order, before the connection closes.
  package func encodeEnd(_ reason: EndReason) -> ByteBuffer {
    switch self {
    case .webSocket, .webSocketDeflate: WebSocketFrame.encode(close: reason.closeCode, reason: reason.rawValue)
    case .sseChunked, .sseGzip, .streamChunked, .streamGzip: HTTPChunk.last
    case .sse, .stream: ByteBuffer()
    }
  }
}

/// Why the server ends a subscriber's stream; the words go into a WebSocket's close frame.
package enum EndReason: String, Sendable {
  case endOfStream = "end of stream"
  case tooSlow = "too slow"
  case goingAway = "going away"
  case gap = "messages were missed"

  /// RFC 6455 section 7.4.1; 1013 is from the IANA registry of close codes.
  package var closeCode: UInt16 {
    switch self {
    case .endOfStream: 1000
    case .goingAway: 1001
    case .tooSlow, .gap: 1013
    }
  }
}
