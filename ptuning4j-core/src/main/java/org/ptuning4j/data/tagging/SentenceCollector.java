package org.ptuning4j.data.tagging;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.table.Gathered;

/**
 * Gathers the sentences of a file with the tags as they are written, and turns the tags to {@link
 * TagScheme#IOB2} when all of them are there to tell their scheme by.
 */
final class SentenceCollector {

  private final TagScheme given;
  private final List<Written> sentences = new ArrayList<>();
  private final Gathered<TaggedSentence> gathered = new Gathered<>();

  /** A sentence with its tags as written, and the lines of its words where each has its own. */
  private record Written(TaggedSentence sentence, List<Integer> wordLines, boolean inIob2) {
    int lineOf(int word) {
      return wordLines.isEmpty() ? sentence.line() : wordLines.get(word);
    }
  }

  /**
   * Starts a file.
   *
   * @param given the scheme of its tags, or {@code null} to detect it
   */
  SentenceCollector(TagScheme given) {
    this.given = given;
  }

  /** Adds a sentence with its tags as written; where they are unsound it becomes a bad row. */
  void add(TaggedSentence sentence, List<Integer> wordLines) {
    sentences.add(new Written(sentence, wordLines, false));
  }

  /** Adds a sentence whose tags are known to be in IOB2, whatever the scheme of the others. */
  void addInIob2(TaggedSentence sentence) {
    sentences.add(new Written(sentence, List.of(), true));
  }

  /** Adds a bad row. */
  void bad(BadRow row) {
    gathered.bad(row);
  }

  /** Adds a bad row in which something is wrong. */
  void bad(int line, String cause) {
    gathered.bad(line, cause);
  }

  /**
   * The sentences with tags in IOB2, and all bad rows in the order of their lines.
   *
   * @throws InvalidInputException where the file held neither
   */
  Examples<TaggedSentence> finish(Path file, String fingerprint) {
    if (sentences.isEmpty() && gathered.isEmpty()) {
      throw new InvalidInputException(file + " holds no sentences");
    }
    TagScheme scheme = given != null ? given : detected();
    for (Written written : sentences) {
      TaggedSentence sentence = written.sentence();
      Optional<TagScheme.Problem> problem =
          written.inIob2() ? Optional.empty() : scheme.firstProblem(sentence.tags());
      if (problem.isPresent()) {
        bad(written.lineOf(problem.get().word()), problem.get().text());
      } else {
        gathered.take(
            sentence.line(),
            "",
            () -> List.of(written.inIob2() ? sentence : inIob2(sentence, scheme)));
      }
    }
    return gathered.examples(file, fingerprint);
  }

  private static TaggedSentence inIob2(TaggedSentence sentence, TagScheme scheme) {
    List<String> tags = scheme.toIob2(sentence.tags());
    return new TaggedSentence(sentence.line(), sentence.words(), tags, sentence.document());
  }

  /** Where no scheme fits at all, any will do to say so of each sentence. */
  private TagScheme detected() {
    List<List<String>> tags =
        sentences.stream()
            .filter(written -> !written.inIob2())
            .map(written -> written.sentence().tags())
            .toList();
    return TagScheme.detect(tags).orElse(TagScheme.IOB2);
  }
}
