package org.ptuning4j.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.registry.FollowedRegistry;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Registry;
import org.ptuning4j.registry.RegistryPacks;
import org.ptuning4j.registry.Trust;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.LogLines;
import org.ptuning4j.server.TestPacks;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.log.AuditLog;

/** Packs are published through the server, into the registry that it follows. */
class PublishTest {

  @TempDir Path folder;

  private Registry registry;
  private FollowedRegistry followed;
  private TestServer server;
  private HttpClientForTests admin;

  @BeforeEach
  void start() throws IOException {
    registry = Registry.openOrCreate(folder.resolve("registry"));
    registry.publish(TestPacks.reviews(), "mood", "", Optional.empty());
    registry.promote(PackReference.of("mood", 1), "prod");
    followed =
        new FollowedRegistry(
            new RegistryPacks(registry.folder(), Optional.of("prod"), Trust.anyone()),
            Duration.ofMillis(100));
    Path settings =
        Files.writeString(
            folder.resolve("server.yaml"), "admin: {port: 0}\nlimits: {pack-bytes: 2000000}\n");
    server = TestServer.over(followed, ServerSettings.read(settings));
    admin = new HttpClientForTests(server.server().adminPort().orElseThrow());
  }

  @AfterEach
  void stop() {
    server.close();
    followed.close();
  }

  private static Map<String, byte[]> files(Path pack) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : List.of("prompt.json", "prompt.safetensors")) {
      files.put(name, Files.readAllBytes(pack.resolve(name)));
    }
    return files;
  }

  private static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private Reply publish(String query, byte[] body) {
    return admin.send(
        admin
            .request("/admin/packs/mood/publish" + query)
            .header("Content-Type", "application/zip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private String label() {
    return server
        .client()
        .post("/v1/predict", "{\"task\":\"mood\",\"text\":\"A great film.\"}")
        .json()
        .at("/answer/label")
        .asText();
  }

  @Test
  void aPackIsPublishedAndServed() throws Exception {
    assertThat(label()).isEqualTo("good");
    try (LogLines audit = new LogLines(AuditLog.NAME)) {
      Reply reply = publish("?alias=prod&note=more%20data", zip(files(TestPacks.contrary())));
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      assertThat(reply.json().at("/version").asInt()).isEqualTo(2);
      assertThat(registry.verified(PackReference.of("mood", 2), Trust.anyone()).facts().note())
          .isEqualTo("more data");
      for (int i = 0; i < 300 && !label().equals("bad"); i++) {
        Thread.sleep(20);
      }
      assertThat(label()).isEqualTo("bad");
      JsonNode line = audit.json().get(0);
      assertThat(line.at("/action").asText()).isEqualTo("publish");
      assertThat(line.at("/outcome").asText()).isEqualTo("done");
    }
  }

  /** It would be taken anew with the next question. */
  @Test
  void whatComesFromTheRegistryIsNotUnloaded() {
    assertThat(label()).isEqualTo("good");
    assertRefused(admin.post("/admin/packs/mood/unload", ""), 409, "is served from the registry");
    assertThat(label()).isEqualTo("good");
  }

  private void assertRefused(Reply reply, int status, String said) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.json().at("/detail").asText()).contains(said);
    assertThat(registry.versions("mood")).hasSize(1);
  }

  @Test
  void whatIsNoPackIsNotPublished() throws IOException {
    Map<String, byte[]> sound = files(TestPacks.contrary());
    assertRefused(publish("", "no zip".getBytes(StandardCharsets.UTF_8)), 400, "prompt.json");
    assertRefused(publish("", zip(Map.of("prompt.json", new byte[] {'{'}))), 409, "prompt.json");
    for (String name : List.of("../prompt.json", "/etc/passwd", "a/prompt.json", "C:\\x")) {
      Map<String, byte[]> more = new LinkedHashMap<>(sound);
      more.put(name, new byte[1]);
      assertRefused(publish("", zip(more)), 400, "no folders");
    }
    Map<String, byte[]> damaged = new LinkedHashMap<>(sound);
    damaged.computeIfPresent("prompt.safetensors", (name, content) -> new byte[content.length]);
    assertThat(publish("", zip(damaged)).status()).isEqualTo(409);
    assertRefused(admin.post("/admin/packs/mood/publish", "{}"), 415, "a zip");
    assertRefused(publish("?alias=A%20B", zip(sound)), 409, "alias");
    assertRefused(publish("?aliaz=prod", zip(sound)), 400, "aliaz");
  }

  /** A few kilobytes that would be a hundred times the limit. */
  @Test
  void aBombIsNotUnpacked() throws IOException {
    byte[] bomb = zip(Map.of("model.safetensors", new byte[200_000_000]));
    assertThat(bomb.length).isLessThan(2_000_000);
    assertRefused(publish("", bomb), 413, "larger than the 2000000 bytes");
  }
}
