package org.ptuning4j.train.loop;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;

/** The groups of a run: all parameters at one rate, or the heads at their own. */
final class ParameterGroups {

  private ParameterGroups() {}

  /**
   * The groups.
   *
   * @throws InvalidSettingException if the head is to have a rate of its own and there is nothing
   *     to train in it, or nothing beside it
   */
  static List<ParameterGroup> of(
      TrainingConfig config,
      List<Parameter> prompt,
      List<Parameter> heads,
      List<Parameter> backbone) {
    List<Parameter> rest = new ArrayList<>(prompt);
    if (config.headLearningRate().isEmpty()) {
      rest.addAll(heads);
      rest.addAll(backbone);
      return List.of(new ParameterGroup(rest, 1));
    }
    rest.addAll(backbone);
    requireTwo(config, !heads.isEmpty(), !rest.isEmpty());
    double share = config.headLearningRate().get() / config.learningRate();
    return List.of(new ParameterGroup(rest, 1), new ParameterGroup(heads, share));
  }

  private static void requireTwo(TrainingConfig config, boolean headTrained, boolean moreTrained) {
    if (!headTrained) {
      throw refusal("the head of this task has nothing to train; leave it out");
    }
    if (!moreTrained) {
      throw refusal(
          "method %s trains the head alone, and lr is its rate; leave it out"
              .formatted(config.method().name()));
    }
    if (config.searchesRate()) {
      throw refusal(
          "lr is auto, which finds one rate for all; give lr a number, or leave this out");
    }
  }

  private static InvalidSettingException refusal(String problem) {
    return new InvalidSettingException(TrainingSettings.HEAD_LEARNING_RATE.name(), problem);
  }
}
