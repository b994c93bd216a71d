package org.ptuning4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.standard.Tasks;

/** Published settings, from which training starts when they are asked for. */
class PresetTest {

  private static Preset withDecay(double decay) {
    return new Preset(
        "t", ModelClass.BERT_LARGE, 16, 0.01, 8, 10, 0.1, false, 128, "a paper", decay);
  }

  private static Preset withDropout(double dropout) {
    return new Preset("t", ModelClass.BERT_LARGE, 16, 0.01, 8, 10, dropout, false, 128, "a paper");
  }

  /** The paper's tagging falls by 5 % an epoch, its SuperGLUE in a straight line. */
  @Test
  void ratesFallByEpochOrInALine() {
    assertThat(withDecay(0.95).decaysByEpoch()).isTrue();
    assertThat(withDecay(1).decaysByEpoch()).isFalse();
    assertThat(withDropout(0).decaysByEpoch()).isFalse();
    assertThat(preset("conll03").decaysByEpoch()).isTrue();
    assertThat(preset("rte").decaysByEpoch()).isFalse();
  }

  private static Preset preset(String task) {
    return Tasks.standard().get(task).preset(ModelClass.ROBERTA_LARGE).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.5, 1.01, Double.NaN})
  void aDecayIsAShareThatIsLeft(double decay) {
    assertThatThrownBy(() -> withDecay(decay))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("decayPerEpoch is %s, must be above 0 and at most 1", decay);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void dropoutLeavesSomething(double dropout) {
    assertThatThrownBy(() -> withDropout(dropout))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("dropout is %s, must be at least 0 and below 1", dropout);
  }
}
