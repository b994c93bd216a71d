package org.ptuning4j.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An alias that moves is told of, through the absence of the registry and a listener that fails.
 */
class RegistryWatchTest {

  private static final Duration OFTEN = Duration.ofMillis(10);

  @TempDir private Path work;

  private static int next(BlockingQueue<Integer> told) throws InterruptedException {
    Integer version = told.poll(60, TimeUnit.SECONDS);
    assertThat(version).as("told within a minute").isNotNull();
    return version;
  }

  @Test
  void whatMovesIsToldOf() throws IOException, InterruptedException {
    Path folder = work.resolve("registry");
    Registry registry = Registry.openOrCreate(folder);
    Path pack = SamplePacks.write(work.resolve("pack"), 1);
    for (int i = 0; i < 4; i++) {
      registry.publish(pack, "mood", "", Optional.empty());
    }
    PackReference prod = PackReference.parse("mood@prod");
    registry.promote(PackReference.parse("mood@1"), "prod");
    BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
    AtomicInteger failures = new AtomicInteger();
    try (RegistryWatch watch =
        RegistryWatch.over(
            folder,
            OFTEN,
            (reference, version) -> {
              assertThat(reference).isEqualTo(prod);
              if (version.facts().version() == 3 && failures.getAndIncrement() == 0) {
                throw new IllegalStateException("not yet");
              }
              told.add(version.facts().version());
            })) {
      watch.add(prod, registry.show(prod));
      registry.promote(PackReference.parse("mood@2"), "prod");
      assertThat(next(told)).isEqualTo(2);
      // it is told again of what it could not take
      registry.promote(PackReference.parse("mood@3"), "prod");
      assertThat(next(told)).isEqualTo(3);
      assertThat(failures.get()).isEqualTo(2);
      // the registry goes away, changes, and comes back
      Files.move(folder, work.resolve("away"));
      Registry.open(work.resolve("away")).promote(PackReference.parse("mood@4"), "prod");
      Files.move(work.resolve("away"), folder);
      assertThat(next(told)).isEqualTo(4);
      registry.rollback("mood", "prod");
      assertThat(next(told)).isEqualTo(3);
      watch.remove(prod);
      assertThat(watch.watched()).isEmpty();
    }
    assertThat(told).isEmpty();
  }

  @Test
  void aReferenceThatIsNotThereYetIsWaitedFor() throws InterruptedException {
    Path folder = work.resolve("registry");
    BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
    try (RegistryWatch watch =
        RegistryWatch.over(
            folder, OFTEN, (reference, version) -> told.add(version.facts().version()))) {
      watch.add(PackReference.parse("mood"));
      Registry registry = Registry.openOrCreate(folder);
      registry.publish(SamplePacks.write(work.resolve("pack"), 1), "mood", "", Optional.empty());
      assertThat(next(told)).isEqualTo(1);
    }
  }
}
