package org.ptuning4j.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.inference.grpc.protocol.GRPCInferenceServiceGrpc;
import org.ptuning4j.server.inference.grpc.protocol.ServerLiveRequest;

/** HTTPS with certificates that change. */
class TlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  /** Makes a certificate with the JDK's own tool. */
  private Path keystore(String name, String algorithm) throws IOException, InterruptedException {
    Path file = folder.resolve(name + ".p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process made =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-validity",
                "3650")
            .redirectErrorStream(true)
            .start();
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(made.waitFor()).as(said).isZero();
    return file;
  }

  private void writePem(Path keystore, String certificate, String key)
      throws IOException, GeneralSecurityException {
    KeyStore store = new TlsFiles.Pkcs12File(keystore, PASSWORD).read();
    pem(folder.resolve(certificate), "CERTIFICATE", store.getCertificate("server").getEncoded());
    pem(
        folder.resolve(key),
        "PRIVATE KEY",
        store.getKey("server", PASSWORD.toCharArray()).getEncoded());
  }

  private static void pem(Path file, String what, byte[] content) throws IOException {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
  }

  /** The name in the certificate that the server shows. */
  private static String shown(int port) throws Exception {
    X509TrustManager anyone =
        new X509TrustManager() {

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {anyone}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(reply).startsWith("HTTP/1.1 200");
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  /** Trusts anyone, and remembers whom. */
  private static final class Anyone extends X509ExtendedTrustManager {

    private final AtomicReference<String> shown = new AtomicReference<>();

    private void remember(X509Certificate[] chain) {
      shown.set(chain[0].getSubjectX500Principal().getName());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      remember(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      remember(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      remember(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** The name in the certificate that is shown to a new connection of gRPC. */
  private static String shownByGrpc(int port) {
    Anyone anyone = new Anyone();
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", port, TlsChannelCredentials.newBuilder().trustManager(anyone).build())
            .build();
    try {
      assertThat(
              GRPCInferenceServiceGrpc.newBlockingStub(channel)
                  .serverLive(ServerLiveRequest.getDefaultInstance())
                  .getLive())
          .isTrue();
      return anyone.shown.get();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aCertificateInPemIsReplacedWhileTheServerRuns() throws Exception {
    writePem(keystore("first", "EC"), "cert.pem", "key.pem");
    Path settings =
        Files.writeString(
            folder.resolve("server.yaml"),
            "tls: {certificate: cert.pem, key: key.pem}\ngrpc: {port: 0}\n");
    try (TestServer server = TestServer.ofFile(settings)) {
      int port = server.server().port();
      int grpc = server.server().grpcPort().orElseThrow();
      assertThat(shown(port)).isEqualTo("CN=first");
      assertThat(shownByGrpc(grpc)).isEqualTo("CN=first");
      writePem(keystore("second", "RSA"), "cert.pem", "key.pem");
      for (int i = 0; i < 200 && !shown(port).equals("CN=second"); i++) {
        Thread.sleep(50);
      }
      assertThat(shown(port)).isEqualTo("CN=second");
      assertThat(shownByGrpc(grpc)).isEqualTo("CN=second");
      Files.writeString(folder.resolve("cert.pem"), "broken");
      Thread.sleep(2_000);
      assertThat(shown(port)).isEqualTo("CN=second");
    }
  }

  @Test
  void aKeyStoreIsRead() throws Exception {
    TlsFiles files = new TlsFiles.Pkcs12File(keystore("store", "EC"), PASSWORD);
    assertThat(files.read().containsAlias("server")).isTrue();
    assertThat(files.toString()).doesNotContain(PASSWORD);
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    writePem(keystore("one", "EC"), "cert.pem", "key.pem");
    writePem(keystore("two", "RSA"), "other.pem", "other-key.pem");
    Files.writeString(folder.resolve("empty.pem"), "");
    for (List<String> pair :
        List.of(
            List.of("missing.pem", "key.pem"),
            List.of("empty.pem", "key.pem"),
            List.of("cert.pem", "cert.pem"),
            List.of("cert.pem", "other-key.pem"))) {
      Path settings =
          Files.writeString(
              folder.resolve("server.yaml"),
              "tls: {certificate: %s, key: %s}\n".formatted(pair.get(0), pair.get(1)));
      assertThatThrownBy(() -> TestServer.ofFile(settings))
          .as(pair.toString())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("tls");
    }
    Path both =
        Files.writeString(folder.resolve("server.yaml"), "tls: {certificate: a, keystore: b}\n");
    assertThatThrownBy(() -> ServerSettings.read(both)).hasMessageContaining("either");
  }
}
