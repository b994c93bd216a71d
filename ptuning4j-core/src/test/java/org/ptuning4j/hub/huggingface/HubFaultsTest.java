package org.ptuning4j.hub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.TestServer;

/** A hub that breaks off, stalls, changes its mind, lies, and asks to wait. */
class HubFaultsTest {

  private static final HubName MODEL = HubName.parse("owner/name").orElseThrow();
  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path temporary;

  private Path cache;
  private TestHub hub;
  private byte[] content;

  @BeforeEach
  void open() {
    hub = TestHub.withModel("owner/name");
    content = hub.content(WEIGHTS);
    cache = temporary.resolve("cache");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private Path incomplete() {
    return cache.resolve(
        "models--owner--name/blobs/" + DigestUtils.sha256Hex(content) + ".incomplete");
  }

  private void isWhole(Path folder) {
    assertThat(folder.resolve(WEIGHTS)).hasBinaryContent(content);
    assertThat(incomplete()).doesNotExist();
  }

  @Test
  void aBrokenConnectionIsContinuedWhereItBroke() {
    hub.storage.next(
        "GET",
        hub.stored(WEIGHTS),
        TestServer.truncated(content, 60_000, Map.of()),
        exchange -> {
          int from = TestServer.from(exchange);
          exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-199999/200000");
          exchange.sendResponseHeaders(206, content.length - from);
          exchange.getResponseBody().write(content, from, 10_000);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    isWhole(hub.models(cache).folder(MODEL));
    List<String> ranges =
        hub.storage.seen("GET", hub.stored(WEIGHTS)).stream()
            .map(seen -> seen.header("Range"))
            .toList();
    assertThat(ranges).hasSize(3);
    assertThat(ranges.get(0)).isNull();
    assertThat(ranges.get(1)).isNotEqualTo(ranges.get(2)).matches("bytes=[1-9]\\d*-");
  }

  @Test
  void anEarlierProcessesBytesAreKept() throws IOException {
    Files.createDirectories(incomplete().getParent());
    Files.write(incomplete(), Arrays.copyOf(content, 123_456));
    isWhole(hub.models(cache).folder(MODEL));
    assertThat(hub.storage.seen("GET", hub.stored(WEIGHTS)))
        .extracting(seen -> seen.header("Range"))
        .containsExactly("bytes=123456-");
  }

  @Test
  void bytesThatAreAllThereAreOnlyChecked() throws IOException {
    Files.createDirectories(incomplete().getParent());
    Files.write(incomplete(), content);
    isWhole(hub.models(cache).folder(MODEL));
    assertThat(hub.storage.seen()).isEmpty();
  }

  @Test
  void uselessBytesAreFetchedAgain() throws IOException {
    for (byte[] useless : List.of(new byte[1000], new byte[200_000], new byte[300_000])) {
      Files.createDirectories(incomplete().getParent());
      Files.write(incomplete(), useless);
      isWhole(hub.models(cache).folder(MODEL));
      hub.models(cache).remove(MODEL, true);
    }
    assertThat(hub.remarks).filteredOn(line -> line.contains("arrived damaged")).hasSize(2);
  }

  @Test
  void aServerWithoutRangesStartsAgain() throws IOException {
    Files.createDirectories(incomplete().getParent());
    Files.write(incomplete(), new byte[5000]);
    hub.storage.page(hub.stored(WEIGHTS), exchange -> TestServer.send(exchange, 200, content));
    isWhole(hub.models(cache).folder(MODEL));
    assertThat(hub.storage.seen()).hasSize(1);
  }

  @Test
  void aServerThatContinuesElsewhereIsAskedForAll() throws IOException {
    Files.createDirectories(incomplete().getParent());
    Files.write(incomplete(), Arrays.copyOf(content, 5000));
    hub.storage.next(
        "GET",
        hub.stored(WEIGHTS),
        exchange -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 9000-199999/200000");
          TestServer.send(exchange, 206, Arrays.copyOfRange(content, 9000, 200_000));
        });
    isWhole(hub.models(cache).folder(MODEL));
  }

  @Test
  void aRangeThatIsRefusedIsGivenUp() throws IOException {
    Files.createDirectories(incomplete().getParent());
    Files.write(incomplete(), Arrays.copyOf(content, 5000));
    hub.storage.next("GET", hub.stored(WEIGHTS), TestServer.status(416));
    isWhole(hub.models(cache).folder(MODEL));
  }

  @Test
  void moreThanWasAnnouncedIsNotTaken() {
    hub.storage.page(
        hub.stored(WEIGHTS), exchange -> TestServer.send(exchange, 200, new byte[400_000]));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("more arrives than the 200000 bytes announced");
    assertThat(cache.resolve("models--owner--name/snapshots/" + TestHub.COMMIT + "/" + WEIGHTS))
        .doesNotExist();
  }

  @Test
  void aWrongChecksumIsNeverPlaced() throws IOException {
    byte[] wrong = content.clone();
    wrong[77]++;
    hub.storage.page(hub.stored(WEIGHTS), exchange -> TestServer.file(exchange, wrong, Map.of()));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(WEIGHTS)
        .hasMessageContaining("damaged");
    try (Stream<Path> blobs = Files.list(cache.resolve("models--owner--name/blobs"))) {
      assertThat(blobs.filter(blob -> blob.toString().contains(DigestUtils.sha256Hex(content))))
          .isEmpty();
    }
    hub.storage.file(hub.stored(WEIGHTS), content, Map.of());
    isWhole(hub.models(cache).folder(MODEL));
  }

  @Test
  void smallFilesAreCheckedToo() {
    hub.hub.page(
        hub.path("config.json"),
        exchange ->
            TestServer.file(
                exchange,
                "{\"model_type\": \"evil\"}".getBytes(StandardCharsets.UTF_8),
                TestServer.headers(
                    "ETag", '"' + TestHub.gitBlob(hub.content("config.json")) + '"')));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL)).hasMessageContaining("config.json");
  }

  @Test
  void aFileThatChangesMeanwhileIsAskedForAgain() {
    byte[] other = TestHub.bytes(150_000);
    hub.hub.next("GET", hub.path(WEIGHTS), hub.redirect(WEIGHTS, other, "a".repeat(64)));
    isWhole(hub.models(cache).folder(MODEL));
    assertThat(hub.remarks).anyMatch(line -> line.contains("has changed"));
    hub.models(cache).remove(MODEL, true);
    hub.hub.next(
        "GET",
        hub.path(WEIGHTS),
        hub.redirect(WEIGHTS, other, "a".repeat(64)),
        hub.redirect(WEIGHTS, other, "b".repeat(64)));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("has changed");
  }

  @Test
  void aServerThatAsksToWaitIsWaitedFor() {
    hub.hub.next("GET", hub.api("main"), TestServer.status(429, "Retry-After", "7"));
    hub.hub.next("HEAD", hub.path("config.json"), TestServer.status(503));
    hub.storage.next("GET", hub.stored(WEIGHTS), TestServer.status(500), TestServer.status(502));
    isWhole(hub.models(cache).folder(MODEL));
    assertThat(hub.pauses)
        .startsWith(Duration.ofSeconds(7))
        .containsExactlyInAnyOrder(
            Duration.ofSeconds(7),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2));
    assertThat(hub.remarks).first().asString().contains("asks to wait (429)").contains("7 s");
  }

  @Test
  void aDateToWaitForIsUnderstood() {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(100));
    hub.hub.next("GET", hub.api("main"), TestServer.status(429, "Retry-After", date));
    isWhole(hub.models(cache).folder(MODEL));
    assertThat(hub.pauses).hasSize(1);
    assertThat(hub.pauses.get(0)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(100));
  }

  @Test
  void patienceEnds() {
    hub.hub.page(hub.api("main"), TestServer.status(503));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("owner/name@main")
        .hasMessageContaining("(503)");
    assertThat(hub.pauses)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
    hub.pauses.clear();
    hub.hub.page(hub.api("main"), TestServer.status(429, "Retry-After", "86400"));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL)).hasMessageContaining("429");
    assertThat(hub.pauses).isEmpty();
  }

  @Test
  @Tag("ci")
  void aStalledServerIsLeftAndAskedAgain() {
    hub.storage.next("GET", hub.stored(WEIGHTS), hub.storage.stalled(content, 100_000, Map.of()));
    HubSettings hasty =
        new HubSettings(
            hub.hub.uri(), cache, Optional.empty(), false, true, Duration.ofMillis(1500));
    isWhole(hub.models(hasty).folder(MODEL));
    assertThat(hub.remarks).anyMatch(line -> line.contains("nothing has arrived"));
    assertThat(hub.storage.seen()).hasSize(2);
  }

  @Test
  void renamedModelsAreFollowed() {
    HubName old = HubName.parse("before/title").orElseThrow();
    hub.hub.page(
        "/api/models/before/title/revision/main",
        TestServer.status(307, "Location", hub.api("main")));
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json", WEIGHTS)) {
      hub.hub.page(
          "/before/title/resolve/" + TestHub.COMMIT + "/" + name,
          TestServer.status(307, "Location", hub.path(name)));
    }
    assertThat(hub.models(cache).folder(old).resolve(WEIGHTS)).hasBinaryContent(content);
  }

  @Test
  void theTokenIsForTheHubAlone() {
    isWhole(hub.models(hub.withToken(cache)).folder(MODEL));
    assertThat(hub.hub.seen())
        .isNotEmpty()
        .allMatch(seen -> ("Bearer " + TestHub.SECRET).equals(seen.header("Authorization")));
    assertThat(hub.storage.seen())
        .isNotEmpty()
        .allMatch(seen -> seen.header("Authorization") == null);
    assertThat(hub.withToken(cache).toString()).doesNotContain(TestHub.SECRET);
  }

  @Test
  void redirectsInCirclesOrNowhereEnd() {
    hub.hub.page(hub.api("main"), TestServer.status(302, "Location", hub.api("main")));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .hasMessageContaining("redirects more than 10 times");
    for (String nowhere : List.of("", "file:///etc/passwd", "ftp://example.org/x", "http://")) {
      hub.hub.page(hub.api("main"), TestServer.status(302, "Location", nowhere));
      assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("redirects to");
    }
  }

  @Test
  void namesThatLeaveTheFolderAreNotFollowed() throws IOException {
    hub.named("../../evil", new byte[1]);
    hub.named("/etc/evil", new byte[1]);
    hub.named("C:\\\\evil", new byte[1]);
    isWhole(hub.models(cache).folder(MODEL));
    hub.models(cache).remove(MODEL, true);
    try (TestHub sharded = new TestHub("owner/name")) {
      sharded.small("config.json", "{}");
      sharded.small("vocab.txt", "a");
      for (String evil : List.of("../evil", "/evil", "a/../../evil", "", ".")) {
        sharded.small(
            "model.safetensors.index.json", "{\"weight_map\": {\"a\": \"" + evil + "\"}}");
        assertThatThrownBy(() -> sharded.models(cache).folder(MODEL))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("\"" + evil + "\"");
        sharded.models(cache).remove(MODEL, true);
      }
      sharded.small(
          "model.safetensors.index.json", "{\"weight_map\": {\"a\": \"gone.safetensors\"}}");
      assertThatThrownBy(() -> sharded.models(cache).folder(MODEL))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("gone.safetensors");
    }
    try (Stream<Path> files = Files.walk(temporary)) {
      assertThat(files).noneMatch(file -> file.endsWith("evil"));
    }
  }

  @Test
  void tagsThatAreNoNamesAreRefused() {
    for (String tag : List.of("../../../evil", "..", "a/b", "", "x y")) {
      hub.hub.page(hub.path(WEIGHTS), hub.redirect(WEIGHTS, content, tag));
      assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("ETag");
    }
  }

  @Test
  void refusalsSayWhatToDo() {
    refuses(401, "GatedRepo", "HF_TOKEN", "on request", hub.hub.uri() + "/owner/name");
    refuses(403, "GatedRepo", "HF_TOKEN", "on request");
    refuses(401, "RepoNotFound", "private", "HF_TOKEN");
    refuses(404, "RepoNotFound", "nor such a model", "folder");
    refuses(404, "", "nor such a model", "folder");
    refuses(404, "RevisionNotFound", "revision 'main'", "owner/name");
    refuses(403, "", "forbidden", "HF_TOKEN");
    refuses(418, "", "418", "refuses");
    assertThat(hub.pauses).isEmpty();
  }

  private void refuses(int status, String code, String... words) {
    hub.hub.page(hub.api("main"), TestServer.status(status, "X-Error-Code", code));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("owner/name@main")
        .hasMessageContainingAll(words);
    assertThatThrownBy(() -> hub.models(hub.withToken(cache)).folder(MODEL))
        .isInstanceOf(InvalidInputException.class)
        .message()
        .doesNotContain(TestHub.SECRET)
        .doesNotContain("set HF_TOKEN");
  }

  @Test
  void aPageToLogInAtIsNoHub() {
    hub.hub.page(
        hub.api("main"),
        exchange ->
            TestServer.send(exchange, 200, "<html>Please log in".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("HF_ENDPOINT");
    hub.hub.page(
        hub.api("main"),
        exchange ->
            TestServer.send(
                exchange, 200, "{\"sha\": \"../..\"}".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> hub.models(cache).folder(MODEL))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("HF_ENDPOINT");
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    URI gone = hub.hub.uri();
    hub.hub.close();
    HubSettings settings =
        new HubSettings(gone, cache, Optional.empty(), false, true, Duration.ofSeconds(5));
    assertThatThrownBy(() -> hub.models(settings).folder(MODEL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(gone.toString());
    assertThat(hub.pauses).hasSize(3);
  }

  @Test
  void aHostThatDoesNotExistIsAskedOnce() {
    HubSettings settings =
        new HubSettings(
            URI.create("http://hub.invalid"),
            cache,
            Optional.empty(),
            false,
            true,
            Duration.ofSeconds(5));
    assertThatThrownBy(() -> hub.models(settings).folder(MODEL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("hub.invalid")
        .hasMessageContaining("HTTPS_PROXY");
    assertThat(hub.pauses).isEmpty();
  }
}
