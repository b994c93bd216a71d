package org.ptuning4j.pack.foreign;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.task.question.QuestionTask;
import org.ptuning4j.task.tagging.EntityTask;
import org.ptuning4j.task.text.MultiLabelTask;
import org.ptuning4j.task.text.RegressionTask;
import org.ptuning4j.task.text.SequenceClassificationTask;

/**
 * The definition of a task that another program's prompt answers: what the user says of it, then
 * what the model's configuration says, then what is usual.
 *
 * @param definition what {@link org.ptuning4j.task.standard.TaskKinds} reads
 * @param order for each label the head's output that is its own
 */
record ForeignTask(Map<String, Object> definition, List<Integer> order) {

  private static final String LABELS = "labels";
  private static final String OUTSIDE = "O";
  private static final List<String> ON_TEXTS =
      List.of(SequenceClassificationTask.KIND, MultiLabelTask.KIND, RegressionTask.KIND);
  private static final List<String> WITH_LABELS =
      List.of(SequenceClassificationTask.KIND, MultiLabelTask.KIND, EntityTask.KIND);

  /**
   * The definition.
   *
   * @param given what the user says
   * @param outputs the number of the head's outputs
   * @throws InvalidInputException if there are more or fewer labels than outputs, or none are known
   */
  static ForeignTask of(Map<String, Object> given, ForeignPrompt prompt, int outputs) {
    Map<String, Object> definition = new LinkedHashMap<>(given);
    String kind = String.valueOf(given.getOrDefault("kind", usualKind(prompt, outputs)));
    definition.put("kind", kind);
    definition.putIfAbsent("name", prompt.name());
    if (ON_TEXTS.contains(kind)) {
      definition.putIfAbsent("text", "text");
    }
    if (kind.equals(RegressionTask.KIND)) {
      definition.putIfAbsent("mean", 0.0);
      definition.putIfAbsent("deviation", 1.0);
    }
    if (kind.equals(QuestionTask.KIND) && !prompt.segments()) {
      definition.putIfAbsent("segments", false);
    }
    if (kind.equals(GenerationTask.KIND)) {
      GenerationTask.plain().definition().forEach(definition::putIfAbsent);
    }
    return WITH_LABELS.contains(kind)
        ? labelled(definition, prompt, outputs, kind.equals(EntityTask.KIND))
        : new ForeignTask(definition, IntStream.range(0, outputs).boxed().toList());
  }

  private static String usualKind(ForeignPrompt prompt, int outputs) {
    if (prompt.outputs() != OutputKind.SEQUENCE) {
      return prompt.outputs().usualTask();
    }
    return switch (prompt.labels().text("problem_type").orElse("")) {
      case "multi_label_classification" -> MultiLabelTask.KIND;
      case "regression" -> RegressionTask.KIND;
      default -> outputs == 1 ? RegressionTask.KIND : SequenceClassificationTask.KIND;
    };
  }

  private static ForeignTask labelled(
      Map<String, Object> definition, ForeignPrompt prompt, int outputs, boolean tags) {
    List<String> labels = given(definition).orElseGet(() -> found(prompt, outputs, tags));
    if (labels.size() != outputs) {
      throw InvalidInputException.of(
          "labels: %s are %d, and the head of %s has %d outputs; name a label for each output, in"
              + " their order",
          labels, labels.size(), prompt.name(), outputs);
    }
    int outside = tags ? Math.max(0, labels.indexOf(OUTSIDE)) : 0;
    List<Integer> order = new ArrayList<>(IntStream.range(0, outputs).boxed().toList());
    order.add(0, order.remove(outside)); // O is first in a pack
    definition.put(LABELS, order.stream().map(labels::get).toList());
    return new ForeignTask(definition, List.copyOf(order));
  }

  private static Optional<List<String>> given(Map<String, Object> definition) {
    return definition.get(LABELS) instanceof List<?> list && !list.isEmpty()
        ? Optional.of(list.stream().map(String::valueOf).toList())
        : Optional.empty();
  }

  /** The labels that a configuration names, if they are as many. */
  private static List<String> found(ForeignPrompt prompt, int outputs, boolean tags) {
    List<String> numbers = IntStream.range(0, outputs).mapToObj(String::valueOf).toList();
    ModelConfig config = prompt.labels();
    if (config.has("id2label")) {
      ModelConfig names = config.within("id2label");
      boolean fits = numbers.stream().allMatch(names::has) && !names.has("" + outputs);
      if (fits) {
        return numbers.stream().map(number -> names.text(number).orElseThrow()).toList();
      }
    }
    if (tags) {
      throw InvalidInputException.of(
          "labels: %s has %d outputs, and the configuration names no tags for them (id2label); name"
              + " one for each output, in their order, such as O, B-PER, I-PER",
          prompt.name(), outputs);
    }
    return numbers.stream().map(number -> "LABEL_" + number).toList();
  }
}
