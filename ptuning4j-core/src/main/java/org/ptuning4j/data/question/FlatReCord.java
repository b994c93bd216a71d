package org.ptuning4j.data.question;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.ptuning4j.Excerpt;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.value.NormalText;

/**
 * ReCoRD with a query a row, as copies of SuperGLUE export it: {@code {"passage", "query",
 * "entities": [texts], "answers": [texts], "idx": {"passage", "query"}}}. Further fields, such as
 * {@code entity_spans}, are passed over.
 */
final class FlatReCord {

  private final boolean labelled;
  private final Map<List<Integer>, Integer> lineOfPlace = new HashMap<>();

  FlatReCord(boolean labelled) {
    this.labelled = labelled;
  }

  /** Whether the row is a query rather than a passage with its queries. */
  static boolean isOne(Row row) {
    return row.get("query") != null && row.get("passage") instanceof String;
  }

  ReCordExample query(Row row) {
    RecordFields fields = RecordFields.of(row);
    String text = fields.text("passage");
    String query = fields.text("query");
    if (!query.contains(ReCordExample.PLACEHOLDER)) {
      throw InvalidInputException.of(
          "'query' has no %s: %s", ReCordExample.PLACEHOLDER, Excerpt.of(query));
    }
    List<Integer> place = place(row, fields);
    Integer earlier = lineOfPlace.putIfAbsent(place, row.line());
    if (earlier != null) {
      throw InvalidInputException.of("'idx' is that of line %d; each query needs its own", earlier);
    }
    List<String> entities = texts(fields, "entities");
    if (entities.isEmpty()) {
      throw InvalidInputException.of("'entities' is empty");
    }
    List<String> answers = labelled ? answers(fields, entities) : List.of();
    String cleaned = ReCordReader.cleaned(text);
    Map<String, Object> ids =
        fields.has("idx") ? Map.of("passage", place.get(0), "query", place.get(1)) : Map.of();
    return new ReCordExample(
        row.source().withIds(ids), place.get(0), place.get(1), cleaned, query, entities, answers);
  }

  /** Rows without numbers are distinguished by their places in the file. */
  private static List<Integer> place(Row row, RecordFields fields) {
    if (!fields.has("idx")) {
      return List.of(row.line(), row.record());
    }
    RecordFields idx = fields.object("idx");
    return List.of(idx.count("passage"), idx.count("query"));
  }

  private static List<String> answers(RecordFields fields, List<String> entities) {
    List<String> answers = fields.has("answers") ? texts(fields, "answers") : List.of();
    if (answers.isEmpty()) {
      throw new MissingAnswerException("'answers' is missing or empty");
    }
    if (answers.stream().noneMatch(entities::contains)) {
      throw InvalidInputException.of(
          "'answers': %s is none of the passage's entities", Excerpt.of(answers.get(0)));
    }
    return answers;
  }

  private static List<String> texts(RecordFields fields, String field) {
    LinkedHashSet<String> texts = new LinkedHashSet<>();
    int index = 0;
    for (Object each : fields.list(field)) {
      String text = Fields.string(field + "[" + index + "]", each);
      if (!NormalText.isVisible(text)) {
        throw InvalidInputException.of("'%s[%d]' is blank", field, index);
      }
      texts.add(text);
      index++;
    }
    return new ArrayList<>(texts);
  }
}
