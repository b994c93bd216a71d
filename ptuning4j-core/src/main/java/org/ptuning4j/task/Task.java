package org.ptuning4j.task;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.text.Truncation;

/**
 * What a model is trained to do: which columns it reads, how they become text, which labels there
 * are and how success is measured. It knows nothing of models and prompts.
 */
public sealed interface Task permits SequenceClassificationTask {

  /** The name by which a {@link Tasks} registry and the command know it. */
  String name();

  /** One line on what it asks. */
  String description();

  /** The metrics that are reported, the primary one first. */
  List<Metric> metrics();

  /** The metric that decides which epoch is the best. */
  default Metric primaryMetric() {
    return metrics().get(0);
  }

  /** How long inputs are cut, unless the user says otherwise. */
  Truncation truncation();

  /** Published settings, one for each model class at most. */
  List<Preset> presets();

  /** The published settings for a model class, where there are any. */
  default Optional<Preset> preset(ModelClass modelClass) {
    return presets().stream().filter(p -> p.modelClass() == modelClass).findFirst();
  }
}
