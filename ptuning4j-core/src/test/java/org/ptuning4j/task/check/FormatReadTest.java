package org.ptuning4j.task.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.task.standard.Tasks;

/** A check names the format in which a file was read, whatever the file is called. */
class FormatReadTest {

  private static final String WORDS_IN_JSON =
      """
      {"tokens": ["Ada", "Moor", "sings"], "tags": ["B-PER", "I-PER", "O"]}
      {"tokens": ["Tarn", "sleeps"], "tags": ["B-LOC", "O"]}
      """;
  private static final String WORDS_IN_COLUMNS = "Ada B-PER\nsings O\n\nTarn B-LOC\nsleeps O\n";
  private static final String QUESTION =
      "{\"id\": \"a\", \"question\": \"Who?\", \"context\": \"Ada sings.\","
          + " \"answers\": [{\"text\": \"Ada\", \"answer_start\": 0}]}";
  private static final String PARAGRAPHS =
      "{\"data\": [{\"title\": \"t\", \"paragraphs\": [{\"context\": \"Ada sings.\", \"qas\":"
          + " [{\"id\": \"a\", \"question\": \"Who?\", \"answers\": [{\"text\": \"Ada\","
          + " \"answer_start\": 0}]}]}]}]}";
  private static final String ROLES =
      "{\"words\": [\"Ada\", \"sings\"], \"frames\": [{\"predicate\": 1, \"tags\": [\"B-ARG0\","
          + " \"B-V\"]}]}\n";
  private static final String ROLES_IN_COLUMNS = "Ada - (A0*)\nsings sing (V*)\n";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "wnut17, WORDS_IN_JSON, words.txt, JSONL",
    "wnut17, WORDS_IN_JSON, words.csv, JSONL",
    "wnut17, WORDS_IN_COLUMNS, words.jsonl, CONLL",
    "wnut17, WORDS_IN_COLUMNS, words.txt, CONLL",
    "squad1, QUESTION, questions.csv, JSONL",
    "squad1, PARAGRAPHS, questions.txt, SQUAD",
    "srl, ROLES, roles.txt, JSONL",
    "srl, ROLES_IN_COLUMNS, roles.txt, CONLL05"
  })
  void theContentTells(String task, String content, String name, String format) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, content(content));
    assertThat(formatOf(file, task)).isEqualTo(format);
  }

  @Test
  void aCompressedFileIsNamedByWhatIsInIt() throws IOException {
    Path file = folder.resolve("words.gz");
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(WORDS_IN_JSON.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(file, packed.toByteArray());
    assertThat(formatOf(file, "wnut17")).isEqualTo("JSONL");
  }

  private static String formatOf(Path file, String task) {
    return RunCheck.forPrediction(file, Tasks.standard().get(task), Optional.empty())
        .data()
        .format();
  }

  private static String content(String name) {
    return switch (name) {
      case "WORDS_IN_JSON" -> WORDS_IN_JSON;
      case "WORDS_IN_COLUMNS" -> WORDS_IN_COLUMNS;
      case "QUESTION" -> QUESTION;
      case "PARAGRAPHS" -> PARAGRAPHS;
      case "ROLES" -> ROLES;
      case "ROLES_IN_COLUMNS" -> ROLES_IN_COLUMNS;
      default -> throw new IllegalArgumentException(name);
    };
  }
}
