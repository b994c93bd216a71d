package org.ptuning4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.train.run.TrainingListener;

/** Takes the time of each training step. */
final class StepClock implements TrainingListener {

  private final List<Double> seconds = new ArrayList<>();
  private long last;

  @Override
  public void started(Start start) {
    last = System.nanoTime();
  }

  @Override
  public void stepped(Step step) {
    long now = System.nanoTime();
    seconds.add((now - last) / 1e9);
    last = now;
  }

  /** Of each step so far. */
  List<Double> seconds() {
    return seconds;
  }
}
