package org.ptuning4j.server.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Locale;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.Stages;

/**
 * Gives each question of a request a span, and each of its stages one within: {@code queue}, {@code
 * tokenise}, {@code wait} (for a batch) and {@code forward}. They are made when the question has
 * come to its end, with the times that they had.
 */
public final class QuestionSpans implements BatcherListener {

  private final RequestTrace trace;

  private QuestionSpans(RequestTrace trace) {
    this.trace = trace;
  }

  /** Those of the request that this thread works for; nothing where that has no trace. */
  public static BatcherListener ofCurrent() {
    return RequestTrace.current().<BatcherListener>map(QuestionSpans::new).orElse(NONE);
  }

  @Override
  public void refused(Request request, Problem problem) {
    if (trace.takesQuestion()) {
      Span question = begin(request, Instant.now());
      fail(question, problem);
      question.end();
    }
  }

  @Override
  public void answered(Request request, Outcome outcome, Stages stages) {
    Instant end = Instant.now();
    trace.answered(end);
    if (!trace.takesQuestion()) {
      return;
    }
    Instant start = end.minusNanos(stages.total());
    Span question = begin(request, start);
    Context context = trace.context().with(question);
    Instant at = start;
    at = stage(context, "queue", at, stages.queued());
    at = stage(context, "tokenise", at, stages.read());
    at = stage(context, "wait", at, stages.waited());
    stage(context, "forward", at, stages.computed());
    outcome
        .failure()
        .ifPresentOrElse(
            failure -> fail(question, failure.problem()),
            () -> question.setAttribute("ptuning4j.outcome", "answered"));
    question.end(end);
  }

  private Span begin(Request request, Instant start) {
    return trace
        .tracer()
        .spanBuilder("question")
        .setParent(trace.context())
        .setStartTimestamp(start)
        .setAttribute("ptuning4j.task", request.task())
        .startSpan();
  }

  private static void fail(Span question, Problem problem) {
    question.setAttribute(
        "ptuning4j.outcome", problem.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    question.setStatus(StatusCode.ERROR);
  }

  private Instant stage(Context question, String name, Instant start, long nanos) {
    Instant end = start.plusNanos(nanos);
    if (nanos > 0) {
      trace
          .tracer()
          .spanBuilder(name)
          .setParent(question)
          .setStartTimestamp(start)
          .startSpan()
          .end(end);
    }
    return end;
  }
}
