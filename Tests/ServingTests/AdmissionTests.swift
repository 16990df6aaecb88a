import NIOCore
import NIOHTTP1
@testable import Serving
import Testing

struct AdmissionTests {
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test func `a place is given back when its connection leaves`() throws {
    var state = AdmissionState()
    state.connectionLimit = 2
    state.limits.connectionsPerAddress = 1
    let (one, two, three) = (try address("192.0.2.1"), try address("192.0.2.2"), try address("192.0.2.3"))
    #expect(state.admit(one, at: .now()) == nil)
    #expect(state.admit(one, at: .now()) == .connectionsPerAddress)
    #expect(state.admit(two, at: .now()) == nil)
    #expect(state.admit(three, at: .now()) == .connections)
    state.leave(one, wasCounted: true)
    #expect(state.admit(one, at: .now()) == nil)
  }

  @Test func `new connections come at their rate, a burst of one period at once`() {
    var state = AdmissionState()
    state.limits.newConnections = ConnectionLimits.Frequency(count: 2, perSecond: 2)
    let start = NIODeadline.now()
    func admitted(after milliseconds: Int64) -> Bool {
      state.admit(nil, at: start + .milliseconds(milliseconds)) == nil
    }
    #expect([0, 0, 0, 400, 500, 600].map(admitted) == [true, true, false, false, true, false])
    #expect([9000, 9000, 9000].map(admitted) == [true, true, false])
  }

  @Test func `an IPv6 client is its network of 64 bits, and a mapped IPv4 address is the IPv4 address`() throws {
    #expect(try address("2001:db8::1").client == address("2001:db8::ffff:1").client)
    #expect(try address("2001:db8::1").client != address("2001:db8:0:1::1").client)
    #expect(try address("::ffff:192.0.2.1") == address("192.0.2.1"))
    #expect(IPAddress("192.0.2") == nil)
    #expect(IPAddress("[::1]") == nil)
  }

  @Test func `a network holds the addresses that share its first bits`() throws {
    func holds(_ network: String, _ peer: String) throws -> Bool {
      try #require(AddressNetwork(network)).contains(try address(peer))
    }
    #expect(try holds("10.0.0.0/8", "10.255.0.1"))
    #expect(try !holds("10.0.0.0/8", "11.0.0.1"))
    #expect(try holds("10.0.0.0/8", "::ffff:10.0.0.1"))
    #expect(try !holds("::/0", "10.0.0.1"))
    #expect(try holds("0.0.0.0/0", "10.0.0.1"))
    #expect(try holds("fd00::/8", "fdff::1"))
    #expect(try holds("::1", "::1"))
    #expect(try !holds("::1", "::2"))
    #expect(try !holds("unix", "::1"))
    #expect(AddressNetwork("unix")?.contains(nil) == true)
    for bad in ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "::/129", "localhost", ""] {
      #expect(AddressNetwork(bad) == nil, "\(bad)")
    }
  }

  // RFC 7239 sections 4 and 6
  @Test func `the client is the first hop from the right that is not trusted`() throws {
    let trusted = try ["10.0.0.0/8", "2001:db8::/32"].map { try #require(AddressNetwork($0)) }
    func client(_ headers: (String, String)...) -> IPAddress? {
      ClientAddress.behindProxy(HTTPHeaders(headers), trusted: trusted)
    }
    let expected = try address("192.0.2.1")
    #expect(client(("X-Forwarded-For", "203.0.113.1, 192.0.2.1, 10.0.0.2")) == expected)
    #expect(client(("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-For", "192.0.2.1:4711,10.0.0.2")) == expected)
    #expect(client(("Forwarded", "for=203.0.113.1, For=192.0.2.1;proto=http;by=10.0.0.1")) == expected)
    #expect(client(("Forwarded", "for=\"192.0.2.1:80\"; host=\"a,b;c\\\"d\", for=\"[2001:db8::7]:80\"")) == expected)
    #expect(try client(("X-Forwarded-For", "2a00::1")) == address("2a00::1"))
    #expect(client(("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=203.0.113.1")) == expected)
    for hidden in ["for=unknown", "for=_secret", "proto=https", "for=192.0.2.1, for=_x", "for=10.0.0.9", ""] {
      #expect(client(("Forwarded", hidden)) == nil, "\(hidden)")
    }
    #expect(client() == nil)
  }

  @Test func `a limit that is hit is told at once, and then once a minute`() {
    var tallies = LimitTallies()
    let start = NIODeadline.now()
    let told = [0, 1, 2, 59, 60, 61, 200].map { tallies.add(.connections, at: start + .seconds($0)) }
    #expect(told == [1, nil, nil, nil, 4, nil, 2])
    #expect(tallies.add(.header, at: start) == 1)
    #expect(tallies.count(of: .connections) == 7)
  }

  @Test func `some descriptors are kept back, whatever their limit`() {
    #expect([16, 64, 1024, 4096, 65_536].map(Admission.reserve(of:)) == [12, 48, 128, 256, 1024])
  }
}
