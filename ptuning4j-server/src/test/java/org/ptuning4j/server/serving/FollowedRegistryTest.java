package org.ptuning4j.server.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
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

/** A server follows a registry: what an alias means is served within seconds. */
class FollowedRegistryTest {

  private static final String ASK = "{\"task\":\"mood\",\"text\":\"A great film.\"}";

  @TempDir Path folder;

  private Path place;
  private Registry registry;
  private FollowedRegistry followed;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    place = folder.resolve("registry");
    registry = Registry.openOrCreate(place);
    publish(TestPacks.reviews());
    registry.promote(PackReference.of("mood", 1), "prod");
    followed =
        new FollowedRegistry(
            new RegistryPacks(place, Optional.of("prod"), Trust.anyone()), Duration.ofMillis(200));
    Path settings = Files.writeString(folder.resolve("server.yaml"), "admin: {port: 0}\n");
    server = TestServer.over(followed, ServerSettings.read(settings));
  }

  @AfterEach
  void stop() {
    server.close();
    followed.close();
  }

  private void publish(Path pack) {
    registry.publish(pack, "mood", "", Optional.empty());
  }

  private Reply ask() {
    return server.client().post("/v1/predict", ASK);
  }

  private String label() {
    Reply reply = ask();
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json().at("/answer/label").asText();
  }

  private void awaitLabel(String label) throws InterruptedException {
    for (int i = 0; i < 300 && !label().equals(label); i++) {
      Thread.sleep(50);
    }
    assertThat(label()).isEqualTo(label);
  }

  private HttpClientForTests admin() {
    return new HttpClientForTests(server.server().adminPort().orElseThrow());
  }

  @Test
  void tasksAreThoseOfTheAlias() {
    assertThat(label()).isEqualTo("good");
    assertThat(server.client().get("/v1/tasks").json().at("/tasks/0/name").asText())
        .isEqualTo("mood");
    assertThat(admin().get("/admin/packs").json().at("/packs/0/name").asText()).isEqualTo("mood");
  }

  @Test
  void theVersionThatIsServedIsTold() throws Exception {
    try (LogLines audit = new LogLines(AuditLog.NAME)) {
      assertThat(label()).isEqualTo("good");
      JsonNode first = server.client().get("/v1/tasks/mood").json().at("/registry");
      assertThat(first.at("/name").asText()).isEqualTo("mood");
      assertThat(first.at("/version").asInt()).isEqualTo(1);
      assertThat(first.at("/aliases/0").asText()).isEqualTo("prod");
      assertThat(first.at("/sha256").asText()).hasSize(64);
      publish(TestPacks.contrary());
      registry.promote(PackReference.of("mood", 2), "prod");
      awaitLabel("bad");
      assertThat(server.client().get("/v1/tasks/mood").json().at("/registry/version").asInt())
          .isEqualTo(2);
      assertThat(admin().get("/admin/packs").json().at("/packs/0/version").asInt()).isEqualTo(2);
      List<JsonNode> lines = audit.await(2);
      assertThat(lines.stream().map(line -> line.at("/action").asText()))
          .containsExactly("serve mood@1", "serve mood@2");
      assertThat(lines.get(1).at("/outcome").asText()).isEqualTo("done; it was mood@1");
    }
  }

  @Test
  void administrationSaysWhatCannotBeDone() {
    Reply unknown = admin().post("/admin/packs/mood/promote", "{\"version\":9,\"alias\":\"prod\"}");
    assertThat(unknown.json().at("/field").asText()).isEqualTo("version");
    assertThat(unknown.json().at("/detail").asText()).contains("in use are [1]");
    Reply alias = admin().post("/admin/packs/mood/promote", "{\"version\":1,\"alias\":\"A B\"}");
    assertThat(alias.json().at("/detail").asText()).contains("alias").contains("lower-case");
    Reply nowhere = admin().post("/admin/packs/mood/rollback", "{\"alias\":\"prod\"}");
    assertThat(nowhere.status()).isEqualTo(409);
    assertThat(nowhere.json().at("/detail").asText()).contains("pointed nowhere before");
    Reply done = admin().post("/admin/packs/mood/load", "");
    assertThat(done.json().at("/name").asText()).isEqualTo("mood");
  }

  @Test
  void aVersionThatIsPromotedIsServedAndRolledBack() throws Exception {
    assertThat(label()).isEqualTo("good");
    publish(TestPacks.contrary());
    assertThat(label()).isEqualTo("good");
    Reply promoted =
        admin().post("/admin/packs/mood/promote", "{\"version\":2,\"alias\":\"prod\"}");
    assertThat(promoted.status()).as(promoted.body()).isEqualTo(200);
    awaitLabel("bad");
    assertThat(admin().post("/admin/packs/mood/rollback", "{\"alias\":\"prod\"}").status())
        .isEqualTo(200);
    awaitLabel("good");
    assertThat(
            admin()
                .post("/admin/packs/mood/promote", "{\"version\":9,\"alias\":\"prod\"}")
                .status())
        .isEqualTo(409);
    assertThat(admin().post("/admin/packs/mood/promote", "{\"version\":1}").status())
        .isEqualTo(400);
  }

  private void damage(int version) throws IOException {
    Path tensors =
        registry.show(PackReference.of("mood", version)).folder().resolve("prompt.safetensors");
    byte[] content = Files.readAllBytes(tensors);
    content[content.length - 1] ^= 1;
    assertThat(tensors.toFile().setWritable(true)).isTrue();
    Files.write(tensors, content);
  }

  @Test
  void aVersionWhoseFilesChangedIsNotServed() throws Exception {
    publish(TestPacks.contrary());
    registry.promote(PackReference.of("mood", 2), "prod");
    awaitLabel("bad");
    damage(1);
    assertThatThrownBy(() -> registry.promote(PackReference.of("mood", 1), "prod"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("damaged");
    registry.rollback("mood", "prod");
    Thread.sleep(1_000); // several looks
    assertThat(label()).isEqualTo("bad");
  }

  /** Of a pack that was not loaded yet: its task fails alone, and nothing says where it is. */
  @Test
  void aDamagedPackFailsAloneAmongOthers() throws Exception {
    registry.publish(TestPacks.contrary(), "other", "", Optional.empty());
    registry.promote(PackReference.of("other", 1), "prod");
    damage(1);
    for (int i = 0;
        i < 300 && server.client().get("/v1/tasks").json().at("/tasks").size() < 2;
        i++) {
      Thread.sleep(50);
    }
    Reply all = server.client().post("/v1/predict", "{\"tasks\":[\"*\"],\"text\":\"a delight\"}");
    assertThat(all.status()).as(all.body()).isEqualTo(200);
    assertThat(all.json().at("/results/0/error/type").asText()).contains("unavailable");
    assertThat(all.json().at("/results/1/answer").isMissingNode()).isFalse();
    assertThat(all.body()).doesNotContain(place.toString());
    assertThat(ask().status()).isEqualTo(503);
    Reply broken = server.client().get("/v2/models/mood/ready");
    assertThat(broken.status()).isEqualTo(503);
    assertThat(broken.json().at("/ready").asBoolean(true)).isFalse();
    assertThat(server.client().get("/v2/models/other/ready").status()).isEqualTo(200);
  }

  @Test
  void everyTaskOfNoneIsAnError() throws Exception {
    registry.promote(PackReference.of("mood", 1), "next");
    FollowedRegistry empty =
        new FollowedRegistry(
            new RegistryPacks(place, Optional.of("nowhere"), Trust.anyone()),
            Duration.ofMillis(200));
    try (TestServer none = TestServer.over(empty, ServerSettings.standard())) {
      Reply reply = none.client().post("/v1/predict", "{\"tasks\":[\"*\"],\"text\":\"a\"}");
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.json().at("/detail").asText()).contains("no task is served");
    } finally {
      empty.close();
    }
  }

  @Test
  void aRegistryThatIsAwayChangesNothing() throws Exception {
    assertThat(label()).isEqualTo("good");
    Path away = folder.resolve("away");
    Files.move(place, away);
    Thread.sleep(1_000);
    assertThat(label()).isEqualTo("good");
    Files.move(away, place);
    publish(TestPacks.contrary());
    registry.promote(PackReference.of("mood", 2), "prod");
    awaitLabel("bad");
  }

  /** A pack that was not asked before is not at hand; that is told, and ends with the absence. */
  @Test
  void whatWasNotLoadedWaitsForTheRegistry() throws Exception {
    assertThat(server.client().get("/v1/tasks").json().at("/tasks")).hasSize(1);
    admin().post("/admin/packs/mood/load", ""); // the next question takes it anew
    Path away = folder.resolve("away");
    Files.move(place, away);
    Reply absent = ask();
    assertThat(absent.status()).as(absent.body()).isEqualTo(503);
    assertThat(absent.header("Retry-After")).isPresent();
    assertThat(absent.body()).doesNotContain(place.toString());
    Files.move(away, place);
    assertThat(label()).isEqualTo("good");
  }

  @Test
  void namesThatAreNoneAreUnknownTasks() {
    for (String name : new String[] {"../mood", "mood@../1", "moo", "MOOD", "mood\\u0000"}) {
      Reply reply =
          server
              .client()
              .post("/v1/predict", "{\"task\":\"" + name + "\",\"text\":\"A great film.\"}");
      assertThat(reply.status()).as(name).isEqualTo(404);
    }
  }
}
