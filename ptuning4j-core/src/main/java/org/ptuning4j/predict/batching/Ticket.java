package org.ptuning4j.predict.batching;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.ReadRequest;
import org.ptuning4j.predict.Request;

/** A request that was accepted, on its way; one thread at a time has it. */
final class Ticket {

  private final Request request;
  private final BatcherListener own;
  private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final long accepted = System.nanoTime();
  private long begun; // 0 before it is read
  private long ready; // 0 before it is ready
  private long taken; // 0 before it is computed
  private Optional<ReadRequest> read = Optional.empty();

  /**
   * A request that was accepted now.
   *
   * @param own is told what becomes of it
   */
  Ticket(Request request, BatcherListener own) {
    this.request = request;
    this.own = own;
  }

  Request request() {
    return request;
  }

  /** Who is told what becomes of this one. */
  BatcherListener own() {
    return own;
  }

  /** What the caller waits for. */
  CompletableFuture<Outcome> answer() {
    return answer;
  }

  /** Whether nobody waits any more: the deadline passed, or the caller went. */
  boolean isOver() {
    return answer.isDone();
  }

  void beginReading() {
    begun = System.nanoTime();
  }

  void isRead(ReadRequest found) {
    read = Optional.of(found);
    ready = System.nanoTime();
  }

  /** The request with its tokens; only when it is read. */
  ReadRequest read() {
    return read.orElseThrow();
  }

  void beginComputing() {
    taken = System.nanoTime();
  }

  /**
   * Ends it: lets its task go and tells the caller, unless somebody was first.
   *
   * @param before is told of the end before the caller is
   * @return what the caller has got; empty if it was ended before
   */
  Optional<Outcome> end(Outcome outcome, Consumer<Outcome> before) {
    if (!ended.compareAndSet(false, true)) {
      return Optional.empty();
    }
    read.ifPresent(ReadRequest::close);
    before.accept(answer.isDone() ? earlier() : outcome);
    return Optional.of(answer.complete(outcome) ? outcome : earlier());
  }

  private Outcome earlier() {
    return answer.isCancelled()
        ? failed(Problem.CANCELLED, new CancellationException("the caller no longer waits"))
        : answer.getNow(null);
  }

  static Outcome failed(Problem problem, RuntimeException cause) {
    return new Outcome.Failed(problem, cause);
  }

  /** Where it spent its time until now. */
  Stages stages() {
    long now = System.nanoTime();
    if (begun == 0) {
      return new Stages(now - accepted, 0, 0, 0);
    }
    if (ready == 0) {
      return new Stages(begun - accepted, now - begun, 0, 0);
    }
    if (taken == 0) {
      return new Stages(begun - accepted, ready - begun, now - ready, 0);
    }
    return new Stages(begun - accepted, ready - begun, taken - ready, now - taken);
  }
}
