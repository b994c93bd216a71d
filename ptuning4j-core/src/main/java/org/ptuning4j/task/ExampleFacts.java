package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.QuestionExample;
import org.ptuning4j.data.ReCordExample;
import org.ptuning4j.data.RoleFrame;
import org.ptuning4j.data.TaggedSentence;
import org.ptuning4j.data.TextExample;

/**
 * What can be counted of an example, whatever its task.
 *
 * @param texts what a model reads of it
 * @param labels its label, labels, tags or kind of answer; empty where none is known
 */
record ExampleFacts(List<String> texts, List<String> labels) {

  static <E extends Example> ExampleFacts of(Task<E> task, E example) {
    if (task instanceof ClozeTask<E> cloze) {
      return ofLabelled(cloze.base(), example);
    }
    if (task instanceof LabelledTask<E> labelled) {
      return ofLabelled(labelled, example);
    }
    if (example instanceof MultiLabelExample one) {
      return new ExampleFacts(
          texts(one.text(), one.pair()), one.hasLabels() ? one.labels() : List.of());
    }
    if (example instanceof TextExample one) { // a number is no label to count
      return new ExampleFacts(texts(one.text(), one.pair()), List.of());
    }
    if (example instanceof ReCordExample one) {
      return new ExampleFacts(texts(one.text(), one.query()), List.of());
    }
    if (example instanceof QuestionExample one) {
      return new ExampleFacts(
          texts(one.question(), one.context()),
          one.impossible()
              ? List.of("unanswerable")
              : one.answers().isEmpty() ? List.of() : List.of("answerable"));
    }
    if (example instanceof TaggedSentence one) {
      return new ExampleFacts(texts(String.join(" ", one.words()), null), tags(one.tags()));
    }
    if (example instanceof RoleFrame one) {
      return new ExampleFacts(
          texts(String.join(" ", one.words()), one.words().get(one.predicate())), tags(one.tags()));
    }
    return new ExampleFacts(List.of(), List.of());
  }

  private static <E extends Example> ExampleFacts ofLabelled(LabelledTask<E> task, E example) {
    Map<String, String> fields = task.fields(example);
    List<String> candidates = task.candidates(example);
    List<String> texts = new ArrayList<>(texts(fields.get("text_a"), fields.get("text_b")));
    texts.addAll(candidates);
    List<String> labels = new ArrayList<>();
    task.labelIndex(example)
        .ifPresent(
            index ->
                labels.add(
                    candidates.isEmpty() ? task.labels().get(index) : "candidate " + (index + 1)));
    return new ExampleFacts(texts, labels);
  }

  /** One for each span, by the tag that starts it; words outside are not counted. */
  private static List<String> tags(List<String> tags) {
    return tags == null
        ? List.of()
        : tags.stream().filter(tag -> tag.startsWith("B-")).map(tag -> tag.substring(2)).toList();
  }

  private static List<String> texts(String text, String pairOrNull) {
    return pairOrNull == null ? List.of(text) : List.of(text, pairOrNull);
  }

  /** All its texts in one, to tell whether two examples are the same input. */
  String input() {
    return String.join("\n", texts);
  }
}
