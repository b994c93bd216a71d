package org.ptuning4j.data.tagging;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Source;

/**
 * One predicate of a sentence with its arguments. A sentence with three predicates makes three.
 *
 * @param source where it came from
 * @param words the whole sentence: at least one word, none blank
 * @param predicate the index of the word that is the predicate, counted from 0
 * @param tags one for each word in {@link TagScheme#IOB2}, or none where they are not known
 * @param lemma the predicate's base form, or {@code null} where the file does not say
 */
public record RoleFrame(
    Source source, List<String> words, int predicate, List<String> tags, String lemma)
    implements Example {

  /**
   * Copies the lists.
   *
   * @throws InvalidInputException where there is no word, a blank one, not one tag for each or the
   *     predicate is none of them
   */
  public RoleFrame {
    words = TaggedSentence.checkedWords(words);
    if (predicate < 0 || predicate >= words.size()) {
      throw InvalidInputException.of(
          "predicate is %d, outside the sentence: its %d words are counted from 0",
          predicate, words.size());
    }
    tags = TaggedSentence.checkedTags(tags, words.size());
  }

  /** An example of which only the line is known. */
  public RoleFrame(int line, List<String> words, int predicate, List<String> tags, String lemma) {
    this(Source.ofLine(line), words, predicate, tags, lemma);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** Whether the tags are known. */
  public boolean hasTags() {
    return !tags.isEmpty();
  }
}
