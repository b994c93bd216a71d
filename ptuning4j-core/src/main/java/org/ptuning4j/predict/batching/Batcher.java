package org.ptuning4j.predict.batching;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.ReadRequest;
import org.ptuning4j.predict.Request;

/**
 * Answers requests of many callers together, whatever their tasks. A request is accepted or refused
 * at once; several threads make tokens of those that are accepted while one has the model compute,
 * and what becomes ready meanwhile is the next batch. No request waits for others to come. Answers
 * that the model writes take longer by far, so they have a thread of their own: what is scored does
 * not wait for them.
 *
 * <pre>{@code
 * try (Batcher batcher = Batcher.over(predictor, BatcherSettings.standard(), BatcherListener.NONE)) {
 *   Outcome outcome = batcher.submit(Request.of("reviews", "A delight.")).join();
 * }
 * }</pre>
 *
 * <p>A request that waits holds its task: up to {@link BatcherSettings#capacity} tasks are in use
 * at once, and stay in memory even if that is more than the predictor's limit. The predictor is not
 * closed with the batcher.
 */
public final class Batcher implements AutoCloseable {

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

  private final Predictor predictor;
  private final BatcherSettings settings;
  private final BatcherListener listener;
  private final ReadyTickets scored;
  private final ReadyTickets written;
  private final ExecutorService readers;
  private final List<Thread> computing;
  private final Object guard = new Object();
  private int waiting; // accepted and not yet answered
  private boolean closing;
  private volatile boolean dropping; // those that wait are not to be answered any more

  private Batcher(Predictor predictor, BatcherSettings settings, BatcherListener listener) {
    this.predictor = predictor;
    this.settings = settings;
    this.listener = listener;
    this.scored = new ReadyTickets(settings.tokens());
    this.written = new ReadyTickets(settings.tokens());
    this.readers = Executors.newFixedThreadPool(settings.readers(), Batcher::reader);
    this.computing = List.of(computing("batcher", scored), computing("batcher-writing", written));
  }

  private Thread computing(String name, ReadyTickets ready) {
    Thread thread = new Thread(() -> compute(ready), name);
    thread.setDaemon(true);
    return thread;
  }

  private static Thread reader(Runnable work) {
    Thread thread = new Thread(work, "batcher-reader");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * A batcher, which begins at once.
   *
   * @param predictor answers; the caller closes it after the batcher
   * @param listener is told what becomes of requests
   */
  public static Batcher over(
      Predictor predictor, BatcherSettings settings, BatcherListener listener) {
    Batcher batcher =
        new Batcher(
            Objects.requireNonNull(predictor, "predictor"),
            Objects.requireNonNull(settings, "settings"),
            Objects.requireNonNull(listener, "listener"));
    batcher.computing.forEach(Thread::start);
    return batcher;
  }

  /**
   * Asks one request.
   *
   * @return its outcome, which never fails to come: a request that is not accepted, comes too late
   *     or fails has an {@link Outcome.Failed}. Cancelling it gives the request up. What depends on
   *     it should not keep the batcher's threads busy: use its methods that end in {@code Async}
   */
  public CompletableFuture<Outcome> submit(Request request) {
    return submit(request, settings.timeout());
  }

  /**
   * The same with a time of the caller's.
   *
   * @param timeout from now; a request that has no answer then fails as {@link Problem#TOO_LATE}
   */
  public CompletableFuture<Outcome> submit(Request request, Duration timeout) {
    return submitTogether(List.of(request), timeout).get(0);
  }

  /**
   * Asks requests that go to the model at the same time, so that they share a batch if their
   * lengths are similar: such as several tasks about one text, which then share layers, too. Each
   * has its own outcome, as if it were alone; where there is not room for all, the first of them
   * are accepted.
   *
   * @param timeout from now, for each of them
   * @return one outcome a request, in their order
   */
  public List<CompletableFuture<Outcome>> submitTogether(List<Request> requests, Duration timeout) {
    return submitTogether(requests, timeout, BatcherListener.NONE);
  }

  /**
   * The same with a listener for these requests alone.
   *
   * @param own is told that one of them was refused or has come to its end, before its caller can
   *     know; beside the batcher's own listener
   */
  public List<CompletableFuture<Outcome>> submitTogether(
      List<Request> requests, Duration timeout, BatcherListener own) {
    long nanos = Math.max(1, nanos(timeout));
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    List<Ticket> accepted = new ArrayList<>();
    Optional<Problem> problem = Optional.empty();
    int before;
    synchronized (guard) {
      before = waiting;
      for (int i = 0; i < requests.size() && problem.isEmpty(); i++) {
        problem = problem();
        if (problem.isEmpty()) {
          waiting++;
          accepted.add(new Ticket(requests.get(i), own));
        }
      }
      if (!accepted.isEmpty()) {
        readers.execute(() -> read(accepted)); // here, so that the readers do not end in between
      }
    }
    for (int i = 0; i < accepted.size(); i++) {
      int now = before + i + 1;
      tell(told -> told.accepted(now));
      CompletableFuture<Outcome> answer = accepted.get(i).answer();
      outcomes.add(answer.completeOnTimeout(tooLate(nanos), nanos, TimeUnit.NANOSECONDS));
    }
    for (Request request : requests.subList(accepted.size(), requests.size())) {
      Problem refusal = problem.orElseThrow();
      tell(own, told -> told.refused(request, refusal));
      outcomes.add(refused(request, refusal));
    }
    return outcomes;
  }

  /** Under the guard: why no request is accepted just now; empty if one is. */
  private Optional<Problem> problem() {
    if (closing) {
      return Optional.of(Problem.CLOSED);
    }
    return waiting < settings.capacity() ? Optional.empty() : Optional.of(Problem.OVERLOADED);
  }

  private static long nanos(Duration time) {
    return time.compareTo(FOR_EVER) < 0 ? time.toNanos() : Long.MAX_VALUE;
  }

  private CompletableFuture<Outcome> refused(Request request, Problem problem) {
    tell(told -> told.refused(request, problem));
    return CompletableFuture.completedFuture(
        problem == Problem.CLOSED
            ? ended()
            : Ticket.failed(
                problem,
                new IllegalStateException(
                    settings.capacity() + " requests wait already; ask again later")));
  }

  private static Outcome ended() {
    return Ticket.failed(Problem.CLOSED, new IllegalStateException("no more is answered"));
  }

  private static Outcome tooLate(long nanos) {
    String message = "it was not answered within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
    return Ticket.failed(Problem.TOO_LATE, new IllegalStateException(message));
  }

  /** How many requests are accepted and not yet answered. */
  public int waiting() {
    synchronized (guard) {
      return waiting;
    }
  }

  /** The settings. */
  public BatcherSettings settings() {
    return settings;
  }

  private void read(List<Ticket> together) {
    Map<Boolean, List<Ticket>> byWritten =
        together.stream()
            .filter(this::isRead)
            .collect(Collectors.partitioningBy(ticket -> ticket.read().isWritten()));
    scored.addAll(byWritten.get(false));
    written.addAll(byWritten.get(true));
  }

  /** Reads a request; whether it then waits for the model. */
  private boolean isRead(Ticket ticket) {
    if (ticket.isOver() || dropping) {
      end(ticket, ended());
      return false;
    }
    ticket.beginReading();
    try {
      ReadRequest read = predictor.read(ticket.request());
      ticket.isRead(read);
      read.failure().ifPresent(failed -> end(ticket, failed));
      return read.failure().isEmpty();
    } catch (RuntimeException | Error e) {
      end(ticket, internal(e));
      return false;
    }
  }

  private void compute(ReadyTickets ready) {
    try {
      for (List<Ticket> batch = ready.take(); !batch.isEmpty(); batch = ready.take()) {
        answer(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody else has this thread
    }
  }

  private void answer(List<Ticket> batch) {
    List<Ticket> wanted = new ArrayList<>();
    for (Ticket ticket : batch) {
      if (ticket.isOver() || dropping) {
        end(ticket, ended());
      } else {
        ticket.beginComputing();
        wanted.add(ticket);
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    List<Outcome> outcomes = outcomes(wanted);
    long nanos = System.nanoTime() - start;
    tell(told -> told.batch(wanted.size(), nanos));
    for (int i = 0; i < wanted.size(); i++) {
      end(wanted.get(i), outcomes.get(i));
    }
  }

  private List<Outcome> outcomes(List<Ticket> batch) {
    try {
      return predictor.answerRead(
          batch.stream().map(Ticket::read).toList(),
          (rows, tokens, places) -> tell(told -> told.computed(rows, tokens, places)));
    } catch (RuntimeException | Error e) {
      Outcome failed = internal(e);
      return batch.stream().map(ticket -> failed).toList();
    }
  }

  private static Outcome internal(Throwable cause) {
    return Ticket.failed(
        Problem.INTERNAL,
        cause instanceof RuntimeException known ? known : new IllegalStateException(cause));
  }

  private void end(Ticket ticket, Outcome outcome) {
    Stages stages = ticket.stages();
    ticket
        .end(
            outcome,
            told -> tell(ticket.own(), each -> each.answered(ticket.request(), told, stages)))
        .ifPresent(
            told -> {
              tell(each -> each.answered(ticket.request(), told, stages));
              synchronized (guard) {
                waiting--;
                guard.notifyAll();
              }
            });
  }

  private void tell(Consumer<BatcherListener> event) {
    tell(listener, event);
  }

  private static void tell(BatcherListener told, Consumer<BatcherListener> event) {
    try {
      event.accept(told);
    } catch (RuntimeException e) {
      // A listener that fails must not keep anybody from an answer.
    }
  }

  /** Accepts no more, answers what was accepted, and ends. Twice is once. */
  @Override
  public void close() {
    close(FOR_EVER);
  }

  /**
   * The same within a time; what waits after it fails as {@link Problem#CLOSED}. A batch that the
   * model computes by then is answered.
   */
  public void close(Duration patience) {
    synchronized (guard) {
      closing = true;
    }
    boolean interrupted = awaitAnswers(patience);
    dropping = true;
    readers.shutdown();
    for (ReadyTickets ready : List.of(scored, written)) {
      ready.removeAll().forEach(ticket -> end(ticket, ended()));
    }
    interrupted |= awaitAnswers(FOR_EVER);
    scored.end();
    written.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until all is answered, or the time is over; whether the thread was interrupted. */
  private boolean awaitAnswers(Duration patience) {
    boolean interrupted = false;
    long start = System.nanoTime();
    synchronized (guard) {
      while (waiting > 0) {
        long left = nanos(patience) - (System.nanoTime() - start);
        if (left <= 0) {
          break;
        }
        try {
          guard.wait(Math.max(1, Math.min(Integer.MAX_VALUE, left / 1_000_000)));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    return interrupted;
  }
}
