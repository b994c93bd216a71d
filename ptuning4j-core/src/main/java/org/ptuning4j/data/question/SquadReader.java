package org.ptuning4j.data.question;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.ExampleReader;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.json.JsonNames;
import org.ptuning4j.data.json.JsonText;
import org.ptuning4j.data.table.ExampleCollector;

/**
 * Reads questions with the spans that answer them. Two forms are known, both plain or gzipped:
 *
 * <ul>
 *   <li>SQuAD 1.1 and 2.0: one JSON object {@code {"data": [{"title", "paragraphs": [{"context",
 *       "qas": [{"id", "question", "answers": [{"text", "answer_start"}], "is_impossible"}]}]}]}}.
 *   <li>One object a question: {@code {"id", "question", "context", "answers"}}, a line each or in
 *       a list, with the answers as above or as {@code {"text": […], "answer_start": […]}}.
 * </ul>
 *
 * <p>{@code answer_start} counts Unicode code points, as Python does; {@link
 * QuestionExample.Answer#start()} counts UTF-16 units, as Java does. An answer that is not found
 * where its offset points makes a bad row. A question whose list of answers is empty has none in
 * its context; {@code plausible_answers} are passed over.
 */
public final class SquadReader implements ExampleReader<QuestionExample> {

  private static final Pattern LINES = Pattern.compile(".*\\.(jsonl|ndjson)(\\.gz)?");

  /** Names that only the first form has. */
  private static final Set<String> NESTING = Set.of("paragraphs", "qas");

  /** The same, and names that the second form has outside of them. */
  private static final Set<String> TELLING = Set.of("paragraphs", "qas", "question", "context");

  @Override
  public Examples<QuestionExample> read(InputFile file) {
    return read(file, new SquadQuestions(true));
  }

  @Override
  public Examples<QuestionExample> readUnlabelled(InputFile file) {
    return read(file, new SquadQuestions(false));
  }

  /** Whether an input nests its questions as SQuAD does, judged by its beginning. */
  public static boolean isNested(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    if (set != FileFormat.AUTO) {
      return set == FileFormat.SQUAD;
    }
    return input.firstLine().strip().startsWith("{")
        && JsonNames.first(input, TELLING)
            .map(NESTING::contains)
            .orElse(!isCalledLines(input.name()));
  }

  private static boolean isCalledLines(String name) {
    return LINES.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  private static Examples<QuestionExample> read(InputFile file, SquadQuestions questions) {
    if (!file.look(SquadReader::isNested)) {
      return ExampleCollector.fromJson(
          file,
          (row, collector) ->
              collector.take(row.source(), "", () -> List.of(questions.question(row))));
    }
    ExampleCollector<QuestionExample> collector = new ExampleCollector<>();
    InputFile.Content<Void> nested =
        file.read(
            input -> {
              parse(input, questions, collector);
              return null;
            });
    if (collector.isEmpty()) {
      throw new InvalidInputException(file.name() + " holds no questions");
    }
    return collector.examples(file.path(), nested.fingerprint(), FileFormat.SQUAD);
  }

  private static void parse(
      TextInput input, SquadQuestions questions, ExampleCollector<QuestionExample> collector)
      throws IOException {
    try (JsonParser json =
        JsonText.upTo(input.settings().maxRecordBytes()).parser(input.content())) {
      try {
        new SquadParser(json, questions, collector).parse();
      } catch (JsonProcessingException e) {
        JsonLocation at = e.getLocation() == null ? json.currentLocation() : e.getLocation();
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s is not valid JSON at line %d, column %d (in bytes): %s",
                input.name(),
                at.getLineNr(),
                at.getColumnNr(),
                JsonText.describe(e)),
            e);
      } catch (InvalidInputException e) {
        throw e.in(input.name());
      }
    }
  }
}
