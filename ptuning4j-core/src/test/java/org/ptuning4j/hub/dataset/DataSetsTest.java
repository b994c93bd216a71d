package org.ptuning4j.hub.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.Checksum;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.TestServer;
import org.ptuning4j.hub.download.WebClient;

class DataSetsTest {

  @TempDir Path cache;
  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  private DataSets sets(boolean offline) {
    return new DataSets(
        cache,
        new WebClient(Map.of(), Optional.empty(), Duration.ofSeconds(20)),
        new Retries(3, Duration.ZERO, Duration.ofMinutes(1), pause -> {}),
        offline,
        DownloadListener.SILENT);
  }

  private static byte[] zip(Map<String, String> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private PublishedFile archive(byte[] content) {
    return new PublishedFile(
        server.uri("/RTE.zip"),
        content.length,
        Checksum.sha256(DigestUtils.sha256Hex(content)),
        Map.of("train.jsonl", "train.jsonl", "val.jsonl", "val.jsonl"),
        "archive.zip");
  }

  private static PublishedData data(PublishedFile... files) {
    return new PublishedData("rte", List.of(files), Optional.of("train.jsonl"), "val.jsonl");
  }

  private static byte[] content() throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("RTE/original/train.jsonl", "older");
    entries.put("RTE/train.jsonl", "rows");
    entries.put("RTE/val.jsonl", "more rows");
    entries.put("../../train.jsonl.evil", "evil");
    return zip(entries);
  }

  @Test
  void anArchiveIsFetchedOnceAndUnpacked() throws IOException {
    byte[] content = content();
    server.file("/RTE.zip", content, Map.of());
    server.next("GET", "/RTE.zip", TestServer.truncated(content, content.length / 2, Map.of()));
    DataSets.TaskFiles files = sets(false).files(data(archive(content)));
    assertThat(files.train()).hasContent("rows");
    assertThat(files.dev()).hasContent("more rows");
    assertThat(files.train().getParent().toFile().list())
        .containsExactlyInAnyOrder("train.jsonl", "val.jsonl", "origin.json");
    assertThat(sets(true).files(data(archive(content)))).isEqualTo(files);
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void plainFilesAreFetchedAsTheyAre() {
    byte[] content = "rows".getBytes(StandardCharsets.UTF_8);
    assertThat(sets(false).files(plain(content)).dev()).hasContent("rows");
  }

  @Test
  void aFileThatHasArrivedIsNotFetchedAgainWhenAnotherFails() {
    PublishedData data = plain("rows".getBytes(StandardCharsets.UTF_8));
    server.next("GET", "/val.jsonl", TestServer.status(404));
    assertThatThrownBy(() -> sets(false).files(data))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("404");
    assertThat(sets(false).files(data).train()).hasContent("rows");
    assertThat(server.seen("GET", "/train.jsonl")).hasSize(1);
    assertThat(cache.resolve(".parts")).isEmptyDirectory();
  }

  private PublishedData plain(byte[] content) {
    PublishedFile[] files = new PublishedFile[2];
    for (String name : List.of("train.jsonl", "val.jsonl")) {
      server.file("/" + name, content, Map.of());
      files[name.startsWith("t") ? 0 : 1] =
          new PublishedFile(
              server.uri("/" + name),
              content.length,
              Checksum.sha256(DigestUtils.sha256Hex(content)),
              Map.of(),
              name);
    }
    return data(files);
  }

  @Test
  void anotherContentIsNeverTaken() throws IOException {
    byte[] content = content();
    byte[] other = content.clone();
    other[40]++;
    server.file("/RTE.zip", other, Map.of());
    assertThatThrownBy(() -> sets(false).files(data(archive(content))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("'rte'")
        .hasMessageContaining("checksum");
    assertThat(cache.resolve("rte")).doesNotExist();
  }

  @Test
  void diagnosticsHaveNothingToTrainOn() {
    for (String task : List.of("axb", "axg")) {
      assertThat(DataSets.has(task)).isTrue();
      assertThatThrownBy(() -> sets(true).files(task))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("'" + task + "' is published without rows to train on");
      assertThatThrownBy(() -> sets(true).evaluation(task))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("HF_HUB_OFFLINE");
    }
    assertThat(DataSets.has("conll03")).isFalse();
  }

  @Test
  void whatIsMissingIsSaid() throws IOException {
    byte[] content = zip(Map.of("RTE/train.jsonl", "rows"));
    server.file("/RTE.zip", content, Map.of());
    assertThatThrownBy(() -> sets(false).files(data(archive(content))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("val.jsonl");
    server.page("/RTE.zip", TestServer.status(404));
    assertThatThrownBy(() -> sets(false).files(data(archive(content()))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("404");
    assertThatThrownBy(() -> sets(true).files("rte"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("HF_HUB_OFFLINE");
    assertThatThrownBy(() -> sets(true).files("mine"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'mine'")
        .hasMessageContaining("squad1");
  }
}
