package org.ptuning4j.data;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.NumberedLabels;

/**
 * The fields of one JSON object, taken with their types checked. Every method throws {@link
 * InvalidInputException} that names the field, what was found and what is needed.
 *
 * @param path where the object is in its record, such as {@code passage.}; empty for the record
 */
public record JsonFields(String path, Map<?, ?> values) {

  /** The fields of a whole record. */
  public static JsonFields of(Row row) {
    return new JsonFields("", row.columns());
  }

  /** The fields of a value that must be an object. */
  public static JsonFields of(String path, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new JsonFields(path + ".", map);
    }
    throw InvalidInputException.of("'%s' is %s, must be an object", path, Excerpt.ofJson(value));
  }

  /** Whether the field is there and not {@code null}. */
  public boolean has(String field) {
    return values.get(field) != null;
  }

  /** A text that may be blank. */
  public String string(String field) {
    return string(path + field, required(field));
  }

  /** A text that says something. */
  public String text(String field) {
    String text = string(field);
    if (!NormalText.isVisible(text)) {
      throw InvalidInputException.of("'%s%s' is blank", path, field);
    }
    return text;
  }

  /** An identifier: a text, or a whole number, which is taken as its digits. */
  public String id(String field) {
    Object value = required(field);
    boolean whole =
        value instanceof Integer || value instanceof Long || value instanceof BigInteger;
    return whole ? value.toString() : text(field);
  }

  /** A whole number from 0 on. */
  public int count(String field) {
    Object value = required(field);
    if (value instanceof Integer number && number >= 0) {
      return number;
    }
    throw wrong(path + field, value, "a whole number from 0 on");
  }

  /** A whole number that is to be the index of a word; whether there is such a word is not seen. */
  public int wordIndex(String field) {
    Object value = required(field);
    if (value instanceof Integer index) {
      return index;
    }
    throw wrong(path + field, value, "the index of a word, counted from 0");
  }

  /** {@code true}, {@code false}, 1 or 0, in any of the ways that {@link NormalLabel} knows. */
  public boolean flag(String field) {
    Object value = required(field);
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      switch (NormalLabel.of(value)) {
        case "true", "1" -> {
          return true;
        }
        case "false", "0" -> {
          return false;
        }
        default -> {} // said below
      }
    }
    throw wrong(path + field, value, "0, 1, false or true");
  }

  /**
   * The same for a right answer, which is hidden where the field is absent or -1, as in the test
   * files of re-exported benchmarks.
   *
   * @throws MissingAnswerException where it is
   */
  public boolean answerFlag(String field) {
    requireAnswer(field);
    if (NumberedLabels.isHidden(values.get(field))) {
      throw new MissingAnswerException("'" + path + field + "' is -1, which hides the answer");
    }
    return flag(field);
  }

  /**
   * Makes sure that the field with the right answer is there.
   *
   * @throws MissingAnswerException where it is not, naming the one that it may be
   */
  public void requireAnswer(String field) {
    if (!has(field)) {
      throw new MissingAnswerException(absence(field));
    }
  }

  /** An object. */
  public JsonFields object(String field) {
    return of(path + field, required(field));
  }

  /** A list of anything. */
  public List<?> list(String field) {
    Object value = required(field);
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrong(path + field, value, "a list");
  }

  /** A list of objects. */
  public List<JsonFields> objects(String field) {
    List<JsonFields> objects = new ArrayList<>();
    for (Object value : list(field)) {
      objects.add(of(path + field + "[" + objects.size() + "]", value));
    }
    return objects;
  }

  /** The words of a sentence, under either of their usual names. */
  public List<String> words() {
    return texts("words", "tokens")
        .orElseThrow(
            () ->
                InvalidInputException.of("there is neither '%swords' nor '%stokens'", path, path));
  }

  /** The list of texts under the first of the names that is there. */
  public Optional<List<String>> texts(String... names) {
    return Arrays.stream(names).filter(this::has).findFirst().map(this::texts);
  }

  private List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (Object value : list(field)) {
      String name = path + field + "[" + texts.size() + "]";
      if (value instanceof Number) {
        throw wrong(name, value, "a text (a numbered tag is to be written as its name)");
      }
      texts.add(string(name, value));
    }
    return texts;
  }

  /** Checks that a value is a text. */
  public static String string(String name, Object value) {
    if (!(value instanceof String text)) {
      throw wrong(name, value, "a text");
    }
    return text;
  }

  private Object required(String field) {
    Object value = values.get(field);
    if (value != null) {
      return value;
    }
    throw new InvalidInputException(absence(field));
  }

  private String absence(String field) {
    List<String> known = values.keySet().stream().map(String::valueOf).toList();
    String hint =
        Spelling.closest(field, known)
            .filter(name -> !name.equals(field))
            .map(name -> " (there is '" + name + "')")
            .orElse(known.contains(field) ? " (it is null)" : "");
    return "no '" + path + field + "'" + hint;
  }

  private static InvalidInputException wrong(String name, Object value, String needed) {
    return InvalidInputException.of("'%s' is %s, must be %s", name, Excerpt.ofJson(value), needed);
  }
}
