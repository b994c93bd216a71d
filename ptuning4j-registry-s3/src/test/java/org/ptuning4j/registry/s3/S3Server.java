package org.ptuning4j.registry.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A server with S3's interface on this machine, in a process of its own. */
final class S3Server implements AutoCloseable {

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static S3Server start(Path folder, String bucket) throws IOException, InterruptedException {
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target/s3mock.jar").toAbsolutePath().toString(),
                "--server.address=127.0.0.1",
                "--server.port=" + freePort(),
                "--com.adobe.testing.s3mock.httpPort=" + port));
    builder.environment().put("COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS", bucket);
    File log = folder.resolve("s3.log").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
    S3Server server = new S3Server(process, port);
    server.await(log.toPath());
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void await(Path log) throws IOException, InterruptedException {
    for (int i = 0; i < 600 && process.isAlive(); i++) {
      try {
        HttpURLConnection connection =
            (HttpURLConnection) URI.create(address()).toURL().openConnection();
        if (connection.getResponseCode() > 0) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(50); // not there yet
      }
    }
    close();
    throw new AssertionError(Files.readString(log));
  }

  /** Where it is. */
  String address() {
    return "http://127.0.0.1:" + port;
  }

  /** A client of it, with path style and credentials of no meaning. */
  S3Client client() {
    return S3Client.builder()
        .endpointOverride(URI.create(address()))
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "thing")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  @Override
  public void close() {
    process.destroy();
    assertThat(process.onExit().orTimeout(30, TimeUnit.SECONDS).join().isAlive()).isFalse();
  }
}
