package org.ptuning4j.data.tagging;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.value.NormalText;

/**
 * A sentence for entity recognition or another labelling of words.
 *
 * @param source where it came from
 * @param words at least one, none blank
 * @param tags one for each word in {@link TagScheme#IOB2}, or none where they are not known
 * @param document which of the file's documents it belongs to, counted from 0; always 0 where the
 *     file does not say
 * @param text what the words were split from, which has them one after the other; {@code null}
 *     where they came as words
 */
public record TaggedSentence(
    Source source, List<String> words, List<String> tags, int document, String text)
    implements Example {

  /**
   * Copies the lists.
   *
   * @throws InvalidInputException where there is no word, a blank one or not one tag for each
   */
  public TaggedSentence {
    words = checkedWords(words);
    tags = checkedTags(tags, words.size());
    if (document < 0) {
      throw InvalidInputException.of("document is %d, must be at least 0", document);
    }
  }

  /** An example of which only the line is known. */
  public TaggedSentence(
      int line, List<String> words, List<String> tags, int document, String text) {
    this(Source.ofLine(line), words, tags, document, text);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** A sentence that came as words. */
  public TaggedSentence(int line, List<String> words, List<String> tags, int document) {
    this(line, words, tags, document, null);
  }

  /** The same sentence with other tags. */
  TaggedSentence withTags(List<String> newTags) {
    return new TaggedSentence(source, words, newTags, document, text);
  }

  /** Whether it is split at the ends of its entities, where nothing else splits its text. */
  public boolean isCutAtTags() {
    return text != null && !words.equals(WordSplitter.words(text));
  }

  /** Whether the tags are known. */
  public boolean hasTags() {
    return !tags.isEmpty();
  }

  static List<String> checkedWords(List<String> words) {
    if (words.isEmpty()) {
      throw new InvalidInputException("there is no word");
    }
    for (int i = 0; i < words.size(); i++) {
      if (NormalText.isSpace(words.get(i))) {
        throw InvalidInputException.of("word %d is blank", i + 1);
      }
    }
    return List.copyOf(words);
  }

  static List<String> checkedTags(List<String> tags, int words) {
    if (!tags.isEmpty() && tags.size() != words) {
      throw InvalidInputException.of(
          "%d tags for %d words; each word needs one", tags.size(), words);
    }
    return List.copyOf(tags);
  }
}
