package org.ptuning4j.head;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;

/** Reads a head's settings as they come out of JSON, and names the field that is wrong. */
public final class HeadSettings {

  private final Map<String, Object> values;

  /** Reads these, {@code kind} among them. */
  public HeadSettings(Map<String, Object> values) {
    this.values = values;
  }

  /** Makes sure that there is no field but {@code kind} and these. */
  public void only(String... fields) {
    Set<String> known = new HashSet<>(Arrays.asList(fields));
    known.add("kind");
    Set<String> unknown = new TreeSet<>(values.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      String field = unknown.iterator().next();
      throw InvalidInputException.of(
          "head.%s: not a setting of a head of kind '%s'; it has %s",
          field, values.get("kind"), fields.length == 0 ? "none" : String.join(", ", fields));
    }
  }

  /** A text. */
  public String text(String field) {
    if (required(field) instanceof String text) {
      return text;
    }
    throw wrong(field, "a text");
  }

  /** A whole number. */
  public int integer(String field) {
    return integer(field, required(field));
  }

  /** A finite number. */
  public double number(String field) {
    if (required(field) instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw wrong(field, "a number");
  }

  /** true or false. */
  public boolean flag(String field) {
    if (required(field) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(field, "true or false");
  }

  /** A list of whole numbers. */
  public List<Integer> integers(String field) {
    return integers(field, required(field));
  }

  /** A list of lists of whole numbers. */
  public List<List<Integer>> integerLists(String field) {
    if (!(required(field) instanceof List<?> list)) {
      throw wrong(field, "a list of lists of whole numbers");
    }
    List<List<Integer>> lists = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      lists.add(integers(field + "[" + i + "]", list.get(i)));
    }
    return lists;
  }

  /** One of a few values, by what stands for it. */
  public <T> T oneOf(String field, T[] choices, Function<T, String> label) {
    String text = text(field);
    return Arrays.stream(choices)
        .filter(choice -> label.apply(choice).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "head.%s: '%s' is not one of %s",
                    field,
                    text,
                    Arrays.stream(choices).map(label).collect(Collectors.joining(", "))));
  }

  /** What a head over whole sequences reads. */
  public SequenceInput input() {
    return oneOf("input", SequenceInput.values(), SequenceInput::label);
  }

  private List<Integer> integers(String field, Object value) {
    if (!(value instanceof List<?> list)) {
      throw wrong(field, value, "a list of whole numbers");
    }
    List<Integer> integers = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      integers.add(integer(field + "[" + i + "]", list.get(i)));
    }
    return integers;
  }

  private static int integer(String field, Object value) {
    boolean whole =
        value instanceof Integer
            || value instanceof Short
            || value instanceof Byte
            || (value instanceof Long number && number == number.intValue())
            || (value instanceof BigInteger big && big.bitLength() < Integer.SIZE);
    if (!whole) {
      throw wrong(field, value, "a whole number");
    }
    return ((Number) value).intValue();
  }

  private Object required(String field) {
    Object value = values.get(field);
    if (value == null) {
      throw InvalidInputException.of(
          "head.%s: missing; a head of kind '%s' needs it", field, values.get("kind"));
    }
    return value;
  }

  private InvalidInputException wrong(String field, String wanted) {
    return wrong(field, values.get(field), wanted);
  }

  private static InvalidInputException wrong(String field, Object value, String wanted) {
    String found = value instanceof String ? "'" + value + "'" : String.valueOf(value);
    return InvalidInputException.of("head.%s: %s is not %s", field, found, wanted);
  }
}
