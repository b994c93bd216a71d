package org.ptuning4j.data.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

class MultiRcReaderTest {

  private static final String SOUND =
      "{\"idx\":4,\"version\":1.1,\"passage\":{\"text\":\"猫 slept. 🐈 It woke.\",\"questions\":["
          + "{\"idx\":7,\"question\":\"Who slept?\",\"answers\":[{\"idx\":0,\"text\":\"猫\","
          + "\"label\":1},{\"idx\":1,\"text\":\"\",\"label\":0}]},"
          + "{\"idx\":8,\"question\":\"Who woke?\",\"answers\":[{\"idx\":0,\"text\":\"🐈\","
          + "\"label\":true}]}]}}";

  @TempDir Path folder;

  @Test
  void eachOptionIsAnExample() throws IOException {
    Examples<MultiRcExample> read = new MultiRcReader().read(write("\n" + SOUND));
    String text = "猫 slept. 🐈 It woke.";
    assertThat(read.usable(BadRowPolicy.REFUSE))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("source")
        .containsExactly(
            new MultiRcExample(2, 4, 7, 0, text, "Who slept?", "猫", true),
            new MultiRcExample(2, 4, 7, 1, text, "Who slept?", "", false),
            new MultiRcExample(2, 4, 8, 0, text, "Who woke?", "🐈", true));
    assertThat(read.examples()).allMatch(MultiRcExample::hasLabel);
    assertThat(read.fingerprint()).startsWith("sha256:");
  }

  @Test
  void eachOptionKnowsItsPlaceWhateverIsBadBeforeIt() throws IOException {
    Path file = write("[" + SOUND.replace("Who slept?", " ") + ", " + SOUND.replace(":4,", ":5,"));
    Files.writeString(file, Files.readString(file) + "]");
    Examples<MultiRcExample> read = new MultiRcReader().readUnlabelled(file);
    assertThat(read.badRows())
        .extracting(row -> row.record() + "/" + row.source().part())
        .containsExactly("1/2");
    assertThat(read.examples())
        .extracting(option -> option.source().record() + "/" + option.source().part())
        .containsExactly("1/3", "2/1", "2/2", "2/3");
  }

  @Test
  void unlabelledFilesNeedNoLabels() throws IOException {
    Path file = write(SOUND.replace(",\"label\":1}", "}").replace(":true", ":\"?\""));
    Examples<MultiRcExample> read = new MultiRcReader().readUnlabelled(file);
    assertThat(read.usable(BadRowPolicy.REFUSE)).hasSize(3);
    assertThat(read.examples()).noneMatch(MultiRcExample::hasLabel);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        ",\"label\":1}|}|no 'passage.questions[0].answers[0].label'",
        "\"label\":1|\"label\":2|answers[0].label' is the number 2, must be 0, 1, false or true",
        "\"label\":1|\"label\":\"x\"|answers[0].label' is the text 'x', must be",
        "\"idx\":1,|\"idx\":0,|'passage.questions[0].answers[1].idx' repeats 0",
        "\"idx\":1,|\"idx\":-1,|answers[1].idx' is the number -1, must be a whole number",
        "\"Who slept?\"|\" \"|'passage.questions[0].question' is blank",
        "\"text\":\"\"|\"text\":null|no 'passage.questions[0].answers[1].text' (it is null)",
      })
  void faultOfAQuestionLeavesTheOthers(String sound, String broken, String cause)
      throws IOException {
    Examples<MultiRcExample> read = new MultiRcReader().read(write(SOUND.replace(sound, broken)));
    assertThat(read.examples()).extracting(MultiRcExample::question).containsExactly(8);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(1);
    assertThat(read.badRows().get(0).cause()).contains(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"passage\":{\"text\":\"a\",\"questions\":[]}}|no 'idx'",
        "{\"idx\":9}|no 'passage'",
        "{\"idx\":9,\"passage\":\"text\"}|'passage' is the text 'text', must be an object",
        "{\"idx\":9,\"passage\":{\"questions\":[]}}|no 'passage.text'",
        "{\"idx\":9,\"passage\":{\"text\":\"\",\"questions\":[]}}|'passage.text' is blank",
        "{\"idx\":9,\"passage\":{\"text\":\"a\"}}|no 'passage.questions'",
        "{\"idx\":9,\"passage\":{\"text\":\"a\",\"questions\":[]}}|'passage.questions' is empty",
        "{\"idx\":9,\"passage\":{\"text\":\"a\",\"questions\":{}}}|'passage.questions' is an"
            + " object",
        "{\"idx\":9,\"passage\":{\"text\":\"a\",\"questions\":[3]}}|'passage.questions[0]' is the"
            + " nu",
        "{\"idx\":9,\"passage\":{\"text\":\"a\",\"questions\":[{\"idx\":0,\"question\":\"q\","
            + "\"answers\":[]}]}}|'passage.questions[0].answers' is empty",
        "{\"idx\":4,\"passage\":{}}|'idx' is 4, as on line 1",
        "{\"idx\":9,\"passage\":{\"text\":\"a\",|not valid JSON at column",
      })
  void faultOfAParagraphLeavesTheOthers(String broken, String cause) throws IOException {
    String third = SOUND.replace("\"idx\":4", "\"idx\":5");
    Examples<MultiRcExample> read =
        new MultiRcReader().read(write(SOUND + "\n" + broken + "\n" + third));
    assertThat(read.examples()).extracting(MultiRcExample::line).containsExactly(1, 1, 1, 3, 3, 3);
    assertThat(read.badRows()).hasSize(1);
    assertThat(read.badRows().get(0).line()).isEqualTo(2);
    assertThat(read.badRows().get(0).cause()).contains(cause);
  }

  @Test
  @Tag("large")
  void wrongBytesAndLongLinesAreBadRows() throws IOException {
    String latin1 = "{\"idx\":1,\"passage\":{\"text\":\"café\"}}\n";
    Path file = folder.resolve("a.jsonl");
    Files.write(file, latin1.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(new MultiRcReader().read(file).badRows())
        .singleElement()
        .matches(row -> row.line() == 1 && row.cause().contains("(0xE9) is not UTF-8"));
    Path longLine = write("{\"idx\":1,\"passage\":\"" + "x".repeat(20 << 20) + "\"}\n" + SOUND);
    Examples<MultiRcExample> read = new MultiRcReader().read(longLine);
    assertThat(read.examples()).hasSize(3).allMatch(example -> example.line() == 2);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(1);
    assertThat(read.badRows().get(0).cause()).contains("at most 16,777,216 are read");
  }

  @Test
  void emptyFileIsRefused() throws IOException {
    Path file = write("");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new MultiRcReader().read(file))
        .withMessage(file + " is empty");
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("multirc.jsonl"), content);
  }
}
