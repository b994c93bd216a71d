package org.ptuning4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Dockerfile without Docker: its commands are run as they are written, first as root with a
 * folder of the test's in the place of /opt, then as the user that it names, with a file system
 * that cannot be written. bubblewrap makes these rooms.
 */
class ContainerIT {

  private static final Path BUBBLEWRAP = Path.of("/usr/bin/bwrap");

  @TempDir Path folder;

  private static Dockerfile dockerfile() throws IOException {
    return Dockerfile.read(Path.of("../deploy/docker/Dockerfile"));
  }

  @Test
  void itSaysWhatARegistryOfImagesChecks() throws IOException {
    Dockerfile file = dockerfile();
    assertThat(file.one(1, "USER")).matches("[1-9][0-9]*:[1-9][0-9]*");
    assertThat(file.one(1, "HEALTHCHECK")).contains("/health/live");
    assertThat(Dockerfile.words(file.one(1, "ENTRYPOINT"))).startsWith("/opt/ptune/bin/ptune");
    assertThat(file.all(0, "FROM").get(0)).matches("\\S+:\\d\\S* AS unpacked");
    assertThat(file.environment(1)).containsKeys("XDG_CACHE_HOME", "PTUNE_JAVA_OPTS");
    assertThat(file.one(1, "VOLUME")).isEqualTo(file.environment(1).get("XDG_CACHE_HOME"));
  }

  @Test
  @Tag("ci")
  void servesAsAnotherUserOnAFileSystemThatCannotBeWritten() throws Exception {
    assumeTrue(Files.isExecutable(BUBBLEWRAP), "no bubblewrap");
    Dockerfile file = dockerfile();
    Path opt = Files.createDirectory(folder.resolve("opt"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Files.copy(Archive.file(".tar.gz"), temporary.resolve("ptune.tar.gz"));
    Process built =
        start(
            "build",
            file.environment(0),
            List.of("--bind", opt.toString(), "/opt", "--bind", temporary.toString(), "/tmp"),
            List.of("sh", "-c", file.one(0, "RUN")));
    assertThat(built.waitFor()).as(said("build")).isZero();

    int port = freePort();
    String cache = file.environment(1).get("XDG_CACHE_HOME");
    String[] user = file.one(1, "USER").split(":", -1);
    List<String> rooms =
        List.of(
            "--ro-bind",
            opt.toString(),
            "/opt",
            "--tmpfs",
            "/tmp",
            "--tmpfs",
            String.valueOf(Path.of(cache).getParent()),
            "--dir",
            cache,
            "--ro-bind",
            temporary.resolve("run").toString(),
            "/mnt",
            "--unshare-user",
            "--uid",
            user[0],
            "--gid",
            user[1]);
    List<String> served = new ArrayList<>(Dockerfile.words(file.one(1, "ENTRYPOINT")));
    served.set(served.indexOf("8080"), String.valueOf(port));
    served.addAll(List.of("--model", "bert-mini", "--pack", "mood=/mnt"));
    Process server = start("serve", file.environment(1), rooms, served);
    try {
      awaitReady(server, port);
      assertThat(ask(port)).contains("\"label\"");
      String check = file.one(1, "HEALTHCHECK").replace("8080", String.valueOf(port));
      Process health = start("health", Map.of(), List.of(), Dockerfile.words(check));
      assertThat(health.waitFor()).as(said("health")).isZero();
    } finally {
      server.descendants().forEach(ProcessHandle::destroy);
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(said("serve")).contains("Stopping");
    Process health =
        start(
            "none",
            Map.of(),
            List.of(),
            Dockerfile.words(file.one(1, "HEALTHCHECK").replace("8080", String.valueOf(port))));
    assertThat(health.waitFor()).isNotZero();
  }

  private Process start(
      String name, Map<String, String> environment, List<String> rooms, List<String> command)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(BUBBLEWRAP.toString(), "--ro-bind", "/", "/"));
    all.addAll(List.of("--dev", "/dev", "--proc", "/proc", "--die-with-parent", "--clearenv"));
    all.addAll(List.of("--setenv", "PATH", System.getProperty("java.home") + "/bin:/usr/bin:/bin"));
    environment.forEach((key, value) -> all.addAll(List.of("--setenv", key, value)));
    all.addAll(rooms);
    all.addAll(command);
    File said = folder.resolve(name + ".log").toFile();
    return new ProcessBuilder(all)
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(said)
        .start();
  }

  private String said(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".log"), StandardCharsets.UTF_8);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder at(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private void awaitReady(Process server, int port) throws Exception {
    for (int i = 0; i < 600; i++) {
      assertThat(server.isAlive()).as(said("serve")).isTrue();
      try {
        if (send(at(port, "/health/ready")).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(100); // not there yet
      }
    }
    throw new AssertionError(said("serve"));
  }

  private static String ask(int port) throws Exception {
    String question = "{\"task\": \"mood\", \"text\": \"A delight.\"}";
    return send(at(port, "/v1/predict")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(question)))
        .body();
  }
}
