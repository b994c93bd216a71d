package org.ptuning4j.predict.batching;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.ptuning4j.predict.ReadRequest;
import org.ptuning4j.predict.SimilarLengths;

/**
 * Requests that wait for the model, in the order in which they became ready. A batch begins with
 * the one that has waited longest, so that none waits for ever, and goes on with others of a
 * similar length, whatever their tasks, so that little of it is padding. Thread-safe.
 */
final class ReadyTickets {

  private final int budget;
  private final ArrayDeque<Ticket> waiting = new ArrayDeque<>();
  private boolean ended;

  /**
   * Nothing yet.
   *
   * @param budget tokens of a batch, padding included
   */
  ReadyTickets(int budget) {
    this.budget = budget;
  }

  synchronized void addAll(List<Ticket> tickets) {
    waiting.addAll(tickets);
    notifyAll();
  }

  /** No more come; those that wait are taken still. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** All that wait, which then do so no more. */
  synchronized List<Ticket> removeAll() {
    List<Ticket> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** The next batch; waits until there is one. Nothing at the end. */
  synchronized List<Ticket> take() throws InterruptedException {
    while (waiting.isEmpty() && !ended) {
      wait();
    }
    List<Ticket> batch = new ArrayList<>();
    if (waiting.isEmpty()) {
      return batch;
    }
    Shape shape = Shape.NONE;
    Iterator<Ticket> each = waiting.iterator();
    while (each.hasNext()) {
      Ticket ticket = each.next();
      Shape wider = shape.with(ticket.read());
      if (wider.isEven()) {
        if (!batch.isEmpty() && wider.places() > budget) {
          break; // shorter ones do not overtake it
        }
        each.remove();
        batch.add(ticket);
        shape = wider;
      }
    }
    return batch;
  }

  /** What a batch holds: rows, and the lengths of the shortest and the longest. */
  private record Shape(int rows, int shortest, int longest) {

    static final Shape NONE = new Shape(0, Integer.MAX_VALUE, 0);

    Shape with(ReadRequest read) {
      int length = Math.max(1, read.longest());
      return new Shape(
          rows + Math.max(1, read.tokens() / length),
          Math.min(shortest, length),
          Math.max(longest, length));
    }

    /** Whether little of it is padding. */
    boolean isEven() {
      return SimilarLengths.areAlike(shortest, longest);
    }

    long places() {
      return (long) rows * longest;
    }
  }
}
