package org.ptuning4j.search;

import java.util.Map;
import java.util.Optional;
import org.ptuning4j.train.run.TrainingListener;

/** Measures how long training takes, on a few batches of the settings that a space begins with. */
final class Probe {

  private static final String NAME = "probe";

  private static final int ROWS = 320;

  private final SearchPlan plan;
  private final Legs legs;
  private final Clock clock;
  private double evaluated;
  private double stepped;
  private double evaluationSeconds;

  Probe(SearchPlan plan, Legs legs, Clock clock) {
    this.plan = plan;
    this.legs = legs;
    this.clock = clock;
  }

  /**
   * Trains for an epoch of few rows.
   *
   * @return empty if it was stopped, or time is up
   * @throws org.ptuning4j.InvalidInputException if it cannot be trained
   */
  Optional<Pace> measure(TrainingListener listener) {
    int rows = Math.min(ROWS, plan.rows());
    Map<String, String> settings =
        plan.space().starters().isEmpty() ? Map.of() : plan.space().starters().get(0);
    Optional<Leg> leg;
    try {
      leg =
          legs.train(
              new RunRequest(NAME, settings, plan.seed(), 1, 1, rows, null), watching(listener));
    } catch (Legs.FailedException e) {
      throw new org.ptuning4j.InvalidInputException(String.valueOf(e.getMessage()), e);
    }
    return leg.map(
        done ->
            Pace.fitting(
                plan.budget().seconds() - clock.seconds(),
                plan.rows(),
                done.trainSeconds() / rows,
                evaluationSeconds,
                Math.max(0, done.wallSeconds() - done.trainSeconds() - evaluationSeconds)));
  }

  private TrainingListener watching(TrainingListener listener) {
    return new TrainingListener() {
      @Override
      public void stepped(Step step) {
        stepped = clock.seconds();
      }

      @Override
      public void evaluated(Evaluated evaluation) {
        evaluated = clock.seconds();
        evaluationSeconds = evaluated - stepped;
      }

      @Override
      public void remarked(String remark) {
        listener.remarked(remark);
      }

      @Override
      public void noted(String note) {
        listener.noted(note);
      }

      @Override
      public void warned(String message) {
        listener.warned(message);
      }
    };
  }
}
