package org.ptuning4j.data;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.NumberedLabels;

/**
 * The fields of a data file's record, or of an object in it. Beside what {@link Fields} checks,
 * texts must show something, and a missing right answer is distinguished from a wrong one.
 */
public record RecordFields(Fields fields) {

  /** The fields of an object that is within nothing. */
  public RecordFields(Map<?, ?> values) {
    this(new Fields("", values));
  }

  /** The fields of a whole record. */
  public static RecordFields of(Row row) {
    return new RecordFields(row.columns());
  }

  /** The fields of a value that must be an object. */
  public static RecordFields of(String path, Object value) {
    return new RecordFields(Fields.of(path, value));
  }

  /** Where the object is in its record, such as {@code passage.questions[0]}. */
  public String path() {
    return fields.path();
  }

  /** Where a field is in its record, such as {@code passage.text}. */
  public String path(String name) {
    return fields.path(name);
  }

  /** The values as they are. */
  public Map<?, ?> values() {
    return fields.values();
  }

  /** Whether the field is there and not {@code null}. */
  public boolean has(String name) {
    return fields.has(name);
  }

  /** A text that may be blank. */
  public String string(String name) {
    return fields.string(name);
  }

  /** A text that shows something. */
  public String text(String name) {
    String text = fields.string(name);
    if (!NormalText.isVisible(text)) {
      throw InvalidInputException.of("'%s' is blank", path(name));
    }
    return text;
  }

  /** An identifier: a text, or a whole number, which is taken as its digits. */
  public String id(String name) {
    Object value = fields.value(name);
    boolean whole =
        value instanceof Integer || value instanceof Long || value instanceof BigInteger;
    return whole ? value.toString() : text(name);
  }

  /** A whole number from 0 on. */
  public int count(String name) {
    if (fields.value(name) instanceof Integer number && number >= 0) {
      return number;
    }
    throw fields.wrong(name, "a whole number from 0 on");
  }

  /** A whole number that is to be the index of a word; whether there is such a word is not seen. */
  public int wordIndex(String name) {
    if (fields.value(name) instanceof Integer index) {
      return index;
    }
    throw fields.wrong(name, "the index of a word, counted from 0");
  }

  /** {@code true}, {@code false}, 1 or 0, in any of the ways that {@link NormalLabel} knows. */
  public boolean flag(String name) {
    Object value = fields.value(name);
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      switch (NormalLabel.of(value)) {
        case "true", "1" -> {
          return true;
        }
        case "false", "0" -> {
          return false;
        }
        default -> {} // refused below
      }
    }
    throw fields.wrong(name, "0, 1, false or true");
  }

  /**
   * The same for a right answer, which is hidden where the field is absent or -1, as in the test
   * files of re-exported benchmarks.
   *
   * @throws MissingAnswerException where it is
   */
  public boolean answerFlag(String name) {
    requireAnswer(name);
    if (NumberedLabels.isHidden(fields.value(name))) {
      throw new MissingAnswerException("'" + path(name) + "' is -1, which hides the answer");
    }
    return flag(name);
  }

  /**
   * Makes sure that the field with the right answer is there.
   *
   * @throws MissingAnswerException where it is not, naming the one that it may be
   */
  public void requireAnswer(String name) {
    if (!has(name)) {
      throw new MissingAnswerException(fields.absence(name));
    }
  }

  /** An object. */
  public RecordFields object(String name) {
    return new RecordFields(fields.object(name));
  }

  /** A list of anything. */
  public List<?> list(String name) {
    return fields.list(name);
  }

  /** A list of objects. */
  public List<RecordFields> objects(String name) {
    return fields.objects(name).stream().map(RecordFields::new).toList();
  }

  /** The words of a sentence, under either of their usual names. */
  public List<String> words() {
    return texts("words", "tokens")
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "there is neither '%s' nor '%s'", path("words"), path("tokens")));
  }

  /** The list of texts under the first of the names that is there. */
  public Optional<List<String>> texts(String... names) {
    return Arrays.stream(names).filter(this::has).findFirst().map(this::texts);
  }

  /** A list of texts, or of whole numbers, which are taken as their digits. */
  public List<String> textsOrNumbers(String name) {
    List<String> texts = new ArrayList<>();
    for (Object value : list(name)) {
      String place = path(name) + "[" + texts.size() + "]";
      texts.add(value instanceof Integer ? value.toString() : Fields.string(place, value));
    }
    return texts;
  }

  private List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Object value : list(name)) {
      String place = path(name) + "[" + texts.size() + "]";
      if (value instanceof Number) {
        throw Fields.wrong(place, value, "a text (a numbered tag is to be written as its name)");
      }
      texts.add(Fields.string(place, value));
    }
    return texts;
  }
}
