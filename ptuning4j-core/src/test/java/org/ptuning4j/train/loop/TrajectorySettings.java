package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.train.config.Schedule;

/**
 * Every hyper-parameter of a recorded trajectory.
 *
 * @param learningRate its peak
 * @param schedule how it moves
 * @param optimiser AdamW's settings
 * @param steps how many there are
 * @param clip the largest norm of the gradient
 * @param undecayed the parameters without weight decay
 */
record TrajectorySettings(
    double learningRate,
    Schedule schedule,
    AdamW.Settings optimiser,
    int steps,
    double clip,
    Set<String> undecayed) {

  private static final Set<String> NUMBERS =
      Set.of("lr", "weight_decay", "betas", "eps", "warmup", "steps", "clip_grad_norm");

  /** What a case says in words, and how the only reading that is known here begins. */
  private static final Map<String, String> WORDS =
      Map.of(
          "optimizer", "AdamW (decoupled weight decay",
          "schedule", "linear warmup then linear to 0",
          "grad_norm", "total L2 norm over all trainable tensors BEFORE clipping",
          "mode", "eval (dropout off), backbone frozen");

  /** The parameters without decay, by what a case says of its groups. */
  private static final Map<String, Set<String>> UNDECAYED =
      Map.of(
          "",
          Set.of(),
          "weight decay on every trainable tensor",
          Set.of(),
          "weight decay on prefix and classifier.weight, none on classifier.bias (HF Trainer's"
              + " rule)",
          Set.of("classifier.bias"));

  /** Reads a case; fails where it has a hyper-parameter, or a value of one, that is not known. */
  static TrajectorySettings of(Case c) {
    JsonNode hyper = c.node().get("hyper");
    Set<String> known = new HashSet<>(NUMBERS);
    known.addAll(WORDS.keySet());
    hyper.fieldNames().forEachRemaining(name -> assertThat(known).contains(name));
    WORDS.forEach((name, start) -> assertThat(hyper.path(name).asText()).startsWith(start));
    assertThat(UNDECAYED).containsKey(c.text("weight_decay_groups"));
    assertThat(hyper.get("betas")).hasSize(2);
    return new TrajectorySettings(
        number(hyper, "lr"),
        new Schedule(Schedule.Shape.LINEAR, (int) number(hyper, "warmup"), 1),
        new AdamW.Settings(
            hyper.get("betas").get(0).asDouble(),
            hyper.get("betas").get(1).asDouble(),
            number(hyper, "eps"),
            number(hyper, "weight_decay")),
        (int) number(hyper, "steps"),
        number(hyper, "clip_grad_norm"),
        UNDECAYED.get(c.text("weight_decay_groups")));
  }

  private static double number(JsonNode hyper, String name) {
    assertThat(hyper.path(name).isNumber()).as(name + " is a number").isTrue();
    return hyper.get(name).asDouble();
  }

  /** Whether a parameter has weight decay. */
  boolean isDecayed(String parameter) {
    return !undecayed.contains(parameter);
  }
}
