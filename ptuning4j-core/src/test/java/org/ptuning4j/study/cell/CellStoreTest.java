package org.ptuning4j.study.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.ptuning4j.study.cell.SampleCells.cell;
import static org.ptuning4j.study.cell.SampleCells.failed;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

class CellStoreTest {

  private static final CellKey KEY =
      new CellKey("p-tuning-v2", "rte", 7, Map.of("length", "20", "train", "sha256:ab"));

  @TempDir private Path temporary;

  private Path folder() {
    return temporary.resolve("cells");
  }

  @Test
  void keysNeverChange() {
    assertThat(KEY.name()).isEqualTo("p-tuning-v2.rte.seed7.92a13df17d4ada8a");
    assertThat(new CellKey("Größe/ä", "数据", -1, Map.of()).name())
        .isEqualTo("gr-e-.-.seed-1.fcc4fe3f8cee6ffa");
  }

  @Test
  void theOrderOfSettingsDoesNotMatter() {
    Map<String, String> other = new LinkedHashMap<>();
    other.put("train", "sha256:ab");
    other.put("length", "20");
    assertThat(new CellKey("p-tuning-v2", "rte", 7, other).name()).isEqualTo(KEY.name());
  }

  @Test
  void everyFieldIsInTheKey() {
    assertThat(
            List.of(
                KEY.name(),
                new CellKey("P-tuning-v2", "rte", 7, KEY.settings()).name(),
                new CellKey("p-tuning-v2", "rte/", 7, KEY.settings()).name(),
                new CellKey("p-tuning-v2", "rte", 8, KEY.settings()).name(),
                new CellKey("p-tuning-v2", "rte", 7, Map.of("length", "20")).name(),
                new CellKey("p-tuning-v2", "rte", 7, Map.of("length", "2", "0train", "a")).name(),
                new CellKey("p-tuning-v2", "rte", 7, Map.of("length", "20train", "a", "")).name()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aCellComesBackAsItWas() {
    Cell.Finished cell = cell("p-tuning-v2", "rte", 7, 0.783, Map.of("length", "20"));
    try (CellStore store = CellStore.open(folder())) {
      assertThat(store.find(KEY)).isEmpty();
      store.save(KEY, cell);
      assertThat(store.find(KEY)).contains(cell);
    }
    try (CellStore store = CellStore.open(folder())) {
      assertThat(store.all()).containsExactly(cell);
      assertThat(store.file(KEY)).hasFileName(KEY.name() + ".json").isRegularFile();
    }
  }

  @Test
  void aDivergedCurveComesBack() throws IOException {
    CurvePoint diverged = new CurvePoint(1, 3, 0.5, Double.NaN);
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readValue(json.writeValueAsString(diverged), CurvePoint.class))
        .isEqualTo(diverged);
  }

  @Test
  void aFinishedCellIsNotReplacedAndAFailedOneIs() {
    Cell.Failed failure = failed("p-tuning-v2", "rte", 7, "out of memory");
    Cell.Finished cell = cell("p-tuning-v2", "rte", 7, 0.7);
    try (CellStore store = CellStore.open(folder())) {
      store.save(KEY, failure);
      assertThat(store.find(KEY)).isEmpty();
      assertThat(store.all()).containsExactly(failure);
      store.save(KEY, cell);
      assertThat(store.all()).containsExactly(cell);
      assertThatThrownBy(() -> store.save(KEY, failure))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(store.file(KEY).toString())
          .hasMessageContaining("finished");
      assertThat(store.find(KEY)).contains(cell);
    }
  }

  @Test
  void aCellUnderAnotherKeyIsRefused() {
    try (CellStore store = CellStore.open(folder())) {
      for (Cell other :
          List.of(
              cell("x", "rte", 7, 0.7),
              cell("p-tuning-v2", "cb", 7, 0.7),
              cell("p-tuning-v2", "rte", 8, 0.7),
              cell("p-tuning-v2", "rte", 7, 0.7, Map.of("length", "21")))) {
        assertThatThrownBy(() -> store.save(KEY, other)).isInstanceOf(InvalidInputException.class);
      }
      assertThat(store.all()).isEmpty();
    }
  }

  @Test
  void whatAKilledProcessLeftIsClearedAway() throws IOException {
    Files.createDirectories(folder());
    Path left =
        folder().resolve("." + KEY.name() + ".json.0f8fad5b-d9cb-469f-a165-70867728950e.tmp");
    Files.writeString(left, "{\"format\":1,\"ke", StandardCharsets.UTF_8);
    Path hidden = Files.writeString(folder().resolve(".keep"), "", StandardCharsets.UTF_8);
    Path run = Files.createDirectory(folder().resolve("run"));
    try (CellStore store = CellStore.open(folder())) {
      assertThat(left).doesNotExist();
      assertThat(hidden).exists();
      assertThat(run).exists();
      assertThat(store.all()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "{\"format\":1,\"ke",
        "{\"format\":1,\"key\":null,\"cell\":null}",
        "[1, 2]",
        "{\"accuracy\": 0.5}"
      })
  void aDamagedOrForeignFileIsNamedAndLeftAlone(String text) throws IOException {
    Files.createDirectories(folder());
    Path file = folder().resolve(KEY.name() + ".json");
    Files.writeString(file, text, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> CellStore.open(folder()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).hasContent(text);
    // A second time the same, and not an open lock.
    assertThatThrownBy(() -> CellStore.open(folder())).hasMessageContaining(file.toString());
  }

  @Test
  void aFileThatWasCutShortOrChangedIsNamed() throws IOException {
    Path file;
    try (CellStore store = CellStore.open(folder())) {
      store.save(KEY, cell("p-tuning-v2", "rte", 7, 0.7));
      file = store.file(KEY);
    }
    String whole = Files.readString(file, StandardCharsets.UTF_8);
    for (String damaged :
        List.of(
            whole.substring(0, whole.length() / 2),
            whole + whole,
            whole.replace("\"value\" : 0.7", "\"value\" : 70"),
            whole.replaceFirst("\"seconds\" : [0-9.]+,", ""),
            whole.replace("\"format\" : 1", "\"format\" : 2"),
            whole.replace("\"seed\" : 7", "\"seed\" : 8"))) {
      assertThat(damaged).isNotEqualTo(whole);
      Files.writeString(file, damaged, StandardCharsets.UTF_8);
      assertThatThrownBy(() -> CellStore.open(folder()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(file.toString());
    }
    Files.writeString(file, whole, StandardCharsets.UTF_8);
    CellStore.open(folder()).close();
  }

  @Test
  void otherFilesAreNamed() throws IOException {
    Files.createDirectories(folder());
    Path notes = folder().resolve("notes.txt");
    Files.writeString(notes, "hello", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> CellStore.open(folder())).hasMessageContaining(notes.toString());
  }

  @Test
  void damageAfterOpeningIsSeenWhenLookedFor() throws IOException {
    try (CellStore store = CellStore.open(folder())) {
      Files.writeString(store.file(KEY), "{", StandardCharsets.UTF_8);
      assertThatThrownBy(() -> store.find(KEY)).hasMessageContaining(store.file(KEY).toString());
    }
  }

  @Test
  void aSecondStoreIsRefusedUntilTheFirstIsClosed() {
    try (CellStore first = CellStore.open(folder())) {
      Throwable refused = catchThrowable(() -> CellStore.open(folder()));
      assertThat(refused)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(folder().resolve(".lock").toString());
      first.save(KEY, cell("p-tuning-v2", "rte", 7, 0.7));
    }
    try (CellStore second = CellStore.open(folder())) {
      assertThat(second.find(KEY)).isPresent();
    }
  }

  @Test
  void ofManyAtOnceOneGetsTheFolder() {
    List<CompletableFuture<CellStore>> tries =
        java.util.stream.IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> CellStore.open(folder())))
            .toList();
    List<CellStore> opened =
        tries.stream()
            .map(attempt -> attempt.exceptionally(e -> null).join())
            .filter(java.util.Objects::nonNull)
            .toList();
    assertThat(opened).hasSize(1);
    opened.get(0).close();
  }

  /** Holds a folder until its input ends; run as a process of its own. */
  public static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (CellStore store = CellStore.open(Path.of(arguments[0]))) {
        System.out.println("held " + store.all().size());
        System.out.flush();
        while (System.in.read() >= 0) {
          // waits
        }
      }
    }
  }

  @Test
  void anotherProcessIsRefusedAndAKilledOneDoesNotStandInTheWay() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(other.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("held 0");
      assertThatThrownBy(() -> CellStore.open(folder())).hasMessageContaining(".lock");
    } finally {
      other.destroyForcibly();
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    CellStore.open(folder()).close();
  }

  @Test
  void aClosedStoreSaysSo() {
    CellStore store = CellStore.open(folder());
    store.close();
    store.close();
    assertThatThrownBy(() -> store.find(KEY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(folder().toString());
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> cell("m", "t", 1, 1.01)).hasMessageContaining("1.01");
    assertThatThrownBy(() -> cell("m", "t", 1, Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> cell(" ", "t", 1, 0.5)).hasMessageContaining("method");
    assertThatThrownBy(() -> new CurvePoint(1, 1, 1.5, 0)).hasMessageContaining("1.5");
    assertThatThrownBy(() -> new CellKey("", "t", 1, Map.of())).hasMessageContaining("method");
  }
}
