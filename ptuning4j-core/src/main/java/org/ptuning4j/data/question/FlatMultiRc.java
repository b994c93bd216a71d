package org.ptuning4j.data.question;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Row;

/**
 * MultiRC with an option a row, as copies of SuperGLUE export it: {@code {"paragraph", "question",
 * "answer", "idx": {"paragraph", "question", "answer"}, "label"}}. Without {@code idx}, equal
 * paragraphs and questions are the same ones.
 */
public final class FlatMultiRc {

  private final boolean labelled;
  private final Map<Place, Integer> lineOfPlace = new HashMap<>();
  private final Map<String, Integer> paragraphs = new HashMap<>();
  private final Map<List<Object>, Integer> questions = new HashMap<>();
  private final Map<Question, Integer> options = new LinkedHashMap<>();
  private final Set<Question> broken = new HashSet<>();

  FlatMultiRc(boolean labelled) {
    this.labelled = labelled;
  }

  private record Question(int paragraph, int question) {}

  private record Place(int paragraph, int question, int answer) {

    Question whole() {
      return new Question(paragraph, question);
    }

    Map<String, Object> ids() {
      return Map.of("paragraph", paragraph, "question", question, "answer", answer);
    }
  }

  /** Whether the row is an option rather than a paragraph with its questions. */
  static boolean isOne(Row row) {
    return row.get("question") != null && !(row.get("passage") instanceof Map<?, ?>);
  }

  /**
   * One option to predict on, which need not have an {@code idx}.
   *
   * @throws InvalidInputException naming what is missing or wrong
   */
  public static MultiRcExample toPredict(Row row) {
    return new FlatMultiRc(false).option(row);
  }

  MultiRcExample option(Row row) {
    RecordFields fields = RecordFields.of(row);
    String text = fields.text(paragraphField(fields));
    String question = fields.text("question");
    Place place = fields.has("idx") ? place(fields.object("idx")) : newPlace(text, question);
    try {
      Integer earlier = lineOfPlace.putIfAbsent(place, row.line());
      if (earlier != null) {
        throw InvalidInputException.of(
            "'idx' is that of line %d; each option needs its own", earlier);
      }
      Map<String, Object> ids = fields.has("idx") ? place.ids() : Map.of();
      return new MultiRcExample(
          row.source().withIds(ids),
          place.paragraph(),
          place.question(),
          place.answer(),
          text,
          question,
          fields.string("answer"),
          labelled ? Boolean.valueOf(fields.answerFlag("label")) : null);
    } catch (InvalidInputException e) {
      broken.add(place.whole());
      throw e;
    }
  }

  private static String paragraphField(RecordFields fields) {
    return List.of("paragraph", "passage", "text").stream()
        .filter(fields::has)
        .findFirst()
        .orElse("paragraph");
  }

  private static Place place(RecordFields idx) {
    return new Place(idx.count("paragraph"), idx.count("question"), idx.count("answer"));
  }

  private Place newPlace(String text, String question) {
    int paragraph = paragraphs.computeIfAbsent(text, key -> paragraphs.size());
    int asked = questions.computeIfAbsent(List.of(paragraph, question), key -> questions.size());
    int option = options.merge(new Question(paragraph, asked), 1, Integer::sum) - 1;
    return new Place(paragraph, asked, option);
  }

  /** Takes out what is left of questions with a bad option. */
  Examples<MultiRcExample> wholeQuestions(Examples<MultiRcExample> read) {
    if (broken.isEmpty()) {
      return read;
    }
    List<MultiRcExample> whole = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>(read.badRows());
    for (MultiRcExample option : read.examples()) {
      if (broken.contains(new Question(option.paragraph(), option.question()))) {
        badRows.add(
            option
                .source()
                .bad(
                    "another option of its question is bad, without which exact match would mean"
                        + " something else",
                    labelled ? BadRow.Lack.ANSWER : BadRow.Lack.NOTHING));
      } else {
        whole.add(option);
      }
    }
    badRows.sort(Comparator.comparing(BadRow::source));
    return read.with(whole, badRows);
  }
}
