package org.ptuning4j.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DemoDataTest {

  private static final List<String> FILES =
      List.of(
          "sentiment-dev.jsonl", "sentiment-train.jsonl", "warmer-dev.jsonl", "warmer-train.jsonl");

  static List<DemoTask> tasks() {
    return new DemoData().tasks();
  }

  @Test
  void hasASingleTextAndAPairTask() {
    assertThat(tasks()).extracting(DemoTask::name).containsExactly("sentiment", "warmer");
    assertThat(tasks())
        .extracting(DemoTask::textColumns)
        .containsExactly(List.of("text"), List.of("one", "other"));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void hasAsManyRowsOfEachLabel(DemoTask task) {
    assertThat(task.train()).hasSize(1200);
    assertThat(task.dev()).hasSize(300);
    assertThat(task.labels()).hasSize(2);
    for (String label : task.labels()) {
      assertThat(task.train()).filteredOn(row -> row.label().equals(label)).hasSize(600);
      assertThat(task.dev()).filteredOn(row -> row.label().equals(label)).hasSize(150);
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void repeatsNoTextAnywhere(DemoTask task) {
    assertThat(Stream.of(task.train(), task.dev(), task.samples()).flatMap(List::stream))
        .extracting(row -> String.join(" | ", row.texts()).toLowerCase(Locale.ROOT))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void writesShortSentencesOfDifferentLengths(DemoTask task) {
    List<Integer> lengths =
        Stream.concat(task.train().stream(), task.dev().stream())
            .flatMap(row -> row.texts().stream())
            .map(text -> text.split(" ", -1).length)
            .sorted()
            .toList();
    assertThat(lengths.get(0)).isBetween(3, 5);
    assertThat(lengths.get(lengths.size() / 2)).isBetween(8, 15);
    assertThat(lengths.get(lengths.size() - 1)).isBetween(15, 40);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void writesSentencesWithCapitalsAndStopsAndWithoutOpenSlots(DemoTask task) {
    assertThat(Stream.of(task.train(), task.dev(), task.samples()).flatMap(List::stream))
        .flatExtracting(DemoRow::texts)
        .allSatisfy(text -> assertThat(text).matches("[A-Z][A-Za-z',;: -]*[.!?]"))
        .allSatisfy(text -> assertThat(text).doesNotContain("  ").doesNotContain(" ,"))
        .allSatisfy(text -> assertThat(text).doesNotContainPattern("\\ba [aeiou]"))
        .allSatisfy(text -> assertThat(text).doesNotContainPattern("\\ban (?!hour)[^aeiou]"));
  }

  @Test
  void keepsTheHeldOutReviewWordsOutOfTraining() {
    DemoTask task = tasks().get(0);
    List<String> heldOut = ReviewTask.heldOutWords();
    assertThat(heldOut).contains("wonderful", "dreadful", "museum").doesNotHaveDuplicates();
    assertThat(task.train())
        .flatExtracting(DemoDataTest::words)
        .doesNotContainAnyElementsOf(heldOut);
    assertThat(task.dev())
        .flatExtracting(DemoDataTest::words)
        .filteredOn(heldOut::contains)
        .hasSizeGreaterThan(150)
        .contains("wonderful", "superb", "awful", "dreadful", "museum", "ferry", "camera");
  }

  @Test
  void keepsTheHeldOutWeatherOutOfTraining() {
    DemoTask task = tasks().get(1);
    List<String> heldOut = WeatherTask.heldOutPhrases();
    assertThat(heldOut).contains("swam in the sea until dark", "the nuns").doesNotHaveDuplicates();
    for (String phrase : heldOut) {
      assertThat(task.train()).as(phrase).noneMatch(row -> lowerCase(row).contains(phrase));
    }
    assertThat(task.dev())
        .filteredOn(row -> heldOut.stream().anyMatch(lowerCase(row)::contains))
        .hasSizeGreaterThan(150);
  }

  @Test
  void isTheSameEveryTime() {
    assertThat(new DemoData().tasks()).isEqualTo(new DemoData().tasks());
  }

  @Test
  void writesTheFilesThatTheDocumentedFiguresWereMeasuredOn(@TempDir Path folder)
      throws IOException, NoSuchAlgorithmException {
    new DemoData().writeTo(folder.resolve("new"));
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String file : FILES) {
      digest.update(Files.readAllBytes(folder.resolve("new").resolve(file)));
    }
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .as("whoever changes the data on purpose measures the demo again and updates this hash")
        .isEqualTo("d61520fc23302acbc44321be36b374361d03ccf7be26b0c4ca28fa7ec94fd034");
  }

  @Test
  void writesOneJsonObjectPerRowOverWhatWasThere(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("warmer-dev.jsonl"), "old", StandardCharsets.UTF_8);
    new DemoData().writeTo(folder);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted()).isEqualTo(FILES);
    }
    DemoRow row = tasks().get(1).dev().get(0);
    assertThat(Files.readAllLines(folder.resolve("warmer-dev.jsonl"), StandardCharsets.UTF_8))
        .hasSize(300)
        .first()
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "{\"one\": \"%s\", \"other\": \"%s\", \"label\": \"%s\"}",
                row.texts().get(0),
                row.texts().get(1),
                row.label()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a \"quoted\" word", "back\\slash", "two\nlines", "caf\u00e9"})
  void refusesTextThatJsonWouldHaveToEscape(String text) {
    List<String> texts = List.of(text);
    assertThatThrownBy(() -> new DemoRow(texts, "label"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("texts: '" + text + "'");
  }

  private static List<String> words(DemoRow row) {
    return List.of(lowerCase(row).split("[^a-z]+", -1));
  }

  private static String lowerCase(DemoRow row) {
    return String.join(" ", row.texts()).toLowerCase(Locale.ROOT);
  }
}
