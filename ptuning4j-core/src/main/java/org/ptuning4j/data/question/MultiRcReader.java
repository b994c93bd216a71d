package org.ptuning4j.data.question;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.ExampleReader;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.json.JsonNames;
import org.ptuning4j.data.table.ExampleCollector;

/**
 * Reads MultiRC as SuperGLUE writes it, or flat ({@link FlatMultiRc}): a paragraph a line, {@code
 * {"idx", "passage": {"text", "questions": [{"idx", "question", "answers": [{"idx", "text",
 * "label"}]}]}}}. A question with a fault is a bad row as a whole: with an option missing, its
 * exact match would mean something else. Its place is that of its last option.
 */
public final class MultiRcReader implements ExampleReader<MultiRcExample> {

  @Override
  public Examples<MultiRcExample> read(InputFile file) {
    return read(file, true);
  }

  @Override
  public Examples<MultiRcExample> readUnlabelled(InputFile file) {
    return read(file, false);
  }

  /** Whether an input nests its records as SuperGLUE does, judged by its beginning. */
  public static boolean isNested(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    return set == FileFormat.MULTIRC
        || (set == FileFormat.AUTO
            && JsonNames.first(input, Set.of("questions", "question"))
                .filter("questions"::equals)
                .isPresent());
  }

  private Examples<MultiRcExample> read(InputFile file, boolean labelled) {
    Map<Integer, Integer> lineOfParagraph = new HashMap<>();
    FlatMultiRc flat = new FlatMultiRc(labelled);
    Examples<MultiRcExample> read =
        ExampleCollector.fromJson(file, record(labelled, lineOfParagraph, flat));
    return flat.wholeQuestions(read);
  }

  private static BiConsumer<Row, ExampleCollector<MultiRcExample>> record(
      boolean labelled, Map<Integer, Integer> lineOfParagraph, FlatMultiRc flat) {
    return (row, collector) -> {
      RecordFields fields = RecordFields.of(row);
      if (FlatMultiRc.isOne(row)) {
        collector.take(row.source(), "", () -> List.of(flat.option(row)));
        return;
      }
      int paragraph = fields.count("idx");
      Integer earlier = lineOfParagraph.putIfAbsent(paragraph, row.line());
      if (earlier != null) {
        throw InvalidInputException.of(
            "'idx' is %d, as on line %d; each paragraph needs its own", paragraph, earlier);
      }
      new Paragraph(row.source(), paragraph, labelled).read(fields.object("passage"), collector);
    };
  }

  private record Paragraph(Source source, int idx, boolean labelled) {

    void read(RecordFields passage, ExampleCollector<MultiRcExample> collector) {
      String text = passage.text("text");
      List<RecordFields> questions = passage.objects("questions");
      if (questions.isEmpty()) {
        throw InvalidInputException.of("'passage.questions' is empty");
      }
      Set<Integer> seen = new HashSet<>();
      int before = 0; // options of earlier questions
      for (RecordFields question : questions) {
        int first = before + 1;
        before += options(question);
        Source last = source.withPart(before).withIds(ids(question));
        collector.take(last, "", () -> question(first, text, question, seen));
      }
    }

    /** How many places a question takes among the options of its paragraph, at least one. */
    private static int options(RecordFields question) {
      return question.values().get("answers") instanceof List<?> answers
          ? Math.max(1, answers.size())
          : 1;
    }

    /** What the file calls a question, as far as it says so. */
    private Map<String, Object> ids(RecordFields question) {
      Map<String, Object> ids = new LinkedHashMap<>();
      ids.put("paragraph", idx);
      if (question.values().get("idx") instanceof Number number) {
        ids.put("question", number);
      }
      return ids;
    }

    private List<MultiRcExample> question(
        int first, String text, RecordFields fields, Set<Integer> seen) {
      int question = uniqueIdx(fields, seen);
      String questionText = fields.text("question");
      List<RecordFields> answers = fields.objects("answers");
      if (answers.isEmpty()) {
        throw InvalidInputException.of("'%s' is empty", fields.path("answers"));
      }
      Set<Integer> seenAnswers = new HashSet<>();
      List<MultiRcExample> examples = new ArrayList<>();
      for (RecordFields answer : answers) {
        examples.add(
            new MultiRcExample(
                source.withPart(first + examples.size()),
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

    private static int uniqueIdx(RecordFields fields, Set<Integer> seen) {
      int idx = fields.count("idx");
      if (!seen.add(idx)) {
        throw InvalidInputException.of("'%s' repeats %d", fields.path("idx"), idx);
      }
      return idx;
    }
  }
}
