import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** java.net.http.WebSocket: gets 100 messages in order, and what it sends comes back. Run: java JavaClient.java PORT */
public final class JavaClient {
  /** Puts whole messages, pongs and the close into a queue. */
  private static final class Inbox implements WebSocket.Listener {
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    @Override public CompletionStage<?> onText(WebSocket socket, CharSequence piece, boolean isLast) {
      text.append(piece);
      if (isLast) {
        received.add("text " + text);
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer piece, boolean isLast) {
      received.add("binary " + piece.remaining());
      socket.request(1);
      return null;
    }

    @Override public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
      received.add("pong " + payload.remaining());
      socket.request(1);
      return null;
    }

    @Override public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      received.add("close " + code);
      return null;
    }

    @Override public void onError(WebSocket socket, Throwable error) { received.add("error " + error); }

    void expect(String wanted) throws InterruptedException {
      String got = received.poll(10, TimeUnit.SECONDS);
      if (!wanted.equals(got)) throw new AssertionError("received " + got + ", not " + wanted);
    }
  }

  public static void main(String[] arguments) throws Exception {
    String base = "ws://127.0.0.1:" + arguments[0];
    HttpClient client = HttpClient.newHttpClient();

    Inbox numbers = new Inbox();
    WebSocket reader =
        client.newWebSocketBuilder().buildAsync(URI.create(base + "/numbers"), numbers).get(10, TimeUnit.SECONDS);
    for (int number = 1; number <= 100; number++) numbers.expect("text " + number);
    reader.abort();

    Inbox echo = new Inbox();
    WebSocket writer =
        client.newWebSocketBuilder().buildAsync(URI.create(base + "/echo"), echo).get(10, TimeUnit.SECONDS);
    for (String message : List.of("hello", "", "häuser 😀\n", "y".repeat(60000))) {
      writer.sendText(message, true).get(10, TimeUnit.SECONDS);
      echo.expect("text " + message);
    }
    writer.sendText("in ", false).get(10, TimeUnit.SECONDS);
    writer.sendText("fragments", true).get(10, TimeUnit.SECONDS);
    echo.expect("text in fragments");
    writer.sendBinary(ByteBuffer.wrap(new byte[] {0, 1, -1}), true).get(10, TimeUnit.SECONDS);
    echo.expect("binary 3");
    writer.sendPing(ByteBuffer.wrap(new byte[] {1, 2})).get(10, TimeUnit.SECONDS);
    echo.expect("pong 2");
    writer.sendClose(WebSocket.NORMAL_CLOSURE, "done").get(10, TimeUnit.SECONDS);
    echo.expect("close 1000");
    System.out.println("ok: java " + Runtime.version().feature());
    System.exit(0);
  }
}
