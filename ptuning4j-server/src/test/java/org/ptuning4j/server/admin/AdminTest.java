package org.ptuning4j.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestServer;

/** Packs come and go on the listener of administration. */
class AdminTest {

  private static final String ASK = "{\"task\":\"reviews\",\"text\":\"A great film.\"}";

  @TempDir Path folder;

  private Path settings(String text) throws IOException {
    return Files.writeString(folder.resolve("server.yaml"), text);
  }

  private static Reply post(HttpClientForTests client, String path) {
    return client.post(path, "");
  }

  @Test
  void packsAreUnloadedAndLoadedAgain() throws IOException {
    try (TestServer server = TestServer.ofFile(settings("admin: {port: 0}\n"))) {
      HttpClientForTests client = server.client();
      HttpClientForTests admin = new HttpClientForTests(server.server().adminPort().orElseThrow());
      assertThat(post(admin, "/admin/packs/reviews/unload").status()).isEqualTo(200);
      assertThat(client.post("/v1/predict", ASK).status()).isEqualTo(404);
      assertThat(client.post("/v1/predict", ASK.replace("reviews", "again")).status())
          .isEqualTo(200);
      assertThat(admin.get("/admin/packs").json().at("/packs/2/loaded").asBoolean(true)).isFalse();
      assertThat(post(admin, "/admin/packs/reviews/load").status()).isEqualTo(200);
      assertThat(client.post("/v1/predict", ASK).status()).isEqualTo(200);
      assertThat(post(admin, "/admin/packs/nothing/load").status()).isEqualTo(404);
      assertThat(post(admin, "/admin/packs/%2e%2e/load").status()).isIn(400, 404);
      assertThat(client.get("/admin/packs").status()).isEqualTo(404);
    }
  }

  @Test
  void metricsCountWhatWasAskedWithBoundedLabels() throws IOException {
    try (TestServer server = TestServer.ofFile(settings("admin: {port: 0}\n"))) {
      HttpClientForTests client = server.client();
      client.post("/v1/predict", ASK);
      client.post("/v1/predict", ASK);
      client.post("/v1/predict", "{\"task\":\"invented-name\",\"text\":\"a\"}");
      client.get("/v1/tasks/another-invented-name");
      client.get("/an-invented-address");
      HttpClientForTests admin = new HttpClientForTests(server.server().adminPort().orElseThrow());
      String text = admin.get("/metrics").body();
      assertThat(text)
          .contains("ptuning4j_questions_total{outcome=\"answered\",task=\"reviews\"} 2.0")
          .contains("ptuning4j_questions_waiting 0.0")
          .contains("ptuning4j_packs_resident 3.0")
          .contains("ptuning4j_padding_total")
          .contains("route=\"/v1/tasks/{task}\",status=\"404\"")
          .contains("route=\"(none)\",status=\"404\"")
          .contains("jvm_memory_used_bytes")
          .doesNotContain("invented");
    }
  }

  @Test
  void aPageOfTheInternetCannotReachIt() throws IOException {
    try (TestServer server = TestServer.ofFile(settings("admin: {port: 0}\n"))) {
      HttpClientForTests admin = new HttpClientForTests(server.server().adminPort().orElseThrow());
      assertThat(admin.with("Origin", "https://evil.example").get("/admin/packs").status())
          .isEqualTo(403);
    }
  }

  @Test
  void administrationIsNotOpenToTheNetworkWithoutAKey() throws IOException {
    Path file = settings("admin: {host: 0.0.0.0, port: 0}\n");
    assertThatThrownBy(() -> TestServer.ofFile(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("admin.host")
        .hasMessageContaining("admin: true");
  }
}
