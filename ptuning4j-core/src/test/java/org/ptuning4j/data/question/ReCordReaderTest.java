package org.ptuning4j.data.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

class ReCordReaderTest {

  /** 🏆 is character 0; Mia 2–4 and 19–21, Bo 10–11, 北京 13–14. */
  private static final String SOUND =
      "{\"source\":\"s\",\"idx\":3,\"passage\":{\"text\":\"🏆 Mia met Bo 北京 in Mia's house."
          + "\\n@highlight\\nBo wins\\n@highlight\\nMia sings\",\"entities\":["
          + "{\"start\":2,\"end\":4},{\"start\":10,\"end\":11},{\"start\":13,\"end\":14},"
          + "{\"start\":19,\"end\":21}]},\"qas\":["
          + "{\"idx\":5,\"query\":\"Then @placeholder sang.\",\"answers\":["
          + "{\"start\":2,\"end\":4,\"text\":\"Mia\"},{\"start\":19,\"end\":21,\"text\":\"Mia\"}]},"
          + "{\"idx\":6,\"query\":\"It rains in @placeholder, says @placeholder.\",\"answers\":["
          + "{\"text\":\"北京\"},{\"text\":\"Peking\"}]}]}";

  @TempDir Path folder;

  @Test
  void eachQueryIsAnExample() throws IOException {
    Examples<ReCordExample> read = new ReCordReader().read(write(SOUND));
    String text = "🏆 Mia met Bo 北京 in Mia's house.\n- Bo wins\n- Mia sings";
    List<String> entities = List.of("Mia", "Bo", "北京");
    assertThat(read.usable(BadRowPolicy.REFUSE))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("source")
        .containsExactly(
            new ReCordExample(1, 3, 5, text, "Then @placeholder sang.", entities, List.of("Mia")),
            new ReCordExample(
                1,
                3,
                6,
                text,
                "It rains in @placeholder, says @placeholder.",
                entities,
                List.of("北京", "Peking")));
    ReCordExample second = read.examples().get(1);
    assertThat(second.filled("$1")).isEqualTo("It rains in $1, says $1.");
    assertThat(second.isAnswer("北京")).isTrue();
    assertThat(second.isAnswer("Bo")).isFalse();
    assertThat(second.hasAnswers()).isTrue();
  }

  @Test
  void eachQueryKnowsItsPlaceWhateverIsBadBeforeIt() throws IOException {
    Path file = write(SOUND.replace("Then @placeholder", "Then she"));
    Examples<ReCordExample> read = new ReCordReader().readUnlabelled(file);
    assertThat(read.badRows()).extracting(row -> row.source().part()).containsExactly(1);
    assertThat(read.examples()).extracting(query -> query.source().part()).containsExactly(2);
  }

  @Test
  void unlabelledFilesNeedNoAnswers() throws IOException {
    Path file = write(SOUND.replace("\"answers\":[", "\"other\":["));
    Examples<ReCordExample> read = new ReCordReader().readUnlabelled(file);
    assertThat(read.usable(BadRowPolicy.REFUSE)).hasSize(2);
    assertThat(read.examples()).noneMatch(ReCordExample::hasAnswers);
    assertThat(new ReCordReader().read(file).badRows())
        .hasSize(2)
        .allMatch(row -> row.cause().contains("no 'qas[") && row.cause().contains("].answers'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Then @placeholder|Then @Placeholder|'qas[0].query' has no @placeholder: 'Then @Placehold",
        "\"Then @placeholder sang.\"|\"\"|'qas[0].query' is blank",
        "\"Then @placeholder sang.\"|3|'qas[0].query' is the number 3, must be a text",
        "\"idx\":5,||no 'qas[0].idx'",
        "\"end\":4,\"text\":\"Mia\"|\"end\":5,\"text\":\"Mia\"|'qas[0].answers[0].text' is 'Mia',"
            + " yet the characters 2 to 5 of the text, the last one included, are 'Mia '",
        "\"end\":4,\"text\":\"Mia\"|\"text\":\"Mia\"|no 'qas[0].answers[0].end'",
        "\"end\":4,\"text\":\"Mia\"|\"end\":400,\"text\":\"Mia\"|"
            + "'qas[0].answers[0]' is the characters 2 to 400, which are not in a text of 71",
        "[{\"start\":2,\"end\":4,\"text\":\"Mia\"},{\"start\":19,\"end\":21,\"text\":\"Mia\"}]|[]|"
            + "'qas[0].answers' is empty",
        "[{\"start\":2,\"end\":4,\"text\":\"Mia\"},{\"start\":19,\"end\":21,\"text\":\"Mia\"}]|"
            + "[{\"text\":\"Ann\"}]|'qas[0].answers': 'Ann' is none of the passage's entities",
      })
  void faultOfAQueryLeavesTheOthers(String sound, String broken, String cause) throws IOException {
    String json = SOUND.replace(sound, broken == null ? "" : broken);
    assertThat(json).isNotEqualTo(SOUND);
    Examples<ReCordExample> read = new ReCordReader().read(write(json));
    assertThat(read.examples()).extracting(ReCordExample::queryIdx).containsExactly(6);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(1);
    assertThat(read.badRows().get(0).cause()).contains(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"start\":10,\"end\":11}|{\"start\":70,\"end\":71}|"
            + "'passage.entities[1]' is the characters 70 to 71, which are not in a text of 71",
        "{\"start\":10,\"end\":11}|{\"start\":11,\"end\":9}|the characters 11 to 9, which are not",
        "{\"start\":10,\"end\":11}|{\"start\":11,\"end\":10}|characters 11 to 10, is blank",
        "{\"start\":10,\"end\":11}|{\"start\":0,\"end\":2147483647}|which are not in a text of 71",
        "{\"start\":10,\"end\":11}|{\"start\":-1,\"end\":2}|start' is the number -1, must be",
        "{\"start\":10,\"end\":11}|{\"start\":1,\"end\":1}|characters 1 to 1, is blank",
        "{\"start\":10,\"end\":11}|\"Bo\"|'passage.entities[1]' is the text 'Bo', must be an"
            + " object",
        "\"entities\"|\"names\"|no 'passage.entities'",
        "\"text\":\"🏆|\"txt\":\"🏆|no 'passage.text' (there is 'txt')",
        "\"idx\":3|\"idx\":\"3\"|'idx' is the text '3', must be a whole number",
        "\"qas\":|\"qa\":|no 'qas' (there is 'qa')",
        "\"qas\":|\"qas\":[],\"q\":|'qas' is empty",
        "\"qas\":|\"qas\":,|not valid JSON at column",
        "\"idx\":3|\"idx\":1|'idx' is 1, as on line 1",
      })
  void faultOfAPassageLeavesTheOthers(String sound, String broken, String cause)
      throws IOException {
    String first = SOUND.replace("\"idx\":3", "\"idx\":1");
    String json = SOUND.replace(sound, broken);
    assertThat(json).isNotEqualTo(SOUND);
    Examples<ReCordExample> read = new ReCordReader().read(write(first + "\n" + json + "\n"));
    assertThat(read.examples()).extracting(ReCordExample::line).containsExactly(1, 1);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(2);
    assertThat(read.badRows().get(0).cause()).contains(cause);
  }

  @Test
  @Tag("large")
  void wrongBytesAndLongLinesAreBadRows() throws IOException {
    Path file = folder.resolve("latin1.jsonl");
    Files.write(file, "{\"idx\":1,\"q\":\"é\"}\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(new ReCordReader().read(file).badRows())
        .singleElement()
        .matches(row -> row.line() == 1 && row.cause().contains("(0xE9) is not UTF-8"));
    Path longLine = write("{\"idx\":1,\"passage\":\"" + "x".repeat(20 << 20) + "\"}\n" + SOUND);
    Examples<ReCordExample> read = new ReCordReader().read(longLine);
    assertThat(read.examples()).hasSize(2).allMatch(example -> example.line() == 2);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(1);
  }

  @Test
  void emptyFileIsRefused() throws IOException {
    Path file = write("");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new ReCordReader().read(file))
        .withMessage(file + " is empty");
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("record.jsonl"), content);
  }
}
