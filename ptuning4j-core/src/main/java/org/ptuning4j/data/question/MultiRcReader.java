package org.ptuning4j.data.question;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.JsonFields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.table.Gathered;
import org.ptuning4j.data.table.TableReader;

/**
 * Reads MultiRC as SuperGLUE writes it, or flat ({@link FlatMultiRc}): a paragraph a line, {@code
 * {"idx", "passage": {"text", "questions": [{"idx", "question", "answers": [{"idx", "text",
 * "label"}]}]}}}. A question with a fault is a bad row as a whole: with an option missing, its
 * exact match would mean something else.
 *
 * @param lines how lines are read, and how long they may be
 */
public record MultiRcReader(TableReader lines) {

  /** A reader for lines of up to 16 MiB. */
  public MultiRcReader() {
    this(new TableReader());
  }

  /**
   * Reads a file whose options are labelled 0 or 1; an option without a label is a fault.
   *
   * @throws InvalidInputException as {@link TableReader#read(Path, TableFormat)}
   */
  public Examples<MultiRcExample> read(Path file) {
    return read(file, true);
  }

  /**
   * Reads a file for prediction: labels are neither needed nor looked at.
   *
   * @throws InvalidInputException as {@link TableReader#read(Path, TableFormat)}
   */
  public Examples<MultiRcExample> readUnlabelled(Path file) {
    return read(file, false);
  }

  private Examples<MultiRcExample> read(Path file, boolean labelled) {
    Map<Integer, Integer> lineOfParagraph = new HashMap<>();
    FlatMultiRc flat = new FlatMultiRc(labelled);
    Examples<MultiRcExample> read =
        Gathered.fromJsonLines(lines, file, record(labelled, lineOfParagraph, flat));
    return flat.wholeQuestions(read);
  }

  private static BiConsumer<Row, Gathered<MultiRcExample>> record(
      boolean labelled, Map<Integer, Integer> lineOfParagraph, FlatMultiRc flat) {
    return (row, gathered) -> {
      JsonFields fields = JsonFields.of(row);
      if (FlatMultiRc.isOne(row)) {
        gathered.take(row.line(), "", () -> List.of(flat.option(row)));
        return;
      }
      int paragraph = fields.count("idx");
      Integer earlier = lineOfParagraph.putIfAbsent(paragraph, row.line());
      if (earlier != null) {
        throw InvalidInputException.of(
            "'idx' is %d, as on line %d; each paragraph needs its own", paragraph, earlier);
      }
      new Paragraph(row.line(), paragraph, labelled).read(fields.object("passage"), gathered);
    };
  }

  private record Paragraph(int line, int idx, boolean labelled) {

    void read(JsonFields passage, Gathered<MultiRcExample> gathered) {
      String text = passage.text("text");
      List<JsonFields> questions = passage.objects("questions");
      if (questions.isEmpty()) {
        throw InvalidInputException.of("'passage.questions' is empty");
      }
      Set<Integer> seen = new HashSet<>();
      for (JsonFields question : questions) {
        gathered.take(line, "", () -> question(text, question, seen));
      }
    }

    private List<MultiRcExample> question(String text, JsonFields fields, Set<Integer> seen) {
      int question = uniqueIdx(fields, seen);
      String questionText = fields.text("question");
      List<JsonFields> answers = fields.objects("answers");
      if (answers.isEmpty()) {
        throw InvalidInputException.of("'%sanswers' is empty", fields.path());
      }
      Set<Integer> seenAnswers = new HashSet<>();
      List<MultiRcExample> examples = new ArrayList<>();
      for (JsonFields answer : answers) {
        examples.add(
            new MultiRcExample(
                line,
                idx,
                question,
                uniqueIdx(answer, seenAnswers),
                text,
                questionText,
                answer.string("text"),
                labelled ? Boolean.valueOf(answer.answerFlag("label")) : null));
      }
      return examples;
    }

    private static int uniqueIdx(JsonFields fields, Set<Integer> seen) {
      int idx = fields.count("idx");
      if (!seen.add(idx)) {
        throw InvalidInputException.of("'%sidx' repeats %d", fields.path(), idx);
      }
      return idx;
    }
  }
}
