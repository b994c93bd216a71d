package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestKeys;
import org.ptuning4j.server.TestServer;

/** Wrong, missing and expired keys; keys that ask for more than they may. */
class KeysAndScopesTest {

  private static final String ASK = "{\"task\":\"%s\",\"text\":\"A great film.\"}";

  @TempDir static Path folder;

  private static TestServer server;
  private static HttpClientForTests plain;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(
        folder.resolve("keys.yaml"),
        "keys:\n"
            + TestKeys.line("shop", "shop-key", ", tasks: [reviews]")
            + TestKeys.line("all", "all-key", ", tasks: ['*']")
            + TestKeys.line("old", "old-key", ", tasks: ['*'], expires: '2020-01-01T00:00:00Z'")
            + TestKeys.line("later", "later-key", ", tasks: ['*'], expires: '2999-01-01T00:00:00Z'")
            + TestKeys.line("root", "root-key", ", admin: true"));
    Path settings =
        Files.writeString(
            folder.resolve("server.yaml"), "keys: {file: keys.yaml}\nadmin: {port: 0}\n");
    server = TestServer.ofFile(settings);
    plain = server.client();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpClientForTests with(String key) {
    return plain.with("Authorization", "Bearer " + key);
  }

  private static Reply ask(HttpClientForTests client, String task) {
    return client.post("/v1/predict", ASK.formatted(task));
  }

  @Test
  void aKeyAsksItsTasks() {
    assertThat(ask(with("shop-key"), "reviews").status()).isEqualTo(200);
    assertThat(ask(with("all-key"), "again").status()).isEqualTo(200);
    assertThat(ask(with("later-key"), "again").status()).isEqualTo(200);
    assertThat(ask(plain.with("Authorization", "bearer all-key"), "again").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer wrong",
        "Bearer old-key",
        "Bearer ",
        "Bearer",
        "Basic YWxsLWtleQ==",
        "all-key",
        "Bearer SHOP-KEY",
        "Bearer shop-key, Bearer all-key",
        "Bearer shop-keyx"
      })
  void anyOtherKeyIsRefusedInTheSameWords(String header) {
    Reply reply = ask(plain.with("Authorization", header), "reviews");
    Reply missing = ask(plain, "reviews");
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("WWW-Authenticate")).contains("Bearer");
    assertThat(reply.body()).isEqualTo(missing.body());
  }

  @Test
  void keysThatDifferInCaseAloneDifferOnOneConnectionToo() {
    for (int i = 0; i < 3; i++) {
      assertThat(ask(with("SHOP-KEY"), "reviews").status()).isEqualTo(401);
      assertThat(ask(with("shop-key"), "reviews").status()).isEqualTo(200);
    }
  }

  @Test
  void everyAddressButHealthNeedsAKey() {
    for (String path : new String[] {"/v1/tasks", "/v1/tasks/reviews", "/nothing"}) {
      assertThat(plain.get(path).status()).as(path).isEqualTo(401);
    }
    assertThat(plain.get("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void aTaskThatMayNotBeAskedLooksLikeOneThatIsNotThere() {
    Reply forbidden = ask(with("shop-key"), "pairs");
    Reply absent = ask(with("shop-key"), "pairz");
    assertThat(forbidden.status()).isEqualTo(404);
    assertThat(forbidden.body().replace("pairs", "pairz")).isEqualTo(absent.body());
    assertThat(with("shop-key").get("/v1/tasks/pairs").body().replace("pairs", "pairz"))
        .isEqualTo(with("shop-key").get("/v1/tasks/pairz").body());
  }

  @Test
  void aBatchDoesNotCrossScopes() {
    Reply reply =
        with("shop-key")
            .post(
                "/v1/batch",
                "{\"requests\":["
                    + ASK.formatted("reviews")
                    + ","
                    + ASK.formatted("again")
                    + ","
                    + ASK.formatted("agaim")
                    + "]}");
    assertThat(reply.json().at("/results/0/answer/label").asText()).isEqualTo("good");
    ObjectNode forbidden = (ObjectNode) reply.json().at("/results/1/error");
    ObjectNode absent = (ObjectNode) reply.json().at("/results/2/error");
    assertThat(forbidden.toString().replace("again", "agaim").replace("[1]", "[2]"))
        .isEqualTo(absent.toString());
  }

  @Test
  void everyTaskMeansThoseOfTheKey() {
    Reply reply =
        with("shop-key").post("/v1/predict", "{\"tasks\":[\"*\"],\"text\":\"A great film.\"}");
    assertThat(reply.json().at("/results").findValuesAsText("task")).containsExactly("reviews");
    assertThat(with("shop-key").get("/v1/tasks").json().at("/tasks")).hasSize(1);
  }

  @Test
  void onlyAnAdministratorSeesAdministration() {
    HttpClientForTests admin = new HttpClientForTests(server.server().adminPort().orElseThrow());
    HttpClientForTests root = admin.with("Authorization", "Bearer root-key");
    HttpClientForTests shop = admin.with("Authorization", "Bearer shop-key");
    assertThat(root.get("/admin/packs").json().at("/packs")).hasSize(3);
    assertThat(shop.get("/admin/packs").status()).isEqualTo(404);
    assertThat(shop.get("/admin/packs").body()).isEqualTo(root.get("/admin/nothing").body());
    assertThat(admin.get("/admin/packs").status()).isEqualTo(401);
    assertThat(with("root-key").get("/admin/packs").status()).isEqualTo(404);
    assertThat(ask(root, "reviews").status()).isEqualTo(404);
  }

  @Test
  void anAdministratorAsksNoTaskThatIsNotNamed() {
    assertThat(ask(with("root-key"), "reviews").status()).isEqualTo(404);
  }
}
