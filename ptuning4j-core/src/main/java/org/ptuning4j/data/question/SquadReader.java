package org.ptuning4j.data.question;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.DataFile;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.table.Gathered;
import org.ptuning4j.data.table.TableReader;

/**
 * Reads questions with the spans that answer them. Two forms are known, both plain or gzipped:
 *
 * <ul>
 *   <li>SQuAD 1.1 and 2.0: one JSON object {@code {"data": [{"title", "paragraphs": [{"context",
 *       "qas": [{"id", "question", "answers": [{"text", "answer_start"}], "is_impossible"}]}]}]}}.
 *   <li>One question a line: {@code {"id", "question", "context", "answers"}}, with the answers as
 *       above or as {@code {"text": […], "answer_start": […]}}. A file called {@code .jsonl} or
 *       {@code .ndjson} is of this form, and any other that does not begin as the first one does.
 * </ul>
 *
 * <p>{@code answer_start} counts Unicode code points, as Python does; {@link
 * QuestionExample.Answer#start()} counts UTF-16 units, as Java does. An answer that is not found
 * where its offset points makes a bad row. A question whose list of answers is empty has none in
 * its context; {@code plausible_answers} are passed over.
 *
 * @param lines how lines are read; how long they may be is how long one JSON text may be
 */
public record SquadReader(TableReader lines) {

  private static final Pattern LINES = Pattern.compile(".*\\.(jsonl|ndjson)(\\.gz)?");

  /** A reader for lines, or single texts, of up to 16 MiB. */
  public SquadReader() {
    this(new TableReader());
  }

  /**
   * Reads a file with answers.
   *
   * @throws InvalidInputException naming the file, and line and column where there is one: where it
   *     cannot be read, is empty, is not valid JSON as a whole, or holds no question
   */
  public Examples<QuestionExample> read(Path file) {
    return read(file, new SquadQuestions(true));
  }

  /**
   * Reads a file for prediction: answers are neither needed nor looked at.
   *
   * @throws InvalidInputException as {@link #read(Path)}
   */
  public Examples<QuestionExample> readUnlabelled(Path file) {
    return read(file, new SquadQuestions(false));
  }

  private Examples<QuestionExample> read(Path file, SquadQuestions questions) {
    if (LINES.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT)).matches()) {
      return readLines(file, questions);
    }
    Gathered<QuestionExample> gathered = new Gathered<>();
    DataFile.Content<Boolean> nested =
        DataFile.read(file, in -> parse(file, in, questions, gathered));
    if (!nested.value()) {
      return readLines(file, questions);
    }
    if (gathered.isEmpty()) {
      throw new InvalidInputException(file + " holds no questions");
    }
    return gathered.examples(file, nested.fingerprint());
  }

  private Examples<QuestionExample> readLines(Path file, SquadQuestions questions) {
    return Gathered.fromJsonLines(
        lines,
        file,
        (row, gathered) -> gathered.take(row.line(), "", () -> List.of(questions.question(row))));
  }

  /** Whether the stream is of the first form, which then has been read. */
  private boolean parse(
      Path file, InputStream in, SquadQuestions questions, Gathered<QuestionExample> gathered)
      throws IOException {
    InputStream text = DataFile.text(in, file.toString()).content();
    try (JsonParser json = SquadParser.open(text, lines.maxLineBytes())) {
      try {
        return new SquadParser(json, questions, gathered).parse();
      } catch (JsonProcessingException e) {
        JsonLocation at = e.getLocation() == null ? json.currentLocation() : e.getLocation();
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s is not valid JSON at line %d, column %d (in bytes): %s",
                file,
                at.getLineNr(),
                at.getColumnNr(),
                SquadParser.describe(e)),
            e);
      } catch (InvalidInputException e) {
        throw new InvalidInputException(file + ": " + e.getMessage(), e);
      }
    }
  }
}
