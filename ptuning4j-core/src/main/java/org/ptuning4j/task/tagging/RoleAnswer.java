package org.ptuning4j.task.tagging;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * The arguments of a predicate.
 *
 * @param words the sentence
 * @param predicate the index of the predicate among them
 * @param tags one for each word, valid IOB2
 * @param arguments from left to right by their first words, the predicate itself not among them
 */
public record RoleAnswer(
    List<String> words, int predicate, List<String> tags, List<Argument> arguments)
    implements Answer {

  /**
   * An argument.
   *
   * @param role such as {@code A0} or {@code ARGM-TMP}
   * @param parts its words, in several parts where it is discontinuous ({@code C-} tags)
   * @param text its words, with {@code …} between parts
   * @param probability the geometric mean of the probabilities of its words' tags
   */
  public record Argument(String role, List<Part> parts, String text, double probability) {

    /** Copies the parts. */
    public Argument {
      parts = List.copyOf(parts);
    }
  }

  /**
   * Words from the first to the last, which belongs to it; both counted from 0.
   *
   * @param firstWord the first
   * @param lastWord the last
   */
  public record Part(int firstWord, int lastWord) {}

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("words", AnswerSchema.Type.TEXTS, "what was read"),
          new AnswerSchema.Field(
              "predicate", AnswerSchema.Type.WHOLE_NUMBER, "the index of its word"),
          new AnswerSchema.Field("tags", AnswerSchema.Type.TEXTS, "one for each word, in IOB2"),
          new AnswerSchema.Field(
              "arguments", AnswerSchema.Type.OBJECTS, "role, text and place of each"));

  /** Copies the lists. */
  public RoleAnswer {
    words = List.copyOf(words);
    tags = List.copyOf(tags);
    arguments = List.copyOf(arguments);
  }

  /** The predicate with its arguments, such as {@code gave (A0: she; A1: a book)}. */
  @Override
  public String text() {
    String each =
        arguments.isEmpty()
            ? "no argument"
            : arguments.stream()
                .map(argument -> argument.role() + ": " + argument.text())
                .collect(Collectors.joining("; "));
    return (words.get(predicate) + " (" + each + ")").replaceAll("\\s+", " ");
  }

  private static Map<String, Object> fields(Part part) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("first_word", part.firstWord());
    fields.put("last_word", part.lastWord());
    return fields;
  }

  @Override
  public Map<String, Object> fields() {
    List<Map<String, Object>> each = new ArrayList<>();
    for (Argument argument : arguments) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("role", argument.role());
      fields.put("text", argument.text());
      fields.put("parts", argument.parts().stream().map(RoleAnswer::fields).toList());
      fields.put("probability", argument.probability());
      each.add(fields);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("words", words);
    fields.put("predicate", predicate);
    fields.put("tags", tags);
    fields.put("arguments", each);
    return fields;
  }
}
