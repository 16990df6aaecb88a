import Glibc
import TestSupport

/// The limit: accepts, then sends each line of standard input to every connection with one `send(2)` each.
enum BareServer {
  static func run() {
    let listener = Sockets.listen()
    print(Sockets.port(of: listener))
    fflush(nil)
    var connections: [CInt] = []
    var line = [UInt8](repeating: 0, count: 1 << 16)
    var watched = [
      pollfd(fd: listener, events: Int16(POLLIN), revents: 0), pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
    ]
    var request = [UInt8](repeating: 0, count: 4096)
    while poll(&watched, 2, -1) > 0 {
      if watched[0].revents != 0 {
        let connection = accept(listener, nil, nil)
        var on: CInt = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        _ = recv(connection, &request, request.count, 0)
        let answer = Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8)
        _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
        connections.append(connection)
      }
      if watched[1].revents != 0 {
        let count = read(0, &line, line.count)
        guard count > 0 else { return }
        for connection in connections { _ = send(connection, line, count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
      }
    }
  }
}
