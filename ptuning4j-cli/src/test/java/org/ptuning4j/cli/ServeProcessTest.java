package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ptune serve} as a process: it answers, and ends in order when it is told to. */
class ServeProcessTest {

  private static final int PATIENCE_SECONDS = 120;

  /** What the system says of a process that ended by SIGTERM. */
  private static final int TERMINATED = 143;

  /** Batches of other sizes differ in the last digits. */
  private static final Pattern ROUNDED = Pattern.compile("(0\\.\\d{3})\\d+");

  @TempDir static Path folder;

  @BeforeAll
  static void train() throws IOException {
    Path data = TinyData.reviews(folder.resolve("reviews.jsonl"), 16);
    Run trained =
        Run.of(
            "train",
            "--model=bert-mini",
            "--train=" + data,
            "--dev=" + data,
            "--text=text",
            "--label=label",
            "--epochs=1",
            "--prompt-length=2",
            "--precision=fp32",
            "--out=" + folder.resolve("run"));
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static Process serve(String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(Main.class.getName(), "serve", "--model=bert-mini", "--port=0"));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    return builder.start();
  }

  /** Where it says that it listens; what else it says before is of no interest. */
  private static URI address(BufferedReader said) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      int at = line.indexOf(" at http://");
      if (at >= 0) {
        return URI.create(line.substring(at + " at ".length()));
      }
    }
    throw new AssertionError("the server did not start");
  }

  @Test
  void itAnswersAndEndsWhenItIsToldTo() throws Exception {
    Path settings = Files.writeString(folder.resolve("server.yaml"), "access-log: false\n");
    Process server = serve("--pack=mood=" + folder.resolve("run"), "--config=" + settings);
    try (BufferedReader said = server.errorReader(StandardCharsets.UTF_8)) {
      URI address = address(said);
      HttpResponse<String> reply =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(address.resolve("/v1/predict"))
                      .header("Content-Type", "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              "{\"task\":\"mood\",\"text\":\"The film was lovely.\"}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.body()).contains("\"probability\"");
      server.toHandle().destroy(); // the process's own method closes its streams
      assertThat(String.join("\n", said.lines().toList())).contains("Stopping");
      assertThat(server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isEqualTo(TERMINATED);
    } finally {
      server.destroyForcibly();
    }
  }

  /** What it had answered was right, and the next one answers the same from the same registry. */
  @Test
  void itIsKilledUnderLoadAndComesBack() throws Exception {
    Path registry = folder.resolve("registry");
    Run published =
        Run.of(
            "registry",
            "publish",
            folder.resolve("run").toString(),
            "--name=mood",
            "--alias=prod",
            "--registry=" + registry);
    assertThat(published.code()).as(published.err()).isZero();
    Path settings = Files.writeString(folder.resolve("quiet.yaml"), "access-log: false\n");
    Set<String> answers = ConcurrentHashMap.newKeySet();
    for (int round = 0; round < 2; round++) {
      Process server = serve("--registry=" + registry, "--config=" + settings);
      ExecutorService clients = Executors.newFixedThreadPool(3);
      try (BufferedReader said = server.errorReader(StandardCharsets.UTF_8)) {
        URI address = address(said);
        AtomicInteger answered = new AtomicInteger();
        List<Future<?>> asking = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          asking.add(clients.submit(() -> askUntilItIsGone(address, answers, answered)));
        }
        while (answered.get() < 20) {
          Thread.sleep(5);
        }
        server.toHandle().destroyForcibly();
        for (Future<?> each : asking) {
          each.get();
        }
      } finally {
        clients.shutdownNow();
        server.destroyForcibly();
      }
    }
    assertThat(answers).hasSize(1);
    Run verified = Run.of("registry", "verify", "mood", "--registry=" + registry);
    assertThat(verified.code()).as(verified.err()).isZero();
  }

  private static Void askUntilItIsGone(URI address, Set<String> answers, AtomicInteger answered)
      throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/v1/predict"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"task\":\"mood\",\"text\":\"The film was lovely.\"}"))
            .build();
    while (true) {
      try {
        HttpResponse<String> reply = client.send(request, HttpResponse.BodyHandlers.ofString());
        String body = reply.body().replaceFirst(",\"milliseconds\".*", "");
        answers.add(reply.statusCode() + " " + ROUNDED.matcher(body).replaceAll("$1"));
        answered.incrementAndGet();
      } catch (IOException gone) {
        return null;
      }
    }
  }

  @Test
  void settingsThatAreWrongKeepItFromStarting() throws Exception {
    Path settings = Files.writeString(folder.resolve("wrong.yaml"), "limits: {bodybytes: 7}\n");
    Run run =
        Run.of(
            "serve",
            "--model=bert-mini",
            "--pack=" + folder.resolve("run"),
            "--config=" + settings);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("wrong.yaml").contains("bodybytes").contains("body-bytes");
  }
}
