package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * The tags that numbers stand for, as a {@code ClassLabel} of Hugging Face's Hub lists them: 0 for
 * the first, and so on.
 *
 * @param names the tags in the order of their numbers; empty where numbers stand for nothing
 * @param field the JSON field whose numbers these are; empty for numbers wherever they stand
 */
public record TagNames(List<String> names, String field) {

  /** Numbers stand for nothing. */
  public static final TagNames NONE = new TagNames(List.of(), "");

  /** Copies the names. */
  public TagNames {
    names = List.copyOf(names);
  }

  /**
   * Names for the numbers of one JSON field.
   *
   * @param labels those of the stretches; each has a tag that begins and one that continues it
   */
  public static TagNames ofField(String field, String... labels) {
    List<String> names = new ArrayList<>(List.of("O"));
    for (String label : labels) {
      names.add("B-" + label);
      names.add("I-" + label);
    }
    return new TagNames(names, field);
  }

  /** Names for numbers wherever they stand. */
  public static TagNames of(List<String> names) {
    return new TagNames(names, "");
  }

  /**
   * The tags of a sentence with numbers replaced by what they stand for, as far as that is known.
   *
   * @param place the JSON field that they are from, or another name for their place
   * @throws InvalidInputException where a number stands for none of the names
   */
  List<String> named(String place, List<String> tags) {
    if (names.isEmpty() || !(field.isEmpty() || field.equals(place))) {
      return tags;
    }
    List<String> named = new ArrayList<>();
    for (String tag : tags) {
      named.add(isNumber(tag) ? name(Integer.parseInt(tag), named.size() + 1) : tag);
    }
    return named;
  }

  private String name(int number, int word) {
    if (number < names.size()) {
      return names.get(number);
    }
    throw InvalidInputException.of(
        "%d at word %d is the number of no tag; the numbers are 0 to %d",
        number, word, names.size() - 1);
  }

  /** Whether a tag is a number rather than a name. */
  static boolean isNumber(String tag) {
    return !tag.isEmpty() && tag.length() < 7 && tag.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
