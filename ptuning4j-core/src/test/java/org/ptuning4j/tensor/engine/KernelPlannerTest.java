package org.ptuning4j.tensor.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.KernelPlan.Attention;
import org.ptuning4j.tensor.engine.KernelPlan.Linear;
import org.ptuning4j.tensor.engine.PlanDecision.Origin;

/** What is kept of a measurement, and what is not. */
class KernelPlannerTest {

  private static final KernelPlan RULE =
      new KernelPlan(Linear.CONVOLUTION, Attention.FUSED, Attention.FUSED);
  private static final KernelPlan OTHER =
      new KernelPlan(Linear.CONVOLUTION, Attention.MATMUL, Attention.FUSED);

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    Torch.start();
  }

  private KernelPlanner planner() {
    Processor processor =
        Processor.read(List.of("model name: A", "flags: avx2", "cpu family: 25"), Map.of());
    return new KernelPlanner(
        new PlanStore(folder.resolve("kernels.json")),
        new Machine(processor, 2, false),
        "cpu",
        Dtype.F32);
  }

  private static Optional<KernelTrial.Outcome> outcome(KernelPlan plan) {
    return Optional.of(new KernelTrial.Outcome(plan, Map.of("training attention", 0.5)));
  }

  @Test
  void theRuleHoldsUntilSomethingIsMeasured() {
    assertThat(planner().known().plan()).isEqualTo(RULE);
    assertThat(planner().known().origin()).isEqualTo(Origin.RULE);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void anUndisturbedMeasurementIsKept() {
    PlanDecision decision = planner().decided(() -> outcome(OTHER));
    assertThat(decision.plan()).isEqualTo(OTHER);
    assertThat(planner().known()).isEqualTo(decision);
    assertThat(planner().measured()).isEqualTo(decision);
    assertThat(decision.gains()).containsEntry("training attention", 0.5);
  }

  @Test
  void aDisturbedMeasurementIsNotKept() {
    PlanDecision decision = planner().decided(Optional::empty);
    assertThat(decision.plan()).isEqualTo(RULE);
    assertThat(decision.origin()).isEqualTo(Origin.DISTURBED);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aDisturbedMeasurementLeavesAnEarlierOne() {
    planner().decided(() -> outcome(OTHER));
    planner().decided(Optional::empty);
    assertThat(planner().known().plan()).isEqualTo(OTHER);
  }

  @Test
  void theFileOfAnEarlierVersionIsReplaced() throws IOException {
    Path file = folder.resolve("kernels.json");
    Files.writeString(
        file,
        """
        {"AMD EPYC|cpu|F32|2 threads|2.10.0" : {
          "linear" : "MATMUL", "trainingAttention" : "MATMUL", "inferenceAttention" : "FUSED"}}
        """);
    assertThat(planner().known().origin()).isEqualTo(Origin.RULE);
    planner().decided(() -> outcome(OTHER));
    assertThat(file).content().doesNotContain("\"linear\" : \"MATMUL\"");
    assertThat(planner().known().plan()).isEqualTo(OTHER);
  }

  @Test
  void aFileCutShortIsReplaced() throws IOException {
    Path file = folder.resolve("kernels.json");
    Files.writeString(file, "{\"layout\": 2, \"plans\": {");
    assertThat(planner().known().plan()).isEqualTo(RULE);
    planner().decided(() -> outcome(OTHER));
    assertThat(planner().known().plan()).isEqualTo(OTHER);
  }

  @Test
  void otherMachinesAndTypesHaveOtherKeys() {
    Processor zen3 = Processor.read(List.of("cpu family: 25", "flags: avx2"), Map.of());
    Processor zen5 = Processor.read(List.of("cpu family: 26", "flags: avx2"), Map.of());
    PlanStore store = new PlanStore(folder.resolve("kernels.json"));
    assertThat(
            List.of(
                new KernelPlanner(store, new Machine(zen3, 2, false), "cpu", Dtype.F32).key(),
                new KernelPlanner(store, new Machine(zen3, 2, false), "cpu", Dtype.BF16).key(),
                new KernelPlanner(store, new Machine(zen5, 2, false), "cpu", Dtype.F32).key()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aProductThatHadToShareItsThreadsIsADisturbance() {
    assertThat(KernelTrial.undisturbed(1.95, 1, 2)).isTrue();
    assertThat(KernelTrial.undisturbed(1.3, 1, 2)).isFalse();
    assertThat(KernelTrial.undisturbed(0.95, 1, 1)).isTrue();
    assertThat(KernelTrial.undisturbed(Double.NaN, 1, 2)).as("not told").isTrue();
  }

  @Test
  void seriesThatDisagreeAreADisturbance() {
    assertThat(KernelTrial.agree(new double[] {2.0, 2.4, 2.9})).isTrue();
    assertThat(KernelTrial.agree(new double[] {0.8, 2.4, 2.0})).isFalse();
  }

  @Test
  void theRulesKernelLosesOnlyInAllSeries() {
    assertThat(KernelTrial.loses(new double[] {0.6, 0.7, 0.65})).isTrue();
    assertThat(KernelTrial.loses(new double[] {0.6, 0.85, 0.65})).isFalse();
    assertThat(KernelTrial.loses(new double[] {1.5, 1.6, 1.7})).isFalse();
  }
}
