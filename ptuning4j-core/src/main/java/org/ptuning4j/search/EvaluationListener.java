package org.ptuning4j.search;

import java.nio.file.Path;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Passes everything on, and does something at each evaluation. */
final class EvaluationListener implements TrainingListener {

  private final TrainingListener listener;
  private final Runnable atEvaluation;

  EvaluationListener(TrainingListener listener, Runnable atEvaluation) {
    this.listener = listener;
    this.atEvaluation = atEvaluation;
  }

  @Override
  public void started(Start start) {
    listener.started(start);
  }

  @Override
  public void computedOnce(ComputedOnce once) {
    listener.computedOnce(once);
  }

  @Override
  public void decided(Decision decision) {
    listener.decided(decision);
  }

  @Override
  public void stepped(Step step) {
    listener.stepped(step);
  }

  @Override
  public void evaluated(Evaluated evaluation) {
    atEvaluation.run();
    listener.evaluated(evaluation);
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

  @Override
  public void finished(TrainingResult result, Path folder) {
    listener.finished(result, folder);
  }
}
