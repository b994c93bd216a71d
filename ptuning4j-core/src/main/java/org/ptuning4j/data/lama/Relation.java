package org.ptuning4j.data.lama;

import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;

/**
 * A relation for knowledge probing, with the sentence that LAMA's authors wrote for it.
 *
 * @param id its identifier, such as {@code P17}
 * @param template a sentence with {@value #SUBJECT} and {@value #OBJECT}, each once
 * @param label what people call it, such as {@code country}; may be empty
 */
public record Relation(String id, String template, String label) {

  /** Where the subject goes. */
  public static final String SUBJECT = "[X]";

  /** Where the object goes. */
  public static final String OBJECT = "[Y]";

  /**
   * Checks the template.
   *
   * @throws InvalidInputException where it lacks one of its two places, or has one twice
   */
  public Relation {
    if (id.isBlank()) {
      throw new InvalidInputException("a relation needs an identifier, such as P17");
    }
    requireOnce(id, template, SUBJECT);
    requireOnce(id, template, OBJECT);
    if (label == null) {
      throw new InvalidInputException("relation " + id + ": label is null, may be empty");
    }
  }

  private static void requireOnce(String id, String template, String place) {
    int first = template.indexOf(place);
    if (first < 0 || template.indexOf(place, first + 1) >= 0) {
      throw InvalidInputException.of(
          "relation %s: its template %s has %s %s, must have it once",
          id, Excerpt.of(template), first < 0 ? "no" : "more than one", place);
    }
  }
}
