package org.ptuning4j.spring;

import java.util.List;
import java.util.function.Consumer;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.Stages;

/**
 * Tells several listeners, each of them whatever the others throw.
 *
 * @param all in the order in which they are told
 */
record BatcherListeners(List<BatcherListener> all) implements BatcherListener {

  BatcherListeners {
    all = List.copyOf(all);
  }

  private void tell(Consumer<BatcherListener> event) {
    RuntimeException first = null;
    for (BatcherListener listener : all) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  @Override
  public void accepted(int waiting) {
    tell(listener -> listener.accepted(waiting));
  }

  @Override
  public void refused(Request request, Problem problem) {
    tell(listener -> listener.refused(request, problem));
  }

  @Override
  public void computed(int rows, long tokens, long places) {
    tell(listener -> listener.computed(rows, tokens, places));
  }

  @Override
  public void batch(int requests, long nanos) {
    tell(listener -> listener.batch(requests, nanos));
  }

  @Override
  public void answered(Request request, Outcome outcome, Stages stages) {
    tell(listener -> listener.answered(request, outcome, stages));
  }
}
