package org.ptuning4j.tensor.engine;

import java.time.Instant;
import java.util.Map;

/**
 * A plan of kernels and how it came about.
 *
 * @param plan the kernels
 * @param origin how they were decided
 * @param at when
 * @param gains how much faster the rule's kernel was than the other one, by what it is for, where
 *     it was measured: 2 is twice as fast, 0.5 half as fast
 */
public record PlanDecision(KernelPlan plan, Origin origin, Instant at, Map<String, Double> gains) {

  /** How a plan was decided. */
  public enum Origin {
    /** By rule; nothing has been measured on this machine yet. */
    RULE("by rule, from the instructions, the type and the direction; not measured yet"),
    /** By rule; it was measured, but other work disturbed the measurement. */
    DISTURBED(
        "by rule; other work disturbed the measurement, which is tried again at a later start"),
    /** Measured on a machine without other work, and kept. */
    MEASURED("by rule, then measured without disturbance and kept"),
    /** Taken from a run that goes on. */
    RECORDED("recorded with the run that goes on"),
    /** Given by the program. */
    GIVEN("given by the program");

    private final String words;

    Origin(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /** Copies the gains. */
  public PlanDecision {
    gains = Map.copyOf(gains);
  }

  /** A decision of this moment without a measurement. */
  static PlanDecision unmeasured(KernelPlan plan, Origin origin) {
    return new PlanDecision(plan, origin, Instant.now(), Map.of());
  }
}
