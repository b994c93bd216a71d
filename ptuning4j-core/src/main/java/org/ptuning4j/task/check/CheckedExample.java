package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.ExampleFacts;
import org.ptuning4j.task.Task;

/**
 * What can be counted of one example of a file.
 *
 * @param line where it begins
 * @param facts its texts and labels
 */
record CheckedExample(int line, ExampleFacts facts) {

  /** All examples of a file; those of tasks that say nothing have neither text nor label. */
  static <E extends Example> List<CheckedExample> of(Task<E> task, Examples<E> examples) {
    List<CheckedExample> checked = new ArrayList<>();
    for (E example : examples.examples()) {
      checked.add(new CheckedExample(example.line(), task.facts(example)));
    }
    return checked;
  }

  /** Its texts in their normal form, to tell equal inputs by; empty where it has none. */
  List<String> input() {
    return facts.texts().stream().map(NormalText::of).toList();
  }

  /** Its only label, or an empty text. */
  String label() {
    return facts.labels().size() == 1 ? facts.labels().get(0) : "";
  }
}
