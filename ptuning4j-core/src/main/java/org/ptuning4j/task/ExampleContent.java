package org.ptuning4j.task;

import java.util.List;

/**
 * What can be counted of an example, whatever its task.
 *
 * @param texts what a model reads of it
 * @param labels its label, labels, tags or kind of answer, as far as they are worth counting
 * @param answered whether its answer is known
 * @param written the labels as the file writes them, in the same order; or the only number that is
 *     right, which is no label; empty where that is not known
 */
public record ExampleContent(
    List<String> texts, List<String> labels, boolean answered, List<Object> written) {

  /** Copies the lists. */
  public ExampleContent {
    texts = List.copyOf(texts);
    labels = List.copyOf(labels);
    written = List.copyOf(written);
  }

  /** Labels as they are, however they are written. */
  public ExampleContent(List<String> texts, List<String> labels, boolean answered) {
    this(texts, labels, answered, List.of());
  }

  /** Of a text, or two. */
  public static ExampleContent of(
      String text, String pairOrNull, List<String> labels, boolean answered) {
    List<String> texts = pairOrNull == null ? List.of(text) : List.of(text, pairOrNull);
    return new ExampleContent(texts, labels, answered);
  }

  /** Of words with tags: a label for each span, by the tag that starts it. */
  public static ExampleContent ofTags(List<String> words, String pairOrNull, List<String> tags) {
    List<String> spans =
        tags.stream().filter(tag -> tag.startsWith("B-")).map(tag -> tag.substring(2)).toList();
    return of(String.join(" ", words), pairOrNull, spans, !tags.isEmpty());
  }

  /** The same with the only label, or number, as the file writes it. */
  public ExampleContent withWritten(Object answer) {
    return new ExampleContent(
        texts, labels, answered, answer == null ? List.of() : List.of(answer));
  }
}
