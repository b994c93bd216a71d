package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.table.ExampleCollector;

/**
 * Gathers the sentences of a file with the tags as they are written, and turns the tags to {@link
 * TagScheme#IOB2} when all of them have been read, so that their scheme can be detected.
 */
final class SentenceCollector {

  private final TagScheme given;
  private final FileFormat format;
  private final List<Written> sentences = new ArrayList<>();
  private final ExampleCollector<TaggedSentence> collector = new ExampleCollector<>();
  private int counted;
  private int countColumn;
  private boolean commented;

  /** A sentence with its tags as written, and the lines of its words where each has its own. */
  private record Written(TaggedSentence sentence, List<Integer> wordLines, boolean inIob2) {
    /** The same with tags that begin with their letter. */
    Written inForm(TagForm form) {
      return inIob2 || form == TagForm.PREFIX
          ? this
          : new Written(
              sentence.withTags(sentence.tags().stream().map(form::toPrefix).toList()),
              wordLines,
              false);
    }

    Source sourceOf(int word) {
      return wordLines.isEmpty() ? sentence.source() : Source.ofLine(wordLines.get(word));
    }
  }

  /**
   * Starts a file.
   *
   * @param given the scheme of its tags, or {@code null} to detect it
   * @param format how it is read
   */
  SentenceCollector(TagScheme given, FileFormat format) {
    this.given = given;
    this.format = format;
  }

  /** Adds a sentence with its tags as written; where they are unsound it becomes a bad row. */
  void add(TaggedSentence sentence, List<Integer> wordLines) {
    sentences.add(new Written(sentence, wordLines, false));
  }

  /** Notes that the words of the sentence that comes next are 1, 2, 3 and so on. */
  void counted(int column) {
    counted++;
    countColumn = column;
  }

  /** Adds a sentence whose tags are known to be in IOB2, whatever the scheme of the others. */
  void addInIob2(TaggedSentence sentence) {
    sentences.add(new Written(sentence, List.of(), true));
  }

  /** Notes lines that begin with {@code #} and have other columns than words: one bad row. */
  void likelyComments(int first, int lines) {
    commented = true;
    bad(
        new BadRow(
            first,
            "the line begins with # and has other columns than most lines"
                + (lines > 1 ? " (" + lines + " such lines)" : "")
                + "; if such lines are comments, set comments: true"));
  }

  /** Adds a bad row. */
  void bad(BadRow badRow) {
    collector.bad(badRow);
  }

  /**
   * The sentences with tags in IOB2, and all bad rows in the order of their lines.
   *
   * @throws InvalidInputException where the file held neither
   */
  Examples<TaggedSentence> finish(InputFile file, String fingerprint) {
    if (sentences.isEmpty() && collector.isEmpty()) {
      throw new InvalidInputException(file.name() + " holds no sentences");
    }
    if (counted > 0 && 2 * counted >= sentences.size()) {
      throw InvalidInputException.of(
          "%s: column %d counts the words (1, 2, 3 …), as CoNLL-U, CoNLL-2009 and GermEval have it;"
              + " set word_column to the column that holds them%s",
          file.name(),
          countColumn,
          commented ? ", and comments: true, as lines that begin with # are none of them" : "");
    }
    List<List<String>> written =
        sentences.stream().filter(s -> !s.inIob2()).map(s -> s.sentence().tags()).toList();
    TagForm form =
        TagForm.detect(written)
            .orElseThrow(
                () -> new InvalidInputException(file.name() + ": " + TagForm.unknown(written)));
    List<Written> prefixed = sentences.stream().map(s -> s.inForm(form)).toList();
    TagScheme scheme = given != null ? given : detected(form, prefixed);
    prefixed.forEach(sentence -> collect(sentence, scheme));
    return collector.examples(file.path(), fingerprint, format);
  }

  private void collect(Written written, TagScheme scheme) {
    TaggedSentence sentence = written.sentence();
    Optional<TagScheme.Problem> problem =
        written.inIob2() ? Optional.empty() : scheme.firstProblem(sentence.tags());
    if (problem.isPresent()) {
      Source source = written.sourceOf(problem.get().word());
      collector.bad(
          new BadRow(source, problem.get().text() + hint(sentence, problem.get().word())));
    } else {
      collector.take(
          sentence.source(),
          "",
          () ->
              List.of(
                  written.inIob2() || scheme == TagScheme.IOB2
                      ? sentence
                      : sentence.withTags(scheme.toIob2(sentence.tags()))));
    }
  }

  private static String hint(TaggedSentence sentence, int word) {
    if (sentence.words().get(word).startsWith("#")) {
      return "; if lines that begin with # are comments, set comments: true";
    }
    return TagNames.isNumber(sentence.tags().get(word))
        ? "; if it is the number of a tag, set tag_names to the tags in the order of their numbers"
        : "";
  }

  /** Where no scheme fits at all, any will do to say so of each sentence. */
  private static TagScheme detected(TagForm form, List<Written> sentences) {
    if (form == TagForm.LABEL_ALONE) {
      return TagScheme.IOB1; // In which a run of I is a stretch.
    }
    List<List<String>> tags =
        sentences.stream().filter(s -> !s.inIob2()).map(s -> s.sentence().tags()).toList();
    return TagScheme.detect(tags).orElse(TagScheme.IOB2);
  }
}
