package org.ptuning4j.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.config.ServerSettings;

/** Clients that hang, or never read what they asked for, keep nobody else from an answer. */
class HangingClientsTest {

  private static final String ASK = "{\"task\":\"reviews\",\"text\":\"A great film.\"}";
  private static final int HANGING = 100;

  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket connect(int port, String sent) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return socket;
  }

  private static String post(String path, String body, int length) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        + length
        + "\r\n\r\n"
        + body;
  }

  private static void assertAnswers(HttpClientForTests client) {
    for (int i = 0; i < 5; i++) {
      assertThat(client.post("/v1/predict", ASK).json().at("/answer/label").asText())
          .isEqualTo("good");
    }
  }

  @Test
  void aHundredConnectionsThatHang() throws Exception {
    Limits limits = Limits.standard().with(Limit.DRAIN_SECONDS, 1);
    try (TestServer server = TestServer.withPacks(ServerSettings.of(limits))) {
      int port = server.client().port();
      for (int i = 0; i < HANGING; i++) {
        switch (i % 4) {
          case 0 -> connect(port, "");
          case 1 -> connect(port, "POST /v1/pre");
          case 2 -> connect(port, post("/v1/predict", "", 500));
          default -> connect(port, post("/v1/predict", "{\"task\":\"rev", 500));
        }
      }
      assertAnswers(server.client());
      assertThat(server.client().get("/health/ready").status()).isEqualTo(200);
    }
  }

  /** Replies that fill every buffer on the way: whoever does not read waits alone. */
  @Test
  void clientsThatNeverRead() throws Exception {
    Limits limits = Limits.standard().with(Limit.DRAIN_SECONDS, 1);
    try (TestServer server = TestServer.withPacks(ServerSettings.of(limits))) {
      int port = server.client().port();
      String one = "{\"task\":\"reviews\",\"text\":7}"; // which needs no model
      String batch = "{\"requests\":[" + (one + ",").repeat(255) + one + "]}";
      String asked = post("/v1/batch", batch, batch.length());
      for (int i = 0; i < 10; i++) {
        Socket socket = connect(port, asked);
        for (int more = 0; more < 20; more++) {
          Thread sending = new Thread(() -> send(socket, asked));
          sending.setDaemon(true);
          sending.start();
        }
      }
      assertAnswers(server.client());
    }
  }

  private static void send(Socket socket, String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // It was closed in the end, or by the server.
    }
  }
}
