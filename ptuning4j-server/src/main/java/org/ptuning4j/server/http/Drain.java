package org.ptuning4j.server.http;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the requests that were accepted, and lets them end before the server does. Once it has
 * begun, no further one is accepted.
 */
public final class Drain {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();
  private int accepted;
  private boolean begun;

  /** Accepts a request; whoever got {@code true} calls {@link #leave} in the end. */
  public boolean enter() {
    lock.lock();
    try {
      if (!begun) {
        accepted++;
      }
      return !begun;
    } finally {
      lock.unlock();
    }
  }

  /** An accepted request has ended. */
  public void leave() {
    lock.lock();
    try {
      accepted--;
      if (accepted == 0) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether no further request is accepted. */
  public boolean hasBegun() {
    lock.lock();
    try {
      return begun;
    } finally {
      lock.unlock();
    }
  }

  /** How many requests are being answered. */
  public int accepted() {
    lock.lock();
    try {
      return accepted;
    } finally {
      lock.unlock();
    }
  }

  /** From now on no request is accepted. */
  public void begin() {
    lock.lock();
    try {
      begun = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the accepted requests.
   *
   * @return how many are still being answered when the time is over
   */
  public int await(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (accepted > 0 && left > 0) {
        left = empty.awaitNanos(left);
      }
      return accepted;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return accepted() + " requests" + (hasBegun() ? ", ending" : "");
  }
}
