import Testing
import Wire

struct DeflateOfferTests {
  private func offers(_ fields: String...) -> [DeflateOffer]? {
    ExtensionOffer.list(fields).map(DeflateOffer.list)
  }

  // RFC 7692 sections 5.1, 7.1, 7.1.3
  @Test(
    arguments: [
      ("permessage-deflate", [DeflateOffer()]),
      ("permessage-deflate; client_max_window_bits", [DeflateOffer()]),
      ("permessage-deflate; client_max_window_bits=10", [DeflateOffer()]),
      ("permessage-deflate; server_max_window_bits=10", [DeflateOffer(serverMaxWindowBits: 10)]),
      ("permessage-deflate; server_max_window_bits=\"8\"", [DeflateOffer(serverMaxWindowBits: 8)]),
      ("permessage-deflate; server_max_window_bits=\"1\\0\"", [DeflateOffer(serverMaxWindowBits: 10)]),
      (
        "permessage-deflate;client_no_context_takeover;server_no_context_takeover ; server_max_window_bits = 15",
        [DeflateOffer(serverNoContextTakeover: true, serverMaxWindowBits: 15)]
      ),
      (
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate; client_max_window_bits",
        [DeflateOffer(serverMaxWindowBits: 10), DeflateOffer()]
      ),
      ("permessage-foo; x=\"10\", permessage-deflate", [DeflateOffer()]),
      ("x-webkit-deflate-frame, permessage-deflate", [DeflateOffer()]), ("x-webkit-deflate-frame", []),
      ("", []), (" , ,permessage-deflate, ,", [DeflateOffer()]),
    ] as [(String, [DeflateOffer])])
  func `an offer says what the client asks of the server`(field: String, expected: [DeflateOffer]) {
    #expect(offers(field) == expected)
  }

  @Test func `offers of several fields follow each other`() {
    #expect(
      offers("permessage-deflate; server_no_context_takeover", "foo", "permessage-deflate")
        == [DeflateOffer(serverNoContextTakeover: true), DeflateOffer()])
    #expect(offers() == [])
  }

  // RFC 7692 sections 7, 7.1.1, 7.1.2
  @Test(
    arguments: [
      "unknown", "unknown=1", "server_no_context_takeover=1", "client_no_context_takeover=true",
      "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=08",
      "server_max_window_bits=+9", "server_max_window_bits=ten", "client_max_window_bits=7",
      "client_max_window_bits=16", "client_max_window_bits=010", "Server_no_context_takeover",
      "server_no_context_takeover; server_no_context_takeover", "client_max_window_bits; client_max_window_bits=9",
      "server_max_window_bits=9; server_max_window_bits=9",
    ])
  func `an offer with a wrong parameter is declined, the next one is looked at`(parameters: String) {
    #expect(offers("permessage-deflate; \(parameters)") == [])
    #expect(offers("permessage-deflate; \(parameters), permessage-deflate") == [DeflateOffer()])
  }

  // RFC 6455 section 9.1
  @Test(
    arguments: [
      "permessage-deflate;", "; x", "permessage-deflate; =1", "permessage-deflate; x=", "permessage-deflate; x=\"",
      "permessage-deflate; x=\"a", "permessage-deflate; x=\"\"", "permessage-deflate; x=\"a b\"", "a b",
      "permessage-deflate; x=\"a\\", "permessage-deflate; x=\"a\"b", "(", "é", "permessage-deflate; a b",
    ])
  func `a malformed field is told from one without offers`(field: String) {
    #expect(offers(field) == nil)
    #expect(offers("permessage-deflate", field) == nil)
  }

  @Test func `only a client with the whole window can share`() {
    #expect(DeflateOffer().canShare)
    #expect(DeflateOffer(serverMaxWindowBits: 15).canShare)
    #expect(!DeflateOffer(serverMaxWindowBits: 14).canShare)
    #expect(!DeflateOffer(serverNoContextTakeover: true).canShare)
  }

  // RFC 7692 sections 7.1.1.1, 7.1.1.2, 7.1.2.1
  @Test(
    arguments: [
      (DeflateOffer(), "permessage-deflate; client_no_context_takeover", 15),
      (
        DeflateOffer(serverNoContextTakeover: true),
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover", 15
      ),
      (
        DeflateOffer(serverMaxWindowBits: 15),
        "permessage-deflate; client_no_context_takeover; server_max_window_bits=15", 15
      ),
      (
        DeflateOffer(serverNoContextTakeover: true, serverMaxWindowBits: 8),
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8", 8
      ),
    ])
  func `the answer says what was asked, and that a client's messages begin anew`(
    offer: DeflateOffer, header: String, windowBits: Int
  ) {
    #expect(DeflateAgreement(offer).header == header)
    #expect(DeflateAgreement(offer).windowBits == windowBits)
  }
}
