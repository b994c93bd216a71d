package org.ptuning4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings and keys of a running server change with their files, as far as that is safe. */
class ReloadTest {

  private static final String ASK = "{\"task\":\"reviews\",\"text\":\"A great film.\"}";

  @TempDir Path folder;

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 300 && !condition.getAsBoolean(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void limitsOfRequestsChangeAndWhatIsWrongChangesNothing() throws Exception {
    Path file = write("server.yaml", "limits: {text-length: 100}\n");
    try (TestServer server = TestServer.ofFile(file)) {
      HttpClientForTests client = server.client();
      assertThat(client.post("/v1/predict", ASK).status()).isEqualTo(200);
      write("server.yaml", "limits: {text-length: 5}\n");
      await(() -> client.post("/v1/predict", ASK).status() == 413);
      write("server.yaml", "limits: {text-length: -5, no-such-limit: 7}\n");
      Thread.sleep(2_000); // longer than a look takes
      assertThat(client.post("/v1/predict", ASK).status()).isEqualTo(413);
      write("server.yaml", "limits: {text-length: 50}\n");
      await(() -> client.post("/v1/predict", ASK).status() == 200);
    }
  }

  @Test
  void keysComeAndGo() throws Exception {
    write("keys.yaml", "keys:\n" + TestKeys.line("one", "one", ", tasks: ['*']"));
    Path file = write("server.yaml", "keys: {file: keys.yaml}\n");
    try (TestServer server = TestServer.ofFile(file)) {
      HttpClientForTests one = server.client().with("Authorization", "Bearer one");
      HttpClientForTests two = server.client().with("Authorization", "Bearer two");
      assertThat(one.post("/v1/predict", ASK).status()).isEqualTo(200);
      assertThat(two.post("/v1/predict", ASK).status()).isEqualTo(401);
      write("keys.yaml", "keys:\n" + TestKeys.line("two", "two", ", tasks: [reviews]"));
      await(() -> two.post("/v1/predict", ASK).status() == 200);
      assertThat(one.post("/v1/predict", ASK).status()).isEqualTo(401);
      write("keys.yaml", "keys: []\n");
      Thread.sleep(2_000);
      assertThat(two.post("/v1/predict", ASK).status()).isEqualTo(200);
    }
  }
}
