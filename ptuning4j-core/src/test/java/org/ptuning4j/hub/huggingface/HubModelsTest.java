package org.ptuning4j.hub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.ModelOrigin;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.TestServer;

/** What is fetched, where it is put, and what is not asked for again. */
class HubModelsTest {

  private static final HubName MODEL = HubName.parse("owner/name").orElseThrow();

  @TempDir Path cache;

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path repository() {
    return cache.resolve("models--owner--name");
  }

  @Test
  void onlyWhatIsNeededIsFetched() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      for (String other :
          List.of("pytorch_model.bin", "tf_model.h5", "README.md", "vocab.txt", "onnx/m.onnx")) {
        hub.small(other, "not needed");
      }
      Path folder = hub.models(cache).folder(MODEL);
      assertThat(names(folder))
          .containsExactly(
              "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
      assertThat(folder.resolve("model.safetensors"))
          .hasBinaryContent(hub.content("model.safetensors"));
      assertThat(hub.hub.seen()).noneMatch(seen -> seen.path().matches(".*(bin|h5|md|txt|onnx)"));
    }
  }

  /** What a model of sentence embeddings was trained to read says a file in a folder of its own. */
  @Test
  void theFileOfPoolingIsFetchedIntoItsFolder() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      hub.small("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": true}");
      hub.small("2_Normalize/config.json", "{}");
      Path folder = hub.models(cache).folder(MODEL);
      assertThat(folder.resolve("1_Pooling/config.json"))
          .hasContent("{\"pooling_mode_mean_tokens\": true}");
      assertThat(folder.resolve("2_Normalize")).doesNotExist();
    }
  }

  @Test
  void theLayoutIsThatOfHuggingFacesOwnLibrary() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      Path folder = hub.models(cache).folder(MODEL);
      assertThat(folder).isEqualTo(repository().resolve("snapshots").resolve(TestHub.COMMIT));
      assertThat(repository().resolve("refs/main")).hasContent(TestHub.COMMIT);
      String sha256 = DigestUtils.sha256Hex(hub.content("model.safetensors"));
      String sha1 = TestHub.gitBlob(hub.content("config.json"));
      assertThat(Files.readSymbolicLink(folder.resolve("model.safetensors")))
          .isEqualTo(Path.of("../../blobs/" + sha256));
      assertThat(Files.readSymbolicLink(folder.resolve("config.json")))
          .isEqualTo(Path.of("../../blobs/" + sha1));
      assertThat(names(repository().resolve("blobs"))).hasSize(4).contains(sha256, sha1);
      assertThat(cache.resolve(".locks/models--owner--name/" + sha256 + ".lock")).exists();
    }
  }

  @Test
  void whatIsThereIsUsedWithoutAsking() {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      Path folder = hub.models(cache).folder(MODEL);
      int asked = hub.hub.seen().size() + hub.storage.seen().size();
      assertThat(hub.models(cache).folder(MODEL)).isEqualTo(folder);
      assertThat(hub.models(cache).folder(MODEL.at(TestHub.COMMIT))).isEqualTo(folder);
      assertThat(hub.hub.seen().size() + hub.storage.seen().size()).isEqualTo(asked);
    }
  }

  /** As Python's library leaves a cache: links, a ref, and files that we would not have fetched. */
  @Test
  void whatPythonFetchedIsUsed() throws IOException {
    Path blobs = Files.createDirectories(repository().resolve("blobs"));
    Path folder =
        Files.createDirectories(repository().resolve("snapshots").resolve(TestHub.COMMIT));
    for (String name : List.of("config.json", "vocab.txt", "pytorch_model.bin", "README.md")) {
      Path blob = Files.writeString(blobs.resolve(DigestUtils.sha1Hex(name)), name);
      Files.createSymbolicLink(folder.resolve(name), folder.relativize(blob));
    }
    Files.createDirectories(repository().resolve("refs"));
    Files.writeString(repository().resolve("refs/main"), TestHub.COMMIT);
    try (TestHub hub = new TestHub("owner/name")) {
      HubSettings offline =
          new HubSettings(
              hub.hub.uri(), cache, Optional.empty(), true, true, Duration.ofSeconds(1));
      assertThat(hub.models(offline).folder(MODEL)).isEqualTo(folder);
      assertThat(hub.hub.seen()).isEmpty();
    }
  }

  @Test
  void aBlobThatIsThereIsNotFetchedAgain() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      byte[] content = hub.content("model.safetensors");
      Path blobs = Files.createDirectories(repository().resolve("blobs"));
      Files.write(blobs.resolve(DigestUtils.sha256Hex(content)), content);
      Path folder = hub.models(cache).folder(MODEL);
      assertThat(folder.resolve("model.safetensors")).hasBinaryContent(content);
      assertThat(hub.storage.seen()).isEmpty();
    }
  }

  @Test
  void aHalfFetchedModelIsCompleted() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      Path folder = hub.models(cache).folder(MODEL);
      Files.delete(folder.resolve("tokenizer.json"));
      assertThat(hub.models(cache).folder(MODEL).resolve("tokenizer.json")).hasContent("{}");
    }
  }

  @Test
  void revisionsAreNamed() {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      for (String revision : List.of("v1.0", "refs/pr/1", TestHub.COMMIT)) {
        Path folder = hub.models(cache).folder(MODEL.at(revision));
        assertThat(ModelOrigin.of(folder)).contains("owner/name@" + TestHub.COMMIT);
      }
      assertThat(repository().resolve("refs/v1.0")).hasContent(TestHub.COMMIT);
      assertThat(repository().resolve("refs/refs/pr/1")).hasContent(TestHub.COMMIT);
      assertThat(repository().resolve("refs/" + TestHub.COMMIT)).doesNotExist();
    }
  }

  @Test
  void fetchingAgainFollowsTheBranch() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      Path old = hub.models(cache).folder(MODEL);
      String later = "f".repeat(40);
      hub.list(later);
      for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
        byte[] content = hub.content(name);
        hub.hub.file(
            "/owner/name/resolve/" + later + "/" + name,
            content,
            TestServer.headers("ETag", "\"" + TestHub.gitBlob(content) + "\""));
      }
      byte[] weights = TestHub.bytes(100);
      hub.hub.file(
          "/owner/name/resolve/" + later + "/model.safetensors",
          weights,
          TestServer.headers("ETag", "\"" + DigestUtils.sha256Hex(weights) + "\""));
      assertThat(hub.models(cache).folder(MODEL)).isEqualTo(old);
      Path fresh = hub.models(cache).fetch(MODEL);
      assertThat(fresh.getFileName()).hasToString(later);
      assertThat(fresh.resolve("model.safetensors")).hasBinaryContent(weights);
      assertThat(hub.models(cache).folder(MODEL)).isEqualTo(fresh);
      assertThat(hub.models(cache).folder(MODEL.at(TestHub.COMMIT))).isEqualTo(old);
      List<CachedSnapshot> cached = hub.models(cache).cached();
      assertThat(cached).extracting(CachedSnapshot::refs).contains(List.of(), List.of("main"));
      assertThat(cached).allMatch(CachedSnapshot::whole);
      assertThat(hub.models(cache).remove(MODEL.at(TestHub.COMMIT), false)).hasValue(200_000);
      assertThat(old).doesNotExist();
      assertThat(fresh.resolve("config.json")).isRegularFile();
      assertThat(hub.models(cache).remove(MODEL, true)).isPresent();
      assertThat(repository()).doesNotExist();
      assertThat(hub.models(cache).remove(MODEL, true)).isEmpty();
    }
  }

  @Test
  void aCommitWhoseFilesDoNotArriveDoesNotReplaceTheOldOne() {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      Path old = hub.models(cache).folder(MODEL);
      hub.list("f".repeat(40)); // whose files are refused
      assertThatThrownBy(() -> hub.models(cache).fetch(MODEL)).isInstanceOf(RuntimeException.class);
      assertThat(repository().resolve("refs/main")).hasContent(TestHub.COMMIT);
      assertThat(hub.models(cache).folder(MODEL)).isEqualTo(old);
    }
  }

  @Test
  void shardsAreFetchedUnderOneProgress() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      hub.small(
          "pytorch_model.bin.index.json",
          "{\"weight_map\": {\"a\": \"s-1.bin\", \"b\": \"s-2.bin\", \"c\": \"s-1.bin\"}}");
      hub.large("s-1.bin", TestHub.bytes(70_000));
      hub.large("s-2.bin", TestHub.bytes(90_000));
      hub.list(TestHub.COMMIT);
      HubName other = HubName.parse("owner/sharded").orElseThrow();
      try (TestHub sharded = new TestHub("owner/sharded")) {
        sharded.small("config.json", "{}");
        sharded.small("vocab.txt", "a");
        sharded.small(
            "pytorch_model.bin.index.json",
            new String(hub.content("pytorch_model.bin.index.json"), StandardCharsets.UTF_8));
        sharded.large("s-1.bin", hub.content("s-1.bin"));
        sharded.large("s-2.bin", hub.content("s-2.bin"));
        AtomicLong total = new AtomicLong();
        AtomicLong advanced = new AtomicLong();
        AtomicInteger finished = new AtomicInteger();
        Path folder =
            sharded
                .models(
                    sharded.settings(cache),
                    new DownloadListener() {
                      @Override
                      public void started(String what, long bytes, long present) {
                        total.addAndGet(bytes - present);
                      }

                      @Override
                      public void advanced(long bytes) {
                        advanced.addAndGet(bytes);
                      }

                      @Override
                      public void finished() {
                        finished.incrementAndGet();
                      }
                    })
                .folder(other);
        assertThat(names(folder))
            .containsExactly(
                "config.json", "pytorch_model.bin.index.json", "s-1.bin", "s-2.bin", "vocab.txt");
        assertThat(folder.resolve("s-2.bin")).hasBinaryContent(hub.content("s-2.bin"));
        assertThat(advanced.get()).isEqualTo(total.get()).isGreaterThan(160_000);
        assertThat(finished.get()).isEqualTo(2); // the index, then the rest
        Files.delete(folder.resolve("s-1.bin"));
        assertThat(sharded.models(cache).folder(other).resolve("s-1.bin")).exists();
      }
    }
  }

  @Test
  void withoutLinksFilesStandInTheSnapshot() throws IOException {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      hub.small("special_tokens_map.json", "{}"); // the same bytes as tokenizer.json
      HubSettings copies =
          new HubSettings(
              hub.hub.uri(), cache, Optional.empty(), false, false, Duration.ofSeconds(20));
      Path folder = hub.models(copies).folder(MODEL);
      for (String name : names(folder)) {
        assertThat(Files.isSymbolicLink(folder.resolve(name))).isFalse();
        assertThat(folder.resolve(name)).hasBinaryContent(hub.content(name));
      }
      assertThat(names(folder)).hasSize(5);
      int asked = hub.hub.seen().size();
      assertThat(hub.models(copies).folder(MODEL)).isEqualTo(folder);
      assertThat(hub.hub.seen()).hasSize(asked);
    }
  }

  @Test
  void offlineNothingIsAsked() {
    try (TestHub hub = TestHub.withModel("owner/name")) {
      HubSettings offline =
          new HubSettings(
              hub.hub.uri(), cache, Optional.empty(), true, true, Duration.ofSeconds(1));
      assertThatThrownBy(() -> hub.models(offline).folder(MODEL))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("HF_HUB_OFFLINE")
          .hasMessageContaining("owner/name@main")
          .hasMessageContaining(repository().toString());
      assertThat(hub.hub.seen()).isEmpty();
    }
  }

  @Test
  void whatIsNoModelIsSaidToBeNone() {
    try (TestHub hub = new TestHub("owner/name")) {
      hub.small("README.md", "a data set");
      assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("no config.json")
          .hasMessageContaining("README.md");
      hub.small("config.json", "{}");
      hub.small("tf_model.h5", "x");
      assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("none of model.safetensors")
          .hasMessageContaining("tf_model.h5");
    }
  }
}
