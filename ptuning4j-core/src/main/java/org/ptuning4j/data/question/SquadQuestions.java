package org.ptuning4j.data.question;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.Excerpt;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.CodePointText;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.json.JsonValue;
import org.ptuning4j.data.value.NormalText;

/** Makes questions of JSON objects, whichever form of file they come from. */
final class SquadQuestions {

  private final boolean labelled;
  private final Map<String, Integer> lineOfId = new HashMap<>();

  /** With labels, each question must say what answers it, or that nothing does. */
  SquadQuestions(boolean labelled) {
    this.labelled = labelled;
  }

  /** The question of a line of JSONL, which has its context with it. */
  QuestionExample question(Row row) {
    RecordFields fields = RecordFields.of(row);
    String title = fields.has("title") ? fields.string("title") : null;
    return question(row.source(), title, fields.text("context"), fields);
  }

  /** The question of a paragraph; the two values are as the file has them. */
  QuestionExample question(Source source, String title, JsonValue context, JsonValue question) {
    for (JsonValue value : List.of(context, question)) {
      if (value.problem() != null) {
        throw new InvalidInputException(value.problem());
      }
    }
    if (!(question.value() instanceof Map<?, ?> map)) {
      throw InvalidInputException.of(
          "it is %s, must be an object", Excerpt.ofJson(question.value()));
    }
    if (context.value() == null) {
      throw new InvalidInputException("its paragraph has no 'context'");
    }
    String text = Fields.string("context", context.value());
    if (!NormalText.isVisible(text)) {
      throw new InvalidInputException("the 'context' of its paragraph is blank");
    }
    return question(source, title, text, new RecordFields(map));
  }

  private QuestionExample question(
      Source place, String title, String context, RecordFields fields) {
    boolean named = labelled || fields.has("id");
    Source source = named ? place.withIds(Map.of("id", fields.id("id"))) : place;
    String id = named ? fields.id("id") : idOf(source);
    int line = source.line();
    Integer earlier = named ? lineOfId.putIfAbsent(id, line) : null;
    if (earlier != null) {
      throw InvalidInputException.of(
          "its id %s is that of an earlier question (line %d); each needs its own",
          Excerpt.of(id), earlier);
    }
    String question = fields.text("question");
    if (!labelled) {
      return new QuestionExample(source, id, title, question, context, List.of(), false);
    }
    Boolean impossible = fields.has("is_impossible") ? fields.flag("is_impossible") : null;
    boolean unmentioned = Boolean.TRUE.equals(impossible) && !fields.has("answers");
    if (!unmentioned) {
      fields.requireAnswer("answers");
    }
    List<QuestionExample.Answer> answers =
        unmentioned ? List.of() : answers(fields, new CodePointText(context));
    if (impossible != null && impossible != answers.isEmpty()) {
      throw InvalidInputException.of(
          "'is_impossible' is %s, yet %s",
          impossible,
          answers.isEmpty()
              ? "'answers' is empty"
              : "there is the answer " + Excerpt.of(answers.get(0).text()));
    }
    return new QuestionExample(source, id, title, question, context, answers, answers.isEmpty());
  }

  /** Another name that it has, such as its {@code idx}, or else its number in the file. */
  private static String idOf(Source source) {
    Object id = source.ids().get("id");
    return String.valueOf(id == null ? Math.max(source.record(), source.line()) : id);
  }

  private static List<QuestionExample.Answer> answers(RecordFields fields, CodePointText context) {
    List<RecordFields> listed =
        fields.values().get("answers") instanceof Map<?, ?>
            ? columns(fields.object("answers"))
            : fields.objects("answers");
    return listed.stream()
        .filter(answer -> !isNone(answer))
        .map(answer -> answer(answer, context))
        .toList();
  }

  /**
   * A blank text at the beginning of the context, or nowhere, is how some copies write that nothing
   * answers the question.
   */
  private static boolean isNone(RecordFields answer) {
    Object text = answer.values().get("text");
    Object start = answer.values().get("answer_start");
    boolean nowhere = start == null || start.equals(0) || start.equals(-1);
    boolean blank = text == null || (text instanceof String each && !NormalText.isVisible(each));
    return nowhere && blank && answer.values().containsKey("text");
  }

  /** The form of the datasets library: a list of texts, and a list of their offsets. */
  private static List<RecordFields> columns(RecordFields answers) {
    List<?> texts = answers.list("text");
    List<?> starts = answers.list("answer_start");
    if (texts.size() != starts.size()) {
      throw InvalidInputException.of(
          "'answers.text' has %d elements, 'answers.answer_start' has %d",
          texts.size(), starts.size());
    }
    List<RecordFields> rows = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Map<String, Object> row = new HashMap<>();
      row.put("text", texts.get(i));
      row.put("answer_start", starts.get(i));
      rows.add(RecordFields.of("answers[" + i + "]", row));
    }
    return rows;
  }

  private static QuestionExample.Answer answer(RecordFields answer, CodePointText context) {
    String text = answer.text("text");
    int start = answer.count("answer_start");
    int utf16 = context.utf16(start).orElse(-1);
    if (utf16 >= 0 && context.text().startsWith(text, utf16)) {
      return new QuestionExample.Answer(text, utf16);
    }
    String there =
        utf16 < 0
            ? "which has " + context.length()
            : "there it says "
                + Excerpt.of(context.upTo(text.codePointCount(0, text.length()), utf16));
    String elsewhere =
        context
            .nearest(text, start)
            .map(place -> "it is at character " + place)
            .orElse("the context does not hold it");
    throw InvalidInputException.of(
        "answer %s is not at character %d of its context (%s); %s",
        Excerpt.of(text), start, there, elsewhere);
  }
}
