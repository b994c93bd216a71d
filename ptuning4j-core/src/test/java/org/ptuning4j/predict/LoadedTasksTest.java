package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.SoftPrefix;
import org.ptuning4j.tensor.Parameter;

/** Tasks are closed once, and never while somebody uses them. */
class LoadedTasksTest {

  private final LoadedTasks tasks = new LoadedTasks();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    thread.shutdownNow();
  }

  /** Only counts how often it is closed. */
  private record Closing(AtomicInteger closed) implements Head {

    @Override
    public List<Parameter> parameters() {
      return List.of();
    }

    @Override
    public Positions reads() {
      return Positions.ANCHOR;
    }

    @Override
    public Tensor scores(HeadInput input) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Loss loss(Tensor scores, List<Item> items) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<float[]> split(Tensor scores, List<Item> items) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private static ServedTask task(String name, AtomicInteger closed) {
    return new ServedTask(
        name, SoftPrefix.NONE, null, 64, null, false, Optional.empty(), new Closing(closed));
  }

  @Test
  void whatIsNotUsedIsClosedWhenItGoes() {
    AtomicInteger removed = new AtomicInteger();
    AtomicInteger replaced = new AtomicInteger();
    tasks.put(() -> task("a", removed));
    tasks.put(() -> task("b", replaced));
    assertThat(tasks.names()).containsExactly("a", "b");
    tasks.remove("a");
    tasks.remove("a");
    tasks.put(() -> task("b", new AtomicInteger()));
    assertThat(removed).hasValue(1);
    assertThat(replaced).hasValue(1);
    assertThat(tasks.names()).containsExactly("b");
  }

  @Test
  void whatIsUsedIsClosedByTheLastThatLetsItGo() {
    AtomicInteger old = new AtomicInteger();
    tasks.put(() -> task("a", old));
    Lease first = tasks.lease("a").orElseThrow();
    Lease second = tasks.lease("a").orElseThrow();
    tasks.put(() -> task("a", new AtomicInteger()));
    try (Lease newer = tasks.lease("a").orElseThrow()) {
      assertThat(newer.task()).isNotEqualTo(first.task());
    }
    first.close();
    first.close(); // twice is once
    assertThat(old).hasValue(0);
    second.close();
    assertThat(old).hasValue(1);
  }

  @Test
  void aLoadThatFailsLeavesTheEarlierTask() {
    AtomicInteger closed = new AtomicInteger();
    tasks.put(() -> task("a", closed));
    InvalidInputException broken = new InvalidInputException("broken");
    assertThatThrownBy(
            () ->
                tasks.put(
                    () -> {
                      throw broken;
                    }))
        .isSameAs(broken);
    assertThat(tasks.lease("a")).isPresent();
    assertThat(closed).hasValue(0);
    assertThat(tasks.lease("b")).isEmpty();
  }

  @Test
  void theEndWaitsForThoseWhoUseATask() throws Exception {
    AtomicInteger used = new AtomicInteger();
    AtomicInteger unused = new AtomicInteger();
    tasks.put(() -> task("used", used));
    tasks.put(() -> task("unused", unused));
    Lease lease = tasks.lease("used").orElseThrow();
    Future<?> closing = thread.submit(tasks::close);
    while (unused.get() == 0) {
      Thread.onSpinWait();
    }
    assertThat(closing.isDone()).isFalse();
    assertThat(used).hasValue(0);
    assertThatThrownBy(() -> tasks.lease("used")).isInstanceOf(IllegalStateException.class);
    lease.close();
    closing.get(60, TimeUnit.SECONDS);
    assertThat(used).hasValue(1);
  }

  /** What is loaded when the end comes is closed, too, and the end waits for it. */
  @Test
  void theEndWaitsForWhatIsLoaded() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Future<?> loading =
        thread.submit(
            () ->
                tasks.put(
                    () -> {
                      begun.countDown();
                      await(go);
                      return task("late", closed);
                    }));
    await(begun);
    AtomicReference<Integer> whenClosed = new AtomicReference<>();
    Thread closing =
        new Thread(
            () -> {
              tasks.close();
              whenClosed.set(closed.get());
            });
    closing.start();
    while (closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    go.countDown();
    closing.join();
    assertThat(whenClosed.get()).isEqualTo(1);
    assertThatThrownBy(() -> loading.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
