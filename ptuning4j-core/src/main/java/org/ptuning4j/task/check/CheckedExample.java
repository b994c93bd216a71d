package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Task;

/**
 * What can be counted of one example of a file.
 *
 * @param line where it begins
 * @param content its texts and labels
 * @param identity what it shares with examples that are the same
 */
record CheckedExample(int line, ExampleContent content, List<String> identity) {

  /** All examples of a file; those of tasks that say nothing have neither text nor label. */
  static <E extends Example> List<CheckedExample> of(Task<E> task, Examples<E> examples) {
    List<CheckedExample> checked = new ArrayList<>();
    for (E example : examples.examples()) {
      checked.add(
          new CheckedExample(example.line(), task.content(example), task.identity(example)));
    }
    return checked;
  }

  /** What it is in its normal form, to tell equal inputs by; empty where it has no texts. */
  List<String> input() {
    return identity.stream().map(NormalText::of).toList();
  }

  /** Its only label, or an empty text. */
  String label() {
    return content.labels().size() == 1 ? content.labels().get(0) : "";
  }
}
