package org.ptuning4j.data.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.question.QuestionExample.Answer;

class SquadReaderTest {

  private static final String CONTEXT = "The crab 🦀 won in 1871.";
  private static final String ANSWERED =
      "{\"id\":\"a\",\"question\":\"When?\",\"answers\":[{\"text\":\"1871\",\"answer_start\":18}]}";

  @TempDir Path folder;

  @Test
  void squad2IsRead() throws IOException {
    Examples<QuestionExample> read =
        nested(
            ANSWERED,
            "{\"id\":\"b\",\"question\":\"Who?\",\"answers\":[],\"is_impossible\":true,"
                + "\"plausible_answers\":[{\"text\":\"crab\",\"answer_start\":4}]}",
            "{\"id\":3,\"question\":\"What?\",\"is_impossible\":true}");
    assertThat(read.badRows()).isEmpty();
    assertThat(read.fingerprint()).matches("sha256:[0-9a-f]{64}");
    assertThat(read.examples())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("source")
        .containsExactly(
            new QuestionExample(
                7, "a", "T", "When?", CONTEXT, List.of(new Answer("1871", 19)), false),
            new QuestionExample(8, "b", "T", "Who?", CONTEXT, List.of(), true),
            new QuestionExample(9, "3", "T", "What?", CONTEXT, List.of(), true));
    assertThat(read.examples()).allMatch(QuestionExample::hasLabel);
  }

  @Test
  void contextAndTitleMayComeLast() throws IOException {
    Path file =
        write(
            "a.json",
            "{\"data\":[{\"paragraphs\":[{\"qas\":["
                + ANSWERED
                + "],\"context\":\""
                + CONTEXT
                + "\"}],\"title\":\"late\"}],\"version\":\"1.1\"}");
    QuestionExample example = new SquadReader().read(file).usable(BadRowPolicy.REFUSE).get(0);
    assertThat(example.title()).isEqualTo("late");
    assertThat(example.context()).isEqualTo(CONTEXT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Der Igel 🦔🦔 schläft im Laub.|schläft|12|14",
        "熊猫住在四川的竹林里。|四川|4|4",
        "𠀀𠀁熊猫住在四川|四川|6|8",
        "بُنيت المنارة في عام 1871 على الصخرة.|1871|21|21",
        "👩‍👩‍👧 family|family|6|9",
        "e\u0301 combined|combined|3|3",
      })
  void offsetsCountCodePoints(String context, String answer, int offset, int utf16)
      throws IOException {
    String line =
        "{\"id\":\"q\",\"question\":\"?!\",\"context\":\"%s\",\"answers\":{\"text\":[\"%s\"],"
                .formatted(context, answer)
            + "\"answer_start\":["
            + offset
            + "]}}";
    QuestionExample example =
        new SquadReader().read(write("q.jsonl", line)).usable(BadRowPolicy.REFUSE).get(0);
    assertThat(example.answers()).containsExactly(new Answer(answer, utf16));
    assertThat(context.substring(utf16, example.answers().get(0).end())).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"answers\":[{\"text\":\"1871\",\"answer_start\":19}]"
            + "|answer '1871' is not at character 19 of its context (there it says '871.');"
            + " it is at character 18",
        "\"answers\":[{\"text\":\"1871\",\"answer_start\":0}]"
            + "|is not at character 0 of its context (there it says 'The '); it is at character 18",
        "\"answers\":[{\"text\":\"1871\",\"answer_start\":99}]"
            + "|is not at character 99 of its context (which has 23); it is at character 18",
        "\"answers\":[{\"text\":\"1872\",\"answer_start\":18}]"
            + "|(there it says '1871'); the context does not hold it",
        "\"answers\":[{\"text\":\"1871\",\"answer_start\":-1}]"
            + "|'answers[0].answer_start' is the number -1, must be a whole number from 0 on",
        "\"answers\":[{\"text\":\"1871\",\"answer_start\":\"18\"}]"
            + "|'answers[0].answer_start' is the text '18', must be",
        "\"answers\":[{\"text\":\"1871\",\"answer_start\":9999999999}]|is the number 9999999999",
        "\"answers\":[{\"text\":\"1871\",\"answer_start\":18.0}]|is the number 18.0, must be",
        "\"answers\":[{\"text\":\"1871\",\"start\":18}]|no 'answers[0].answer_start'",
        "\"answers\":[{\"text\":\"\",\"answer_start\":18}]|'answers[0].text' is blank",
        "\"answers\":[{\"text\":\"\\ud83e\",\"answer_start\":9}]|half of a character",
        "\"answers\":[\"1871\"]|'answers[0]' is the text '1871', must be an object",
        "\"answers\":\"1871\"|'answers' is the text '1871', must be a list",
        "\"answers\":{\"text\":[\"1871\"],\"answer_start\":[]}"
            + "|'answers.text' has 1 elements, 'answers.answer_start' has 0",
        "\"answers\":{\"text\":[null],\"answer_start\":[18]}|no 'answers[0].text' (it is null)",
        "\"answer\":[]|no 'answers' (there is 'answer')",
        "\"is_impossible\":false|no 'answers'",
        "\"is_impossible\":false,\"answers\":[]|'is_impossible' is false, yet 'answers' is empty",
        "\"is_impossible\":true,\"answers\":[{\"text\":\"1871\",\"answer_start\":18}]"
            + "|'is_impossible' is true, yet there is the answer '1871'",
        "\"is_impossible\":\"no\",\"answers\":[]|'is_impossible' is the text 'no', must be",
      })
  void wrongAnswersAreABadRowInBothForms(String answers, String cause) throws IOException {
    String question = "{\"id\":\"bad\",\"question\":\"When?\"," + answers + "}";
    Examples<QuestionExample> nested = nested(ANSWERED, question);
    assertThat(nested.examples()).extracting(QuestionExample::id).containsExactly("a");
    assertThat(nested.badRows()).extracting(BadRow::line).containsExactly(8);
    assertThat(nested.badRows().get(0).cause())
        .startsWith("question 'bad': ")
        .contains(cause)
        .doesNotContain("\n");

    String context = ",\"context\":\"" + CONTEXT + "\"}";
    Examples<QuestionExample> lines =
        new SquadReader()
            .read(
                write(
                    "l.jsonl",
                    withContext(ANSWERED)
                        + "\n\n"
                        + question.replaceFirst("}$", Matcher.quoteReplacement(context))
                        + "\n"));
    assertThat(lines.examples()).extracting(QuestionExample::id).containsExactly("a");
    assertThat(lines.badRows()).extracting(BadRow::line).containsExactly(3);
    assertThat(lines.badRows().get(0).cause()).contains(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"a\",\"question\":\"Twice?\",\"answers\":[]}"
            + "|question 'a': its id 'a' is that of an earlier question (line 7)",
        "{\"question\":\"When?\",\"answers\":[]}|question 2 of the file: no 'id'",
        "{\"id\":\" \",\"question\":\"When?\",\"answers\":[]}|question 2 of the file: 'id' is"
            + " blank",
        "{\"id\":\"b\",\"question\":\" \",\"answers\":[]}|question 'b': 'question' is blank",
        "{\"id\":\"b\",\"question\":[],\"answers\":[]}|'question' is a list, must be a text",
        "{\"id\":\"b\",\"query\":\"When?\",\"answers\":[]}|question 'b': no 'question'",
        "17|question 2 of the file: it is the number 17, must be an object",
        "null|question 2 of the file: it is null, must be an object",
      })
  void wrongQuestionIsABadRow(String question, String cause) throws IOException {
    Examples<QuestionExample> read =
        nested(ANSWERED, question, "{\"id\":\"z\",\"question\":\"W?\"," + "\"answers\":[]}");
    assertThat(read.examples()).extracting(QuestionExample::id).containsExactly("a", "z");
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(8);
    assertThat(read.badRows().get(0).cause()).contains(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"data\":7}|1|'data' is a number, must be a list",
        "{\"data\":[¶[]]}|2|an article of 'data' is a list, must be an object",
        "{\"data\":[¶{\"title\":\"T\"}]}|2|an article has no list 'paragraphs'",
        "{\"data\":[{\"paragraphs\":{}}]}|1|'paragraphs' is an object, must be a list",
        "{\"data\":[{\"paragraphs\":[¶\"text\"]}]}|2|an element of 'paragraphs' is a text",
        "{\"data\":[{\"paragraphs\":[¶{\"context\":\"c\"}]}]}|2|a paragraph has no list 'qas'",
        "{\"data\":[{\"paragraphs\":[{\"qas\":[¶{\"id\":\"x\"}]}]}]}|2|"
            + "question 'x': its paragraph has no 'context'",
        "{\"data\":[{\"paragraphs\":[{\"context\":\" \",\"qas\":[{\"id\":\"x\"}]}]}]}|1|"
            + "question 'x': the 'context' of its paragraph is blank",
        "{\"data\":[{\"paragraphs\":[{\"context\":5,\"qas\":[{\"id\":\"x\"}]}]}]}|1|"
            + "question 'x': 'context' is the number 5, must be a text",
      })
  void wrongStructureIsABadRow(String json, int line, String cause) throws IOException {
    Examples<QuestionExample> read =
        new SquadReader().read(write("a.json", json.replace("¶", "\n")));
    assertThat(read.examples()).isEmpty();
    assertThat(read.badRows()).hasSize(1);
    assertThat(read.badRows().get(0).line()).isEqualTo(line);
    assertThat(read.badRows().get(0).cause()).contains(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        " |holds no rows",
        "{}|no list 'data'",
        "{\"version\":\"1.1\",\"dat\":[]}|no list 'data'",
        "{\"data\":[]}|holds no questions",
        "{\"data\":[]} {}|line 1: there is more after the end of the object",
        "{\"data\":[]}¶]|is not valid JSON at line 2, column 1 (in bytes): Unexpected close",
      })
  void wrongFileIsRefused(String json, String cause) throws IOException {
    Path file = write("a.json", json == null ? " " : json.replace("¶", "\n"));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new SquadReader().read(file))
        .withMessageStartingWith(file.toString())
        .withMessageContaining(cause);
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    String json = document(ANSWERED);
    for (int length = 1; length < json.stripTrailing().length(); length += 3) {
      Path file = write("cut.json", json.substring(0, length));
      assertThatExceptionOfType(InvalidInputException.class)
          .as("cut after %d", length)
          .isThrownBy(() -> new SquadReader().read(file))
          .withMessageStartingWith(file + " is not valid JSON at line ")
          .withMessageNotContaining("Source");
    }
  }

  @Test
  void latin1IsRefusedWithItsPlace() throws IOException {
    Path file = folder.resolve("latin1.json");
    Files.write(file, document(ANSWERED).replace("🦀", "é").getBytes(StandardCharsets.ISO_8859_1));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new SquadReader().read(file))
        .withMessageStartingWith(file + " is not valid JSON at line 6, column ")
        .withMessageContaining("Invalid UTF-8");
    Path lines = folder.resolve("latin1.jsonl");
    Files.write(
        lines,
        (withContext(ANSWERED).replace("🦀", "é") + "\n").getBytes(StandardCharsets.ISO_8859_1));
    assertThat(new SquadReader().read(lines).badRows())
        .singleElement()
        .matches(row -> row.line() == 1 && row.cause().contains("(0xE9) is not UTF-8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty.json", "empty.jsonl"})
  void emptyFileIsRefused(String name) throws IOException {
    Path file = write(name, "");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new SquadReader().read(file))
        .withMessage(file + " is empty");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new SquadReader().read(folder.resolve("no-" + name)))
        .withMessageContaining("does not exist");
  }

  @Test
  @Tag("large")
  @Tag("ci")
  void fileOfFiftyMegabytesInOneLineIsRead() throws IOException {
    Path file = folder.resolve("long.json");
    int questions = 500;
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write("{\"data\":[{\"paragraphs\":[".getBytes(StandardCharsets.UTF_8));
      String filler = "x".repeat(100_000);
      for (int i = 0; i < questions; i++) {
        String question =
            "%s{\"context\":\"%s 1871\",\"qas\":[{\"id\":\"q%d\",\"question\":\"W?\",\"answers\":"
                .formatted(i == 0 ? "" : ",", filler, i);
        int offset = i == 77 ? 0 : 100_001;
        String answer = "[{\"text\":\"1871\",\"answer_start\":" + offset + "}]}]}";
        out.write((question + answer).getBytes(StandardCharsets.UTF_8));
      }
      out.write("]}]}".getBytes(StandardCharsets.UTF_8));
    }
    Examples<QuestionExample> read = new SquadReader().read(file);
    assertThat(read.examples()).hasSize(questions - 1);
    assertThat(read.badRows())
        .containsExactly(
            new Source(1, 78, Map.of("id", "q77"))
                .bad(
                    "question 'q77': answer '1871' is not at character 0 of its context (there it"
                        + " says 'xxxx'); it is at character 100001"));
  }

  @Test
  @Tag("large")
  void twentyMegabytesInOneQuestionAreNotHeld() throws IOException {
    String filler = "x".repeat(20 << 20);
    Path lines = write("l.jsonl", "{\"id\":\"" + filler + "\"}\n" + withContext(ANSWERED) + "\n");
    Examples<QuestionExample> read = new SquadReader().read(lines);
    assertThat(read.examples()).extracting(QuestionExample::line).containsExactly(2);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(1);
    assertThat(read.badRows().get(0).cause()).contains("bytes long, at most 16,777,216 are read");
    Path nested = write("n.json", document("{\"id\":\"" + filler + "\"}"));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new SquadReader().read(nested))
        .withMessageStartingWith(nested + " is not valid JSON at line 7, column ")
        .withMessageContaining("String value length");
  }

  @Test
  void unlabelledFilesNeedNoAnswers() throws IOException {
    Path file =
        write(
            "a.json",
            document(
                "{\"id\":\"a\",\"question\":\"When?\"}",
                "{\"id\":\"b\",\"question\":\"When?\",\"answers\":\"nonsense\"}"));
    Examples<QuestionExample> read = new SquadReader().readUnlabelled(file);
    assertThat(read.usable(BadRowPolicy.REFUSE)).hasSize(2);
    assertThat(read.examples()).noneMatch(QuestionExample::hasLabel);
    assertThat(new SquadReader().read(file).badRows()).hasSize(2);
  }

  @Test
  void linesAreToldByTheirContentToo() throws IOException {
    String lines = withContext(ANSWERED) + "\n" + withContext(ANSWERED).replace("\"a\"", "\"b\"");
    Examples<QuestionExample> byName = new SquadReader().read(write("a.jsonl", lines));
    Examples<QuestionExample> byContent = new SquadReader().read(write("a.json", lines));
    assertThat(byContent.examples()).isEqualTo(byName.examples()).hasSize(2);
    assertThat(byContent.fingerprint()).isEqualTo(byName.fingerprint());
    assertThat(byName.examples().get(0).title()).isNull();
  }

  @Test
  void gzipAndByteOrderMarkAreRead() throws IOException {
    Path plain = write("a.json", "\ufeff" + document(ANSWERED));
    Path packed = folder.resolve("a.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(Files.readAllBytes(plain));
    }
    Examples<QuestionExample> read = new SquadReader().read(packed);
    assertThat(read.examples()).isEqualTo(new SquadReader().read(plain).examples()).hasSize(1);
    byte[] bytes = Files.readAllBytes(packed);
    Files.write(packed, Arrays.copyOf(bytes, bytes.length - 30));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new SquadReader().read(packed))
        .withMessageStartingWith(packed.toString());
  }

  @Test
  void exampleChecksItsAnswers() {
    List<Answer> wrong = List.of(new Answer("1871", 18));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QuestionExample(1, "a", null, "q", CONTEXT, wrong, false))
        .withMessageContaining("does not have the answer");
    List<Answer> right = List.of(new Answer("1871", 19));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QuestionExample(1, "a", null, "q", CONTEXT, right, true))
        .withMessageContaining("impossible");
  }

  private Examples<QuestionExample> nested(String... questions) throws IOException {
    return new SquadReader().read(write("a.json", document(questions)));
  }

  /** The first question is on line 7. */
  private static String document(String... questions) {
    return "{\"version\": \"v2.0\",\n"
        + "\"data\": [\n"
        + "{\"title\": \"T\",\n"
        + "\"paragraphs\":\n"
        + "[{\"context\": \n"
        + "\""
        + CONTEXT
        + "\", \"qas\": [\n"
        + String.join(",\n", questions)
        + "]}]}]}\n";
  }

  private static String withContext(String question) {
    return question.substring(0, question.length() - 1) + ",\"context\":\"" + CONTEXT + "\"}";
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
