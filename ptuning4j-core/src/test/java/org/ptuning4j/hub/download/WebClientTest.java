package org.ptuning4j.hub.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WebClientTest {

  private static WebClient client(Duration patience) {
    return new WebClient(Map.of(), Optional.empty(), patience);
  }

  /** Patience is for the next bytes, not for all of them. */
  @Test
  @Tag("ci")
  void aLongDownloadIsNotEnded() throws Exception {
    byte[] content = new byte[3000];
    new Random(1).nextBytes(content);
    Duration patience = Duration.ofSeconds(1);
    try (TestServer server = new TestServer()) {
      server.page(
          "/slow",
          exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            try (OutputStream body = exchange.getResponseBody()) {
              for (int from = 0; from < content.length; from += 200) {
                body.write(content, from, 200);
                body.flush();
                pause(Duration.ofMillis(200)); // three times the patience in all
              }
            }
          });
      assertThat(client(patience).text(server.uri("/slow"), content.length)).isEqualTo(content);
    }
  }

  @Test
  void aServerThatSaysNothingIsLeft() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/file");
      WebClient client = client(Duration.ofMillis(200));
      assertThatThrownBy(() -> client.describe(uri))
          .isInstanceOf(PassingException.class)
          .hasMessageContaining("127.0.0.1 has not answered");
      assertThatThrownBy(() -> client.text(uri, 10))
          .isInstanceOf(PassingException.class)
          .hasMessageContaining("127.0.0.1 has not answered");
    }
  }

  @Test
  void aServerThatIsNotThereIsAFailureOfItsOwn() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThatThrownBy(
            () -> client(Duration.ofSeconds(5)).describe(URI.create("http://127.0.0.1:" + port)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(UncheckedIOException.class);
  }

  private static void pause(Duration duration) {
    try {
      TimeUnit.MILLISECONDS.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
