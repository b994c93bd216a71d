package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
class ResidentTasksTest {

  /** What a task takes here. */
  private static final long BYTES = 100;

  private final ResidentTasks tasks = new ResidentTasks(name -> Optional.empty(), Long.MAX_VALUE);
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
    public long bytes() {
      return BYTES;
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
        name,
        SoftPrefix.NONE,
        null,
        64,
        null,
        false,
        List.of(new ServedMember(Optional.empty(), new Closing(closed))),
        Optional.empty());
  }

  @Test
  void whatIsNotUsedIsClosedWhenItGoes() {
    AtomicInteger removed = new AtomicInteger();
    AtomicInteger replaced = new AtomicInteger();
    tasks.put("a", () -> task("a", removed));
    tasks.put("b", () -> task("b", replaced));
    assertThat(tasks.names()).containsExactly("a", "b");
    tasks.remove("a");
    tasks.remove("a");
    tasks.put("b", () -> task("b", new AtomicInteger()));
    assertThat(removed).hasValue(1);
    assertThat(replaced).hasValue(1);
    assertThat(tasks.names()).containsExactly("b");
  }

  @Test
  void whatIsUsedIsClosedByTheLastThatLetsItGo() {
    AtomicInteger old = new AtomicInteger();
    tasks.put("a", () -> task("a", old));
    Lease first = tasks.lease("a").orElseThrow();
    Lease second = tasks.lease("a").orElseThrow();
    tasks.put("a", () -> task("a", new AtomicInteger()));
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
    tasks.put("a", () -> task("a", closed));
    InvalidInputException broken = new InvalidInputException("broken");
    assertThatThrownBy(
            () ->
                tasks.put(
                    "a",
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
    tasks.put("used", () -> task("used", used));
    tasks.put("unused", () -> task("unused", unused));
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
                    "late",
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

  /** Room for three tasks; each is loaded whenever it is asked for and not there. */
  private final Map<String, AtomicInteger> loads = new ConcurrentHashMap<>();

  private final Map<String, AtomicInteger> closes = new ConcurrentHashMap<>();

  private Optional<ServedTask> found(String name) {
    if (name.startsWith("no")) {
      return Optional.empty();
    }
    loads.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
    return Optional.of(task(name, closes.computeIfAbsent(name, key -> new AtomicInteger())));
  }

  private static void use(ResidentTasks tasks, String... names) {
    for (String name : names) {
      tasks.lease(name).orElseThrow().close();
    }
  }

  private static List<String> inMemory(ResidentTasks tasks) {
    return tasks.residency().tasks().stream().map(Residency.Resident::name).toList();
  }

  @Test
  void theLongestUnusedTaskMakesRoom() {
    try (ResidentTasks few = new ResidentTasks(this::found, 3 * BYTES)) {
      use(few, "a", "b", "c", "a", "d");
      assertThat(inMemory(few)).containsExactly("c", "a", "d");
      assertThat(closes.get("b")).hasValue(1);
      use(few, "b");
      assertThat(inMemory(few)).containsExactly("a", "d", "b");
      assertThat(loads.get("b")).hasValue(2);
      assertThat(loads.get("a")).hasValue(1);
      Residency residency = few.residency();
      assertThat(residency.bytes()).isEqualTo(3 * BYTES);
      assertThat(residency.limit()).isEqualTo(3 * BYTES);
      assertThat(residency.hits()).isEqualTo(1);
      assertThat(residency.loads()).isEqualTo(5);
      assertThat(residency.evictions()).isEqualTo(2);
    }
    assertThat(closes)
        .allSatisfy((name, count) -> assertThat(count).hasValue(loads.get(name).get()));
  }

  @Test
  void whatIsUsedIsNotDroppedAndMakesRoomAfterwards() {
    try (ResidentTasks few = new ResidentTasks(this::found, 2 * BYTES)) {
      Lease a = few.lease("a").orElseThrow();
      Lease b = few.lease("b").orElseThrow();
      Lease c = few.lease("c").orElseThrow();
      assertThat(few.residency().bytes()).isEqualTo(3 * BYTES);
      assertThat(few.residency().tasks()).allMatch(each -> each.users() == 1);
      b.close();
      assertThat(inMemory(few)).containsExactly("a", "c");
      assertThat(closes.get("b")).hasValue(1);
      a.close();
      c.close();
      assertThat(inMemory(few)).containsExactly("a", "c");
    }
  }

  /** What was put by hand is loaded again by what loaded it first, and keeps its name meanwhile. */
  @Test
  void whatWasPutIsDroppedAndLoadedAgain() {
    try (ResidentTasks few = new ResidentTasks(name -> Optional.empty(), BYTES)) {
      few.put("x", () -> found("x").orElseThrow());
      few.put("y", () -> found("y").orElseThrow());
      assertThat(inMemory(few)).containsExactly("y");
      assertThat(few.names()).containsExactly("x", "y");
      assertThat(few.description("x")).isPresent();
      assertThat(loads.get("x")).hasValue(1);
      use(few, "x");
      assertThat(loads.get("x")).hasValue(2);
      assertThat(inMemory(few)).containsExactly("x");
      few.remove("y");
      assertThat(few.names()).containsExactly("x");
      assertThat(few.lease("y")).isEmpty();
    }
  }

  @Test
  void namesThatNobodyHasLeaveNothingBehind() {
    try (ResidentTasks few = new ResidentTasks(this::found, 3 * BYTES)) {
      use(few, "a");
      for (int i = 0; i < 100; i++) {
        assertThat(few.lease("no" + i)).isEmpty();
        assertThat(few.description("no" + i)).isEmpty();
      }
      assertThat(few.names()).isEmpty(); // found, not put
      assertThat(inMemory(few)).containsExactly("a");
      few.remove("a");
      use(few, "a");
      assertThat(loads.get("a")).hasValue(2);
    }
  }

  @Test
  void aLoadThatFailsIsTriedAgain() {
    AtomicInteger tries = new AtomicInteger();
    try (ResidentTasks few =
        new ResidentTasks(
            name -> {
              if (tries.incrementAndGet() == 1) {
                throw new UncheckedIOException(new IOException("away"));
              }
              return found(name);
            },
            BYTES)) {
      assertThatThrownBy(() -> few.lease("a")).isInstanceOf(UncheckedIOException.class);
      use(few, "a");
      assertThat(tries).hasValue(2);
    }
  }

  /** Those who come while a task is loaded wait for it, and nobody else does. */
  @Test
  void aTaskIsLoadedOnceForAllWhoAsk() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService many = Executors.newFixedThreadPool(4);
    try (ResidentTasks slow =
        new ResidentTasks(
            name -> {
              if (name.equals("slow")) {
                begun.countDown();
                await(go);
              }
              return found(name);
            },
            Long.MAX_VALUE)) {
      List<Future<?>> waiting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        waiting.add(many.submit(() -> use(slow, "slow")));
      }
      await(begun);
      use(slow, "quick"); // while the other is loaded
      assertThat(waiting).noneMatch(Future::isDone);
      go.countDown();
      for (Future<?> each : waiting) {
        each.get(60, TimeUnit.SECONDS);
      }
      assertThat(loads.get("slow")).hasValue(1);
      assertThat(slow.residency().tasks()).allMatch(each -> each.users() == 0);
    } finally {
      go.countDown();
      many.shutdownNow();
    }
  }

  /**
   * A newer task is put while the older one is loaded for a user: he gets his, others the newer.
   */
  @Test
  void aTaskThatIsPutMeanwhileStays() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger old = new AtomicInteger();
    AtomicInteger newer = new AtomicInteger();
    try (ResidentTasks slow =
        new ResidentTasks(
            name -> {
              begun.countDown();
              await(go);
              return Optional.of(task(name, old));
            },
            Long.MAX_VALUE)) {
      Future<Lease> first = thread.submit(() -> slow.lease("a").orElseThrow());
      await(begun);
      slow.put("a", () -> task("a", newer));
      go.countDown();
      try (Lease lease = first.get(60, TimeUnit.SECONDS)) {
        assertThat(old).hasValue(0);
        try (Lease second = slow.lease("a").orElseThrow()) {
          assertThat(second.task()).isNotEqualTo(lease.task());
        }
      }
      assertThat(old).hasValue(1);
      assertThat(newer).hasValue(0);
    }
  }
}
