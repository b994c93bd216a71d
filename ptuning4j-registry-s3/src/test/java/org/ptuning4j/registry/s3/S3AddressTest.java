package org.ptuning4j.registry.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.cli.Main;
import software.amazon.awssdk.services.s3.S3Client;

/** The command with {@code s3://} addresses, as processes of their own. */
@Timeout(300)
class S3AddressTest {

  private static final String PLACE = "s3://packs/production";

  @TempDir static Path folder;
  private static S3Server server;
  private static Path pack;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(folder, "packs");
    pack = S3RegistryTest.train(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ProcessBuilder command(String machine, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_ENDPOINT_URL_S3",
                server.address(),
                "AWS_ACCESS_KEY_ID",
                "any",
                "AWS_SECRET_ACCESS_KEY",
                "thing",
                "XDG_CACHE_HOME",
                folder.resolve(machine).toString(),
                "OMP_NUM_THREADS",
                "1"));
    return builder;
  }

  private static String run(int code, String machine, String... arguments)
      throws IOException, InterruptedException {
    File said = folder.resolve("said").toFile();
    Process process =
        command(machine, arguments).redirectErrorStream(true).redirectOutput(said).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(said.toPath());
    assertThat(process.exitValue()).as(text).isEqualTo(code);
    return text;
  }

  @Test
  void packsArePublishedServedAndPurgedByAddress() throws Exception {
    String published =
        run(
            0,
            "here",
            "registry",
            "publish",
            pack.toString(),
            "--name=mood",
            "--alias=prod",
            "--registry=" + PLACE);
    assertThat(published).contains("mood@1");
    assertThat(run(0, "there", "registry", "list", "--registry=" + PLACE))
        .contains("mood@1")
        .contains("prod");
    assertThat(
            run(
                0,
                "there",
                "predict",
                "--model=bert-mini",
                "--pack=registry:" + PLACE + "/mood@prod",
                "A delight."))
        .containsAnyOf("good", "bad");
    serves("there", 1);
    run(0, "here", "registry", "publish", pack.toString(), "--name=mood", "--registry=" + PLACE);
    run(0, "here", "registry", "promote", "mood@2", "--registry=" + PLACE);
    run(0, "here", "registry", "retire", "mood@1", "--registry=" + PLACE);
    int before = objects();
    assertThat(run(0, "there", "registry", "purge", "mood", "--registry=" + PLACE))
        .contains("mood: purged [1]");
    assertThat(objects()).as("the page of the one version").isEqualTo(before - 1);
    assertThat(run(0, "here", "registry", "verify", "mood@2", "--registry=" + PLACE))
        .contains("mood@2");
  }

  private static int objects() {
    try (S3Client client = server.client()) {
      return client.listObjectsV2(list -> list.bucket("packs").prefix("production/")).keyCount();
    }
  }

  private static void serves(String machine, int version) throws Exception {
    Process process =
        command(machine, "serve", "--model=bert-mini", "--port=0", "--registry=" + PLACE).start();
    try (BufferedReader said = process.errorReader(StandardCharsets.UTF_8)) {
      String line = said.readLine();
      while (line != null && !line.contains(" at http://")) {
        line = said.readLine();
      }
      assertThat(line).isNotNull();
      URI address = URI.create(line.substring(line.indexOf("http://")));
      HttpResponse<String> reply =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(address.resolve("/v1/tasks/mood")).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(reply.body()).contains("\"version\":" + version);
    } finally {
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aBucketThatIsNotThereIsNamed() throws Exception {
    assertThat(run(2, "here", "registry", "list", "--registry=s3://no-such-bucket/x"))
        .contains("registry: s3://no-such-bucket/x")
        .doesNotContain("at org.ptuning4j");
    assertThat(run(2, "here", "registry", "list", "--registry=s3://"))
        .contains("bucket: no bucket is named");
  }
}
