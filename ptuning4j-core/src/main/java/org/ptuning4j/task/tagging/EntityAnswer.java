package org.ptuning4j.task.tagging;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * The entities of a sentence.
 *
 * @param words the sentence
 * @param tags one for each word, valid IOB2
 * @param source the text whose characters the entities' places count: the words joined by single
 *     blanks, unless {@link #in} named another
 * @param entities from left to right
 */
public record EntityAnswer(
    List<String> words, List<String> tags, String source, List<Entity> entities) implements Answer {

  /**
   * An entity.
   *
   * @param type such as {@code PER}
   * @param firstWord the index of its first word, from 0
   * @param lastWord the index of its last word, which belongs to it
   * @param start where it starts in the source, in UTF-16 units from 0
   * @param end where it ends, exclusive
   * @param text the source from start to end
   * @param probability the geometric mean of the probabilities of its words' tags
   */
  public record Entity(
      String type,
      int firstWord,
      int lastWord,
      int start,
      int end,
      String text,
      double probability) {}

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("words", AnswerSchema.Type.TEXTS, "what was read"),
          new AnswerSchema.Field("tags", AnswerSchema.Type.TEXTS, "one for each word, in IOB2"),
          new AnswerSchema.Field(
              "entities", AnswerSchema.Type.OBJECTS, "type, text and place of each"));

  /** Copies the lists. */
  public EntityAnswer {
    words = List.copyOf(words);
    tags = List.copyOf(tags);
    entities = List.copyOf(entities);
  }

  /**
   * The same answer with the places of its entities in the text that the words were split from,
   * whatever white space is between them.
   *
   * @throws IllegalArgumentException where the text does not have the words one after the other
   */
  public EntityAnswer in(String text) {
    int[] starts = starts(words, text);
    List<Entity> placed = new ArrayList<>();
    for (Entity entity : entities) {
      int start = starts[entity.firstWord()];
      int end = starts[entity.lastWord()] + words.get(entity.lastWord()).length();
      placed.add(
          new Entity(
              entity.type(),
              entity.firstWord(),
              entity.lastWord(),
              start,
              end,
              text.substring(start, end),
              entity.probability()));
    }
    return new EntityAnswer(words, tags, text, placed);
  }

  private static int[] starts(List<String> words, String text) {
    int[] starts = new int[words.size()];
    int from = 0;
    for (int word = 0; word < starts.length; word++) {
      starts[word] = text.indexOf(words.get(word), from);
      if (starts[word] < 0 || !WordColumns.isSpace(text.substring(from, starts[word]))) {
        throw new IllegalArgumentException(
            "the text does not go on with word " + (word + 1) + ", '" + words.get(word) + "'");
      }
      from = starts[word] + words.get(word).length();
    }
    return starts;
  }

  /** The types with their texts, such as {@code PER: Ada Lovelace; LOC: London}. */
  @Override
  public String text() {
    return entities.isEmpty()
        ? "no entity"
        : entities.stream()
            .map(entity -> entity.type() + ": " + entity.text().replaceAll("\\s+", " "))
            .collect(Collectors.joining("; "));
  }

  /** Places are given in UTF-16 units and, for languages that count so, in code points. */
  @Override
  public Map<String, Object> fields() {
    List<Map<String, Object>> each = new ArrayList<>();
    for (Entity entity : entities) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("type", entity.type());
      fields.put("text", entity.text());
      fields.put("first_word", entity.firstWord());
      fields.put("last_word", entity.lastWord());
      fields.put("start", entity.start());
      fields.put("end", entity.end());
      fields.put("start_code_point", source.codePointCount(0, entity.start()));
      fields.put("end_code_point", source.codePointCount(0, entity.end()));
      fields.put("probability", entity.probability());
      each.add(fields);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("words", words);
    fields.put("tags", tags);
    fields.put("entities", each);
    return fields;
  }
}
