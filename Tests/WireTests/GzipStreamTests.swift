import Foundation
import NIOCore
import TestSupport
import Testing
import Wire

struct GzipStreamTests {
  // The check value of CRC-32 in the catalogues
  @Test func `a CRC-32 is that of the standard, in one piece or several`() {
    #expect(bytes("123456789").withUnsafeBytes { GzipStream.crc32($0) } == 0xCBF4_3926)
    let first = bytes("1234").withUnsafeBytes { GzipStream.crc32($0) }
    #expect(bytes("56789").withUnsafeBytes { GzipStream.crc32($0, after: first) } == 0xCBF4_3926)
    #expect(GzipStream.crc32(UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
  }

  @Test func `a part that was checked by itself is put behind any content`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<100 {
      let (first, second) = (anyContent(&random), anyContent(&random))
      let whole = (first + second).withUnsafeBytes { GzipStream.crc32($0) }
      let part = second.withUnsafeBytes { GzipStream.Check($0) }
      #expect(GzipStream.combine(first.withUnsafeBytes { GzipStream.crc32($0) }, part) == whole)
      #expect(part.count == second.count)
    }
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 200_000])
  func `stored blocks hold any number of bytes`(count: Int) throws {
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    var stored = ByteBuffer()
    content.withUnsafeBytes { GzipStream.writeStored($0, to: &stored) }
    #expect(stored.readableBytes == GzipStream.storedCount(of: count))
    #expect(try RawInflater().inflate(Array(stored.readableBytesView)) == content)
  }

  @Test func `gzip reads what is put together from stored blocks and a deflater's output`() async throws {
    var random = SystemRandomNumberGenerator()
    let deflater = RawDeflater(level: 6)
    var (file, content, crc) = (ByteBuffer(), [UInt8](), UInt32(0))
    GzipStream.writeHeader(to: &file)
    #expect(file.readableBytes == GzipStream.headerCount)
    for index in 0..<40 {
      let message = anyContent(&random)
      if index == 10 { deflater.reset() }
      let compressed = deflater.compress(message)
      message.withUnsafeBytes { raw in
        if index < 10 { GzipStream.writeStored(raw, to: &file) } else { file.writeBytes(compressed) }
        crc = GzipStream.combine(crc, GzipStream.Check(raw))
      }
      content += message
    }
    let end = file.writerIndex
    GzipStream.writeTrailer(crc: crc, count: content.count, to: &file)
    #expect(file.writerIndex - end == GzipStream.trailerCount)
    let folder = try TemporaryFolder()
    let path = try folder.write("whole.gz", "")
    try Data(file.readableBytesView).write(to: URL(fileURLWithPath: path))
    let (status, output) = try await Command.run(["gzip", "-d", path])
    #expect(status == 0, "\(output)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: String(path.dropLast(3)))) == Data(content))
  }
}
