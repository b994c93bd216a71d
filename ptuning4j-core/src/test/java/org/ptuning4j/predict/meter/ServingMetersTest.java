package org.ptuning4j.predict.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.Residency;
import org.ptuning4j.predict.batching.Stages;

class ServingMetersTest {

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final ServingMeters meters = new ServingMeters(registry);

  private void failed(String task, Problem problem) {
    meters.answered(
        Request.of(task, "a text"),
        new Outcome.Failed(problem, new IllegalStateException("for this test")),
        new Stages(1, 2, 3, 4));
  }

  private double questions(String task, String outcome) {
    return registry
        .get("ptuning4j.questions")
        .tags("task", task, "outcome", outcome)
        .counter()
        .count();
  }

  @Test
  void batchesAreCountedWithTheirPadding() {
    meters.computed(4, 100, 120);
    meters.computed(2, 10, 10);
    meters.batch(6, 3_000_000);
    assertThat(registry.get("ptuning4j.tokens").counter().count()).isEqualTo(110);
    assertThat(registry.get("ptuning4j.padding").counter().count()).isEqualTo(20);
    assertThat(registry.get("ptuning4j.batch.rows").summary().totalAmount()).isEqualTo(6);
    assertThat(registry.get("ptuning4j.model.busy").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(3);
  }

  @Test
  void questionsAreCountedByTaskAndOutcome() {
    failed("mood", Problem.TOO_LATE);
    failed("mood", Problem.TOO_LATE);
    meters.refused(Request.of("mood", "a text"), Problem.OVERLOADED);
    assertThat(questions("mood", "too-late")).isEqualTo(2);
    assertThat(questions("(refused)", "overloaded")).isEqualTo(1);
    assertThat(
            registry
                .get("ptuning4j.question.stage")
                .tag("stage", "computed")
                .timer()
                .totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo(8);
  }

  /** Who asks for tasks that are not there makes no new meters, nor do tasks without end. */
  @Test
  void namesOfTasksAreBounded() {
    for (int i = 0; i < 300; i++) {
      failed("no such task " + i, Problem.UNKNOWN_TASK);
      failed("task " + i, Problem.TOO_LATE);
    }
    assertThat(questions("(other)", "unknown-task")).isEqualTo(300);
    assertThat(questions("(other)", "too-late")).isEqualTo(100);
    assertThat(registry.find("ptuning4j.questions").counters()).hasSize(202);
  }

  @Test
  void whatIsInMemoryIsReadWhenItIsAskedFor() {
    int[] waiting = {3};
    meters.watch(
        () -> waiting[0],
        () -> new Residency(640, 1000, 9, 5, 2, List.of(new Residency.Resident("mood", 640, 0))));
    System.gc(); // meters alone would not keep what they read
    assertThat(registry.get("ptuning4j.questions.waiting").gauge().value()).isEqualTo(3);
    waiting[0] = 7;
    assertThat(registry.get("ptuning4j.questions.waiting").gauge().value()).isEqualTo(7);
    assertThat(
            List.of(
                registry.get("ptuning4j.packs.resident").gauge().value(),
                registry.get("ptuning4j.packs.bytes").gauge().value(),
                registry.get("ptuning4j.packs.loads").functionCounter().count(),
                registry.get("ptuning4j.packs.evictions").functionCounter().count()))
        .containsExactly(1.0, 640.0, 5.0, 2.0);
  }
}
