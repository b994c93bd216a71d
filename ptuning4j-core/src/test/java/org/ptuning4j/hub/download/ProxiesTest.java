package org.ptuning4j.hub.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class ProxiesTest {

  private static final URI HTTPS = URI.create("https://hub.example.org/x");

  private static List<Proxy> select(URI uri, String... variables) {
    return new Proxies(TestServer.headers(variables), null).select(uri);
  }

  private static List<Proxy> proxy(String host, int port) {
    return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(host, port)));
  }

  @Test
  void variablesNameThem() {
    assertThat(select(HTTPS)).containsExactly(Proxy.NO_PROXY);
    assertThat(select(HTTPS, "HTTPS_PROXY", "http://127.0.0.1:3128"))
        .isEqualTo(proxy("127.0.0.1", 3128));
    assertThat(select(HTTPS, "https_proxy", "127.0.0.1:1", "HTTPS_PROXY", "http://127.0.0.2:2"))
        .isEqualTo(proxy("127.0.0.1", 1));
    assertThat(select(HTTPS, "HTTP_PROXY", "http://127.0.0.1:3128"))
        .containsExactly(Proxy.NO_PROXY);
    assertThat(select(HTTPS, "ALL_PROXY", "http://127.0.0.1")).isEqualTo(proxy("127.0.0.1", 80));
    assertThat(select(HTTPS, "HTTPS_PROXY", "")).containsExactly(Proxy.NO_PROXY);
  }

  @Test
  void someHostsNeedNone() {
    for (String none :
        List.of("*", "example.org", ".example.org", "a, hub.example.org", "*.example.org")) {
      assertThat(select(HTTPS, "HTTPS_PROXY", "http://127.0.0.1:1", "NO_PROXY", none))
          .containsExactly(Proxy.NO_PROXY);
    }
    for (String other : List.of("", "ample.org", "example.com", "hub", "org.")) {
      assertThat(select(HTTPS, "HTTPS_PROXY", "http://127.0.0.1:1", "no_proxy", other))
          .isEqualTo(proxy("127.0.0.1", 1));
    }
  }

  @Test
  void wrongAddressesAreRefusedWithoutShowingThem() {
    assertThatThrownBy(() -> select(HTTPS, "HTTPS_PROXY", "http://user:secret@"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("HTTPS_PROXY")
        .message()
        .doesNotContain("secret");
  }

  @Test
  void requestsGoThroughThem() throws IOException, InterruptedException {
    try (TestServer proxy = new TestServer()) {
      proxy.file("/page", "through".getBytes(StandardCharsets.UTF_8), Map.of());
      String address = proxy.uri().toString().replace("http://", "http://me:secret@");
      WebClient web =
          new WebClient(Map.of("HTTP_PROXY", address), Optional.empty(), Duration.ofSeconds(10));
      assertThat(web.text(URI.create("http://hub.invalid/page"), 100))
          .isEqualTo("through".getBytes(StandardCharsets.UTF_8));
      assertThat(proxy.seen().get(0).header("Proxy-Authorization")).isEqualTo("Basic bWU6c2VjcmV0");
      assertThat(proxy.seen().get(0).header("Host")).isEqualTo("hub.invalid");
    }
  }

  @Test
  void tunnelsAreAskedForWithTheLogin() throws IOException, InterruptedException {
    List<String> asked = new ArrayList<>();
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      proxy.setSoTimeout(60_000);
      Thread serving = new Thread(() -> refuseTunnel(proxy, asked));
      serving.start();
      ProcessBuilder process =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              PageProcess.class.getName(),
              "https://hub.invalid/page");
      process.environment().clear();
      process
          .environment()
          .put("HTTPS_PROXY", "http://me:secret@127.0.0.1:" + proxy.getLocalPort());
      process.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      assertThat(process.start().waitFor()).isNotZero();
      serving.join();
    }
    assertThat(asked).first().asString().startsWith("CONNECT hub.invalid:443");
    assertThat(asked).contains("Proxy-Authorization: Basic bWU6c2VjcmV0");
  }

  private static void refuseTunnel(ServerSocket proxy, List<String> asked) {
    try (Socket socket = proxy.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        asked.add(line);
      }
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      asked.add(e.toString());
    }
  }
}
