package org.ptuning4j.task.standard;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.ptuning4j.Extensions;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskProvider;
import org.ptuning4j.task.choice.ChoiceTask;
import org.ptuning4j.task.choice.MultiRcTask;
import org.ptuning4j.task.choice.ReCordTask;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.task.generation.LikelihoodTask;
import org.ptuning4j.task.lama.LamaTask;
import org.ptuning4j.task.question.QuestionTask;
import org.ptuning4j.task.tagging.EntityTask;
import org.ptuning4j.task.tagging.RoleTask;
import org.ptuning4j.task.text.MultiLabelTask;
import org.ptuning4j.task.text.RegressionTask;
import org.ptuning4j.task.text.SequenceClassificationTask;

/** How tasks of each kind are made again from what a pack or a file says of them. Immutable. */
public final class TaskKinds {

  private final Map<String, BiFunction<Fields, Function<Fields, Task<?>>, Task<?>>> kinds;

  private TaskKinds(Map<String, BiFunction<Fields, Function<Fields, Task<?>>, Task<?>>> kinds) {
    this.kinds = kinds;
  }

  /** The kinds that come with the library. */
  public static TaskKinds standard() {
    return new TaskKinds(Map.of())
        .with(SequenceClassificationTask.KIND, SequenceClassificationTask::of)
        .with(ChoiceTask.KIND, ChoiceTask::of)
        .with(MultiRcTask.KIND, MultiRcTask::of)
        .with(ReCordTask.KIND, ReCordTask::of)
        .with(WscTask.KIND, WscTask::of)
        .with(WinogenderTask.KIND, WinogenderTask::of)
        .with(RegressionTask.KIND, RegressionTask::of)
        .with(MultiLabelTask.KIND, MultiLabelTask::of)
        .with(EntityTask.KIND, EntityTask::of)
        .with(RoleTask.KIND, RoleTask::of)
        .with(QuestionTask.KIND, QuestionTask::of)
        .withNested(ClozeTask.KIND, ClozeTask::of)
        .with(LamaTask.KIND, LamaTask::of)
        .with(GenerationTask.KIND, GenerationTask::of)
        .with(LikelihoodTask.KIND, LikelihoodTask::of);
  }

  /** The kinds that come with the library and those of extensions on the class path. */
  public static TaskKinds installed() {
    TaskKinds all = standard();
    for (TaskProvider provider : Extensions.of(TaskProvider.class)) {
      for (Map.Entry<String, Function<Fields, Task<?>>> kind : provider.kinds().entrySet()) {
        all = all.with(kind.getKey(), kind.getValue());
      }
    }
    return all;
  }

  /** These and one more, which wins where there is one of that name already. */
  public TaskKinds with(String kind, Function<Fields, Task<?>> reading) {
    return withNested(kind, (fields, ignored) -> reading.apply(fields));
  }

  /** {@link #with} for a kind of task that is put around another: it gets the kinds, too. */
  public TaskKinds withNested(
      String kind, BiFunction<Fields, Function<Fields, Task<?>>, Task<?>> reading) {
    Map<String, BiFunction<Fields, Function<Fields, Task<?>>, Task<?>>> more =
        new LinkedHashMap<>(kinds);
    more.put(kind, reading);
    return new TaskKinds(more);
  }

  /**
   * The task of a definition.
   *
   * @throws InvalidInputException naming the field that is missing or wrong
   */
  public Task<?> read(Map<String, ?> definition) {
    return read(new Fields("task", definition));
  }

  /**
   * The task of a definition within another's.
   *
   * @throws InvalidInputException naming the field that is missing or wrong
   */
  Task<?> read(Fields fields) {
    String kind = fields.optionalText("kind").orElse(SequenceClassificationTask.KIND);
    BiFunction<Fields, Function<Fields, Task<?>>, Task<?>> reading = kinds.get(kind);
    if (reading == null) {
      throw InvalidInputException.of(
          "task.kind: '%s' is not known; known are: %s%s",
          kind,
          String.join(", ", kinds.keySet()),
          Spelling.closest(kind, kinds.keySet())
              .map(name -> "; did you mean '" + name + "'?")
              .orElse(""));
    }
    return reading.apply(fields, this::read);
  }
}
