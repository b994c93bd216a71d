package org.ptuning4j.benchmarks.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Registry;

/**
 * Names in a registry that mean one pack and then another, so that a server which follows it loads
 * and drops packs all the time. Versions that are no longer needed are retired and purged.
 */
final class ChangingPacks {

  private static final String ALIAS = "prod";

  /** Until then a server may answer by the version before. */
  private static final long GRACE_NANOS = 5_000_000_000L;

  /** Versions that stay: nobody may be asked to load one that is deleted meanwhile. */
  private static final int KEPT = 4;

  private final Registry registry;
  private final List<Path> packs;
  private final Expected expected;
  private final List<AtomicReference<Meaning>> names = new ArrayList<>();
  private final AtomicLong changes = new AtomicLong();
  private final SplittableRandom random = new SplittableRandom(3);

  /** What a name means: packs by their number, and since when. */
  private record Meaning(int now, int before, long since) {}

  ChangingPacks(Path registry, List<Path> packs, Expected expected, int count) {
    this.registry = Registry.openOrCreate(registry);
    this.packs = packs;
    this.expected = expected;
    for (int i = 0; i < count; i++) {
      names.add(new AtomicReference<>(new Meaning(i % packs.size(), i % packs.size(), 0)));
      publish(i, i % packs.size());
    }
  }

  static String name(int index) {
    return "task-" + index;
  }

  int count() {
    return names.size();
  }

  long changes() {
    return changes.get();
  }

  private void publish(int index, int pack) {
    int version =
        registry.publish(packs.get(pack), name(index), "", Optional.empty()).facts().version();
    registry.promote(PackReference.of(name(index), version), ALIAS);
    changes.incrementAndGet();
    if (version > KEPT) {
      registry.retire(PackReference.of(name(index), version - KEPT));
      registry.purge(name(index));
    }
  }

  /** Has one of the names mean another pack. */
  void change() {
    int index = random.nextInt(names.size());
    Meaning was = names.get(index).get();
    if (System.nanoTime() - was.since() < 2 * GRACE_NANOS) {
      return; // a server may answer by one version before, not two
    }
    int next = (was.now() + 1 + random.nextInt(packs.size() - 1)) % packs.size();
    names.get(index).set(new Meaning(next, was.now(), System.nanoTime()));
    publish(index, next);
  }

  /**
   * Whether an answer is right: by the pack that the name means, or meant a moment ago.
   *
   * @param asked when the question was asked
   */
  boolean isRight(int index, int text, JsonNode answer, long asked) {
    Meaning meaning = names.get(index).get();
    return expected.isOf(meaning.now(), text, answer)
        || (asked - meaning.since() < GRACE_NANOS && expected.isOf(meaning.before(), text, answer));
  }
}
