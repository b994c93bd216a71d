package org.ptuning4j.tensor.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.tensor.Torch;

class SideBySideTest {

  private int threads;
  private SideBySide sideBySide;

  @BeforeEach
  void open() {
    threads = Torch.threads();
    assumeTrue(threads > 1, "libtorch has one thread here");
    sideBySide = SideBySide.of(Engine.reference()).orElseThrow();
  }

  @AfterEach
  void close() {
    if (sideBySide != null) {
      sideBySide.close();
    }
  }

  @Test
  void computesBothPartsAtOnceAndKeepsTheirOrder() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    Supplier<Integer> first = () -> meet(meeting, 1);
    Supplier<Integer> second = () -> meet(meeting, 2);

    assertThat(sideBySide.run(List.of(first, second))).containsExactly(1, 2);
  }

  private static int meet(CyclicBarrier meeting, int value) {
    try {
      meeting.await();
      return value;
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eachHasHalfOfTheThreadsAndTheCallerKeepsAll() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    Supplier<Integer> count =
        () -> {
          meet(meeting, 0);
          return Torch.threads();
        };

    assertThat(sideBySide.run(List.of(count, count))).containsExactly(threads / 2, threads / 2);
    assertThat(Torch.threads()).isEqualTo(threads);
  }

  @Test
  void aThreadThatStartsLaterHasAllThreads() throws InterruptedException {
    int[] seen = new int[1];
    Thread later = new Thread(() -> seen[0] = Torch.threads());
    later.start();
    later.join();

    assertThat(seen[0]).isEqualTo(threads);
  }

  static List<Throwable> failures() {
    return List.of(new IllegalArgumentException("out of range"), new OutOfMemoryError("no heap"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureIsThrownWhenTheOtherPartIsAtItsEnd(Throwable failure) {
    AtomicBoolean done = new AtomicBoolean();
    CyclicBarrier meeting = new CyclicBarrier(2);
    Supplier<Integer> failing =
        () -> {
          meet(meeting, 0);
          if (failure instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) failure;
        };
    Supplier<Integer> slow =
        () -> {
          meet(meeting, 0);
          LockSupport.parkNanos(20_000_000L); // the failure comes first
          done.set(true);
          return 2;
        };

    assertThatThrownBy(() -> sideBySide.run(List.of(failing, slow))).isSameAs(failure);
    assertThat(done).isTrue();
    assertThat(sideBySide.run(List.of(() -> 3, () -> 4))).containsExactly(3, 4);
  }
}
