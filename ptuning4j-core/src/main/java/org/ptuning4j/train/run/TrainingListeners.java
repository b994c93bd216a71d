package org.ptuning4j.train.run;

import java.nio.file.Path;
import java.util.List;

/**
 * Several listeners of one run, told in their order.
 *
 * @param all the listeners
 */
public record TrainingListeners(List<TrainingListener> all) implements TrainingListener {

  /** Copies the list. */
  public TrainingListeners {
    all = List.copyOf(all);
  }

  @Override
  public void started(Start start) {
    all.forEach(each -> each.started(start));
  }

  @Override
  public void computedOnce(ComputedOnce once) {
    all.forEach(each -> each.computedOnce(once));
  }

  @Override
  public void decided(Decision decision) {
    all.forEach(each -> each.decided(decision));
  }

  @Override
  public void stepped(Step step) {
    all.forEach(each -> each.stepped(step));
  }

  @Override
  public void evaluated(Evaluated evaluation) {
    all.forEach(each -> each.evaluated(evaluation));
  }

  @Override
  public void remarked(String remark) {
    all.forEach(each -> each.remarked(remark));
  }

  @Override
  public void noted(String note) {
    all.forEach(each -> each.noted(note));
  }

  @Override
  public void warned(String message) {
    all.forEach(each -> each.warned(message));
  }

  @Override
  public void finished(TrainingResult result, Path folder) {
    all.forEach(each -> each.finished(result, folder));
  }
}
