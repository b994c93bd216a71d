package org.ptuning4j.task.lama;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * The likeliest words for a fact's object.
 *
 * @param words the likeliest first
 * @param rank the right word's rank among all candidates, 1 the best; 0 where it is not known or no
 *     candidate
 */
public record LamaAnswer(List<Word> words, int rank) implements Answer {

  /**
   * A word.
   *
   * @param word as the vocabulary spells it
   * @param probability among the candidates
   */
  public record Word(String word, double probability) {}

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("object", AnswerSchema.Type.TEXT, "the most probable word"),
          new AnswerSchema.Field("probability", AnswerSchema.Type.NUMBER, "that of the object"),
          new AnswerSchema.Field(
              "words", AnswerSchema.Type.NUMBERS_BY_NAME, "the most probable words"),
          new AnswerSchema.Field(
              "rank",
              AnswerSchema.Type.WHOLE_NUMBER,
              "that of the right word, from 1; left out where it is not known"));

  /** Copies the list. */
  public LamaAnswer {
    words = List.copyOf(words);
    if (words.isEmpty() || rank < 0) {
      throw new IllegalArgumentException(words.size() + " words, rank " + rank);
    }
  }

  @Override
  public String text() {
    return words.get(0).word();
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Double> probabilities = new LinkedHashMap<>();
    words.forEach(word -> probabilities.put(word.word(), word.probability()));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("object", text());
    fields.put("probability", words.get(0).probability());
    fields.put("words", probabilities);
    if (rank > 0) {
      fields.put("rank", rank);
    }
    return fields;
  }
}
