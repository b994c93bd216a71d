package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.objective.MixedObjective;
import org.ptuning4j.train.objective.Objective;
import org.ptuning4j.train.objective.PromptedBackbone;
import org.ptuning4j.train.objective.TaskObjective;

/**
 * The objectives of a run's tasks.
 *
 * @param each one a task
 * @param all what the trainer sees: the only one, or all of them mixed
 */
record TaskObjectives(List<TaskObjective<?>> each, Objective all) implements AutoCloseable {

  static TaskObjectives create(PreparedRun parts, List<HeadSpec> heads, double temperature) {
    List<TaskObjective<?>> each = new ArrayList<>();
    List<EncodedTask<?>> tasks = parts.tasks();
    for (int i = 0; i < tasks.size(); i++) {
      String purpose = tasks.size() == 1 ? "head" : "head of " + tasks.get(i).name();
      each.add(
          tasks
              .get(i)
              .objective(
                  heads.get(i),
                  parts.backbone(),
                  RandomStream.of(parts.config().seed(), purpose),
                  parts.tokenizer().padId(),
                  parts.config()));
    }
    Objective all =
        each.size() == 1
            ? each.get(0)
            : new MixedObjective(tasks.stream().map(EncodedTask::name).toList(), each, temperature);
    return new TaskObjectives(each, all);
  }

  /** Every task in the form in which it is saved. */
  List<TaskObjective.Tuned> tuned(PromptedBackbone pass, GradientExchange exchange) {
    return each.stream().map(objective -> objective.tuned(pass, exchange)).toList();
  }

  @Override
  public void close() {
    all.close();
  }
}
