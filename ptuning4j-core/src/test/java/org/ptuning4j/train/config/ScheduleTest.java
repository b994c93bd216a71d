package org.ptuning4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.train.config.Schedule.Shape;

/** Learning rates, against values computed by hand and recorded ones. */
class ScheduleTest {

  @TestFactory
  Stream<DynamicTest> linearAgreesWithTheTables() {
    Path file = GoldenSet.folder().resolve("tables/tables.json");
    Assumptions.assumeTrue(Files.exists(file), "no tables in " + GoldenSet.folder());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode table : GoldenSet.json(file).get("linear_schedule")) {
      int warmup = table.get("warmup").asInt();
      int steps = table.get("steps").asInt();
      tests.add(
          DynamicTest.dynamicTest(
              warmup + " of " + steps,
              () -> {
                Schedule schedule = new Schedule(Shape.LINEAR, warmup, 1);
                assertThat(table.get("values")).hasSize(steps);
                for (int step = 0; step < steps; step++) {
                  assertThat(table.get("lr").asDouble() * schedule.factor(step, steps, 0))
                      .as("step " + step)
                      .isCloseTo(table.get("values").get(step).asDouble(), within(1e-12));
                }
              }));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  @Test
  void linearFallsToZero() {
    assertThat(factors(Schedule.linear(), 5, 5))
        .usingElementComparator(ScheduleTest::closely)
        .containsExactly(1.0, 0.8, 0.6, 0.4, 0.2, 0.0);
  }

  @Test
  void cosineFallsAlongHalfAWave() {
    Schedule schedule = new Schedule(Shape.COSINE, 2, 1);
    double half = Math.sqrt(0.5) / 2; // cos 45° / 2
    assertThat(factors(schedule, 6, 6))
        .usingElementComparator(ScheduleTest::closely)
        .containsExactly(0.0, 0.5, 1.0, 0.5 + half, 0.5, 0.5 - half, 0.0);
  }

  @Test
  void constantStays() {
    assertThat(factors(new Schedule(Shape.CONSTANT, 4, 1), 6, 6))
        .containsExactly(0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0);
  }

  @Test
  void exponentialFallsAfterEachEpoch() {
    assertThat(factors(new Schedule(Shape.EXPONENTIAL, 0, 0.5), 6, 2))
        .containsExactly(1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125);
  }

  @Test
  void exponentialCountsEpochsFromTheWarmUpsEnd() {
    assertThat(factors(new Schedule(Shape.EXPONENTIAL, 2, 0.5), 6, 2))
        .containsExactly(0.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.25);
  }

  @Test
  void warmUpLongerThanTheRunNeverEnds() {
    for (Shape shape : Shape.values()) {
      assertThat(factors(new Schedule(shape, 10, 0.9), 3, 3))
          .usingElementComparator(ScheduleTest::closely)
          .containsExactly(0.0, 0.1, 0.2, 0.3);
    }
  }

  /** Not below zero past the end, where a resumed or longer run may ask. */
  @Test
  void staysAtTheEndsValuePastTheEnd() {
    for (Shape shape : List.of(Shape.LINEAR, Shape.COSINE)) {
      assertThat(new Schedule(shape, 0, 1).factor(9, 5, 1)).isCloseTo(0, within(1e-12));
    }
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> new Schedule(Shape.LINEAR, -1, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("warmup: -1");
    for (double decay : new double[] {0, -0.5, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new Schedule(Shape.EXPONENTIAL, 0, decay))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("decay-per-epoch");
    }
  }

  @Test
  void readsItsNames() {
    for (Shape shape : Shape.values()) {
      assertThat(TrainingSettings.SCHEDULE.read(shape.label())).isEqualTo(shape);
    }
    assertThatThrownBy(() -> TrainingSettings.SCHEDULE.read("polynomial"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'polynomial'")
        .hasMessageContaining("linear, cosine, constant, exponential");
  }

  private static int closely(double a, double b) {
    return Math.abs(a - b) < 1e-12 ? 0 : Double.compare(a, b);
  }

  /** The factors of steps 0 … total, both included. */
  private static List<Double> factors(Schedule schedule, int total, int perEpoch) {
    List<Double> factors = new ArrayList<>();
    for (int step = 0; step <= total; step++) {
      factors.add(
          schedule.factor(
              step, total, Math.max(0, step - schedule.warmup().stepsOf(total)) / perEpoch));
    }
    return factors;
  }
}
