package org.ptuning4j.task;

import java.util.List;

/**
 * Which fields the answers of a task have, so that code that writes or shows them need not know its
 * kind.
 *
 * @param fields in the order in which they are written
 */
public record AnswerSchema(List<Field> fields) {

  /** What a field holds. */
  public enum Type {
    /** A text. */
    TEXT,
    /** A number. */
    NUMBER,
    /** A whole number. */
    WHOLE_NUMBER,
    /** A list of texts. */
    TEXTS,
    /** A list of numbers. */
    NUMBERS,
    /** Numbers by name. */
    NUMBERS_BY_NAME,
    /** A list of objects, such as entities with their places. */
    OBJECTS
  }

  /**
   * One field.
   *
   * @param name as it is written
   * @param type what it holds
   * @param meaning in a few words
   */
  public record Field(String name, Type type, String meaning) {}

  /** Copies the list. */
  public AnswerSchema {
    fields = List.copyOf(fields);
  }

  /** An answer with these fields. */
  public static AnswerSchema of(Field... fields) {
    return new AnswerSchema(List.of(fields));
  }

  /** The names of the fields. */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }
}
