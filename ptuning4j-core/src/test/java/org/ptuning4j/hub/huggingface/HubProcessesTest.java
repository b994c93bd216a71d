package org.ptuning4j.hub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.hub.download.TestServer;

/** Several processes on one cache, and one that is killed. */
class HubProcessesTest {

  private static final String NAME = "owner/name";
  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path cache;

  @Test
  void twoProcessesFetchEachFileOnce() throws IOException, InterruptedException {
    try (TestHub hub = TestHub.withModel(NAME)) {
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        processes.add(FetchProcess.start(hub, cache, NAME));
      }
      for (Process process : processes) {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
      }
      assertThat(hub.storage.seen("GET", hub.stored(WEIGHTS))).hasSize(1);
      for (String small : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
        assertThat(hub.hub.seen("GET", hub.path(small))).hasSize(1);
      }
    }
  }

  @Test
  @Tag("ci")
  void aKilledFetchIsContinued() throws IOException, InterruptedException {
    try (TestHub hub = TestHub.withModel(NAME)) {
      byte[] content = hub.content(WEIGHTS);
      hub.storage.next("GET", hub.stored(WEIGHTS), hub.storage.stalled(content, 150_000, Map.of()));
      Process process = FetchProcess.start(hub, cache, NAME);
      Path blobs = cache.resolve("models--owner--name/blobs");
      while (process.isAlive() && incompleteBytes(blobs) < 100_000) {
        Thread.sleep(20);
      }
      process.destroyForcibly().waitFor();
      long left = incompleteBytes(blobs);
      assertThat(left).isBetween(100_000L, 150_000L);
      HubName model = HubName.parse(NAME).orElseThrow();
      Path folder = hub.models(cache).folder(model);
      assertThat(folder.resolve(WEIGHTS)).hasBinaryContent(content);
      assertThat(incompleteBytes(blobs)).isZero();
      List<TestServer.Seen> asked = hub.storage.seen("GET", hub.stored(WEIGHTS));
      assertThat(asked).hasSize(2);
      assertThat(asked.get(1).header("Range")).isEqualTo("bytes=" + left + "-");
    }
  }

  /** What there is of the weights: small files may be on their way beside them. */
  private static long incompleteBytes(Path blobs) throws IOException {
    if (!Files.isDirectory(blobs)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(blobs)) {
      long bytes = 0;
      for (Path file : files.filter(f -> f.toString().endsWith(".incomplete")).toList()) {
        bytes = Math.max(bytes, Files.exists(file) ? Files.size(file) : 0);
      }
      return bytes;
    }
  }
}
