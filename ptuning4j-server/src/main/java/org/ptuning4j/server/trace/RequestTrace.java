package org.ptuning4j.server.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The span of one request on its way. In what is done {@link #within} it, its questions find it,
 * which have spans of their own.
 */
public final class RequestTrace {

  private static final ContextKey<RequestTrace> KEY = ContextKey.named("ptuning4j.request");

  /** Questions with spans of their own; those that come later are only counted. */
  private static final int MOST_QUESTIONS = 32;

  private final Tracer tracer;
  private final Span span;
  private final Context context;
  private final AtomicInteger questions = new AtomicInteger();
  private final AtomicReference<Instant> answered = new AtomicReference<>(); // null: none yet
  private final AtomicBoolean ended = new AtomicBoolean();

  RequestTrace(Tracer tracer, Span span, Context caller) {
    this.tracer = tracer;
    this.span = span;
    this.context = caller.with(span).with(KEY, this);
  }

  /** The trace of the request that this thread works for; empty where there is none to keep. */
  static Optional<RequestTrace> current() {
    return Optional.ofNullable(Context.current().get(KEY)).filter(RequestTrace::isKept);
  }

  private boolean isKept() {
    return span.isRecording();
  }

  /** What is done for a request. */
  @FunctionalInterface
  public interface Work<T, X extends Exception> {

    /** Does it. */
    T run() throws X;
  }

  /** Does something for the request: it is the one that this thread works for meanwhile. */
  public <T, X extends Exception> T within(Work<T, X> work) throws X {
    Scope scope = context.makeCurrent();
    try {
      return work.run();
    } finally {
      scope.close();
    }
  }

  /** The trace's id, for logs; empty where the span is not kept. */
  public Optional<String> id() {
    return isKept() ? Optional.of(span.getSpanContext().getTraceId()) : Optional.empty();
  }

  Tracer tracer() {
    return tracer;
  }

  Context context() {
    return context;
  }

  /** Whether a question gets a span; each asks once. */
  boolean takesQuestion() {
    return questions.getAndIncrement() < MOST_QUESTIONS;
  }

  /** A question was answered; what comes after the last one is the answer of the request. */
  void answered(Instant when) {
    answered.accumulateAndGet(
        when, (before, now) -> before == null || before.isBefore(now) ? now : before);
  }

  /**
   * Ends the span. Twice is once.
   *
   * @param facts what became of the request
   */
  public void end(RequestEnd facts) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    Instant written = answered.get();
    if (written != null) {
      tracer.spanBuilder("answer").setParent(context).setStartTimestamp(written).startSpan().end();
    }
    if (isKept()) {
      span.updateName(facts.name());
      span.setAllAttributes(facts.attributes());
      facts.problem().ifPresent(problem -> span.setAttribute("ptuning4j.problem", problem));
      if (questions.get() > 0) {
        span.setAttribute("ptuning4j.questions", questions.get());
      }
      if (facts.failed()) {
        span.setStatus(StatusCode.ERROR);
      }
    }
    span.end();
  }
}
