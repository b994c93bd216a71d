package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private static final String ENTITIES = "ner_tags";

  /**
   * By task, the numbers in the copies that the Hub has of its data. Other copies number the tags
   * otherwise, and call the field otherwise.
   */
  private static final Map<String, TagNames> PUBLISHED =
      Map.of(
          "conll03",
          new TagNames(begunAndContinued("PER", "ORG", "LOC", "MISC"), ENTITIES),
          "wnut17",
          new TagNames(
              begunAndContinued(
                  "corporation", "creative-work", "group", "location", "person", "product"),
              ENTITIES),
          "ontonotes",
          new TagNames(
              begunAndContinued(
                  "PERSON",
                  "NORP",
                  "FAC",
                  "ORG",
                  "GPE",
                  "LOC",
                  "PRODUCT",
                  "DATE",
                  "TIME",
                  "PERCENT",
                  "MONEY",
                  "QUANTITY",
                  "ORDINAL",
                  "CARDINAL",
                  "EVENT",
                  "WORK_OF_ART",
                  "LAW",
                  "LANGUAGE"),
              "named_entities"));

  /** Copies the names. */
  public TagNames {
    names = List.copyOf(names);
  }

  /** Names for numbers wherever they stand. */
  public static TagNames of(List<String> names) {
    return new TagNames(names, "");
  }

  /** What the numbers in published copies of a task's data stand for. */
  public static TagNames publishedFor(String task) {
    return PUBLISHED.getOrDefault(task, NONE);
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

  private static List<String> begunAndContinued(String... labels) {
    List<String> names = new ArrayList<>(List.of("O"));
    for (String label : labels) {
      names.add("B-" + label);
      names.add("I-" + label);
    }
    return names;
  }
}
