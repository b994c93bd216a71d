package org.ptuning4j.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.ChildJvm;

/** Who waits, and what others notice of it. */
class RegistryLockTest {

  @TempDir private Path folder;

  private String stateForOthers(String log) {
    try (ChildJvm other =
        ChildJvm.start(
            folder.resolve(log), LockProcess.class, List.of(folder.resolve("lock").toString()))) {
      assertThat(other.exitCode()).as(other.output()).isZero();
      // The last line: a JVM that takes options from the environment says so before.
      return other.output().strip().lines().reduce("", (before, line) -> line);
    }
  }

  @Test
  @Timeout(60)
  void whoIsInterruptedWhileWaitingDropsNobodysLock() throws InterruptedException {
    Path lock = folder.resolve("lock");
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () ->
                RegistryLock.whileHeld(
                    lock,
                    () -> {
                      taken.countDown();
                      awaitQuietly(released);
                      return true;
                    }));
    holder.start();
    taken.await();
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread waiter = new Thread(() -> RegistryLock.whileHeld(lock, () -> true));
    waiter.setUncaughtExceptionHandler((thread, e) -> end.set(e));
    waiter.start();
    Thread.sleep(50); // so that it waits; where it does not yet, the test shows less
    waiter.interrupt();
    waiter.join();
    assertThat(end.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("interrupted while waiting");
    assertThat(stateForOthers("held")).isEqualTo("held");
    released.countDown();
    holder.join();
    assertThat(stateForOthers("free")).isEqualTo("free");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** By whatever path each of them knows the registry. */
  @Test
  @Timeout(60)
  void oneThreadAtATime() throws Exception {
    AtomicInteger within = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Path same = folder.resolve(i % 2 == 0 ? "lock" : "../" + folder.getFileName() + "/lock");
        all.add(
            threads.submit(
                () ->
                    RegistryLock.whileHeld(
                        same,
                        () -> {
                          most.accumulateAndGet(within.incrementAndGet(), Math::max);
                          LockSupport.parkNanos(1000);
                          return within.decrementAndGet();
                        })));
      }
      for (Future<?> each : all) {
        each.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(most).hasValue(1);
  }
}
