package org.ptuning4j.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;

/** A registry in a bucket, seen from several machines: each has a mirror of its own. */
class BucketRegistryTest {

  private static final Duration SELDOM = Duration.ofHours(1);

  @TempDir private static Path packs;
  private static Path one;
  private static Path two;

  @TempDir private Path work;
  private final StoreInMemory store = new StoreInMemory();

  @BeforeAll
  static void writePacks() {
    one = SamplePacks.write(packs.resolve("one"), 1);
    two = SamplePacks.write(packs.resolve("two"), 2);
  }

  private BucketRegistry open(String machine) {
    return open(machine, SELDOM);
  }

  private BucketRegistry open(String machine, Duration every) {
    return BucketRegistry.open(store, work.resolve(machine), every);
  }

  private static int publish(BucketRegistry bucket, Path pack, String name) {
    return bucket.registry().publish(pack, name, "", Optional.empty()).facts().version();
  }

  private static int length(Registry registry, String reference) {
    Path folder = registry.verified(PackReference.parse(reference), Trust.anyone()).folder();
    return (int) Pack.open(folder).facts().prompt().get("length");
  }

  @Test
  void whatOnePublishesAnotherServes() {
    try (BucketRegistry here = open("here");
        BucketRegistry there = open("there")) {
      assertThat(publish(here, one, "mood")).isEqualTo(1);
      assertThat(publish(here, two, "mood")).isEqualTo(2);
      here.registry().promote(PackReference.of("mood", 1), "prod");
      assertThat(there.registry().names()).isEmpty();
      there.refresh();
      assertThat(length(there.registry(), "mood@prod")).isEqualTo(1);
      assertThat(length(there.registry(), "mood")).isEqualTo(2);
      there.registry().promote(PackReference.of("mood", 2), "prod");
      assertThat(there.registry().rollback("mood", "prod")).isEqualTo(1);
      here.refresh();
      assertThat(here.registry().history()).isEqualTo(there.registry().history()).hasSize(5);
      // Readers need not know that it is a mirror.
      assertThat(length(Registry.open(there.registry().folder()), "mood@prod")).isEqualTo(1);
    }
  }

  /**
   * Two machines change the same things at the same time: nothing is lost, no number is given
   * twice.
   */
  @Test
  void changesAtTheSameTimeAreMadeOneAfterTheOther() {
    try (BucketRegistry here = open("here");
        BucketRegistry there = open("there")) {
      List<CompletableFuture<List<Integer>>> machines =
          List.of(here, there).stream()
              .map(
                  machine ->
                      CompletableFuture.supplyAsync(
                          () ->
                              IntStream.range(0, 8)
                                  .mapToObj(i -> publish(machine, i % 2 == 0 ? one : two, "mood"))
                                  .toList()))
              .toList();
      List<Integer> numbers = new ArrayList<>();
      machines.forEach(machine -> numbers.addAll(machine.join()));
      assertThat(numbers)
          .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 16).boxed().toList());
      here.refresh();
      there.refresh();
      assertThat(here.registry().history()).isEqualTo(there.registry().history()).hasSize(16);
      for (int version = 1; version <= 16; version++) {
        String reference = "mood@" + version;
        assertThat(length(here.registry(), reference))
            .isEqualTo(length(there.registry(), reference));
      }
    }
  }

  @Test
  void aliasesAreFollowed() throws InterruptedException {
    try (BucketRegistry here = open("here");
        BucketRegistry there = open("there", Duration.ofMillis(20))) {
      publish(here, one, "mood");
      here.registry().promote(PackReference.of("mood", 1), "prod");
      RegistryPacks served =
          new RegistryPacks(there.registry().folder(), Optional.of("prod"), Trust.anyone());
      for (int i = 0; i < 500 && served.names().isEmpty(); i++) {
        Thread.sleep(20);
      }
      assertThat(served.names()).containsExactly("mood");
      store.setAway(true);
      Thread.sleep(100); // several looks
      assertThat(served.folder("mood")).isPresent();
      assertThatThrownBy(() -> publish(here, two, "mood")).isInstanceOf(UncheckedIOException.class);
      store.setAway(false);
      assertThat(publish(here, two, "mood")).isEqualTo(2);
    }
  }

  @Test
  void signaturesComeAlong() {
    Trust trust = Trust.signedBy(List.of(SigningKey.generate(work.resolve("key"))));
    SigningKey key = SigningKey.read(work.resolve("key"));
    try (BucketRegistry here = open("here")) {
      here.registry().publish(one, "mood", "", Optional.of(key));
      publish(here, two, "mood");
    }
    try (BucketRegistry there = open("there")) {
      assertThat(there.registry().verified(PackReference.of("mood", 1), trust).facts().version())
          .isEqualTo(1);
      assertThatThrownBy(() -> there.registry().verified(PackReference.of("mood", 2), trust))
          .hasMessageContaining("not signed");
    }
  }

  @Test
  void whatIsPurgedIsNotCopied() {
    try (BucketRegistry here = open("here");
        BucketRegistry there = open("there")) {
      publish(here, one, "mood");
      publish(here, two, "mood");
      there.refresh();
      here.registry().retire(PackReference.of("mood", 1));
      assertThat(here.registry().purge("mood")).containsExactly(1);
      there.refresh();
      assertThat(there.registry().place("mood", 1)).doesNotExist();
      assertThat(length(there.registry(), "mood")).isEqualTo(2);
    }
    try (BucketRegistry late = open("late")) {
      assertThat(late.registry().place("mood", 1)).doesNotExist();
      assertThat(late.registry().versions("mood")).hasSize(1);
    }
  }

  private static String tensors(BucketRegistry bucket, int version) {
    return "objects/"
        + bucket
            .registry()
            .show(PackReference.of("mood", version))
            .facts()
            .files()
            .get("prompt.safetensors")
            .sha256();
  }

  /** What a purged version alone needs is gone from the bucket; what others have stays. */
  @Test
  void aPurgeDeletesWhatNobodyElseNeeds() {
    try (BucketRegistry here = open("here")) {
      SigningKey.generate(work.resolve("key"));
      SigningKey key = SigningKey.read(work.resolve("key"));
      here.registry().publish(one, "mood", "", Optional.of(key));
      publish(here, two, "mood");
      publish(here, two, "mood");
      String ofOne = tensors(here, 1);
      String ofTwo = tensors(here, 2);
      here.registry().retire(PackReference.of("mood", 1));
      here.registry().retire(PackReference.of("mood", 2));
      assertThat(store.objects()).hasSize(9); // the log, 3 pages, a signature, 2 files of 2 packs
      assertThat(here.registry().purge("mood")).containsExactly(1, 2);
      assertThat(store.objects()).doesNotContainKey(ofOne).containsKey(ofTwo).hasSize(4);
    }
    try (BucketRegistry late = open("late")) {
      assertThat(length(late.registry(), "mood")).isEqualTo(2);
    }
  }

  /** A store that does something between a write of the log and what follows it. */
  private static final class Interrupted implements ObjectStore {
    private final StoreInMemory store;
    private final AtomicReference<Runnable> afterLog = new AtomicReference<>();
    private final AtomicReference<Runnable> beforeLog = new AtomicReference<>();

    Interrupted(StoreInMemory store) {
      this.store = store;
    }

    private static void run(AtomicReference<Runnable> what) {
      Optional.ofNullable(what.getAndSet(null)).ifPresent(Runnable::run);
    }

    @Override
    public Optional<String> replace(String key, String tag, String content) {
      run(beforeLog);
      Optional<String> replaced = store.replace(key, tag, content);
      run(afterLog);
      return replaced;
    }

    @Override
    public Optional<Stored> get(String key) {
      return store.get(key);
    }

    @Override
    public Optional<String> tag(String key) {
      return store.tag(key);
    }

    @Override
    public boolean create(String key, Path file) {
      return store.create(key, file);
    }

    @Override
    public Optional<String> create(String key, String content) {
      return store.create(key, content);
    }

    @Override
    public boolean copy(String key, Path file) {
      return store.copy(key, file);
    }

    @Override
    public void delete(String key) {
      store.delete(key);
    }

    @Override
    public String place() {
      return store.place();
    }
  }

  /** The same pack is published again while a purge deletes its files. */
  @Test
  void whatIsWantedAgainComesBack() {
    Interrupted purging = new Interrupted(store);
    try (BucketRegistry here = open("here");
        BucketRegistry there = BucketRegistry.open(purging, work.resolve("there"), SELDOM)) {
      publish(here, one, "mood");
      here.registry().retire(PackReference.of("mood", 1));
      purging.afterLog.set(() -> publish(here, one, "mood")); // before the files are deleted
      assertThat(there.registry().purge("mood")).containsExactly(1);
    }
    try (BucketRegistry late = open("late")) {
      assertThat(length(late.registry(), "mood@2")).isEqualTo(1);
    }
  }

  /** A purge deletes what a publication has found to be there, before the log speaks of it. */
  @Test
  void whatWasDeletedDuringAPublicationComesBack() {
    Interrupted publishing = new Interrupted(store);
    try (BucketRegistry here = open("here");
        BucketRegistry there = BucketRegistry.open(publishing, work.resolve("there"), SELDOM)) {
      publish(here, one, "mood");
      String tensors = tensors(here, 1);
      publishing.beforeLog.set(() -> store.delete(tensors));
      assertThat(publish(there, one, "mood")).isEqualTo(2);
      assertThat(store.objects()).containsKey(tensors);
    }
  }

  /** A file that was changed in the bucket is never served, and those beside it are whole. */
  @Test
  void damagedObjectsAreNotTaken() {
    try (BucketRegistry here = open("here")) {
      publish(here, one, "mood");
      String tensors =
          here.registry()
              .versions("mood")
              .get(0)
              .facts()
              .files()
              .get("prompt.safetensors")
              .sha256();
      store.objects().put("objects/" + tensors, new ObjectStore.Stored("damaged", "other"));
      assertThatThrownBy(() -> open("there"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("is damaged");
      store.objects().remove("objects/" + tensors);
      assertThatThrownBy(() -> open("elsewhere"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("lacks objects/" + tensors);
    }
    assertThat(Registry.open(work.resolve("there")).names()).isEmpty();
  }

  @Test
  void aMirrorIsChangedInItsBucketOnly() throws Exception {
    try (BucketRegistry here = open("here")) {
      publish(here, one, "mood");
      Registry folder = Registry.open(here.registry().folder());
      assertThatThrownBy(() -> folder.publish(two, "mood", "", Optional.empty()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("is a mirror of memory:");
      assertThatThrownBy(() -> folder.promote(PackReference.of("mood", 1), "prod"))
          .hasMessageContaining("is a mirror of memory:");
      assertThat(folder.history()).hasSize(1);
    }
    Registry.openOrCreate(work.resolve("plain")).publish(one, "mood", "", Optional.empty());
    assertThatThrownBy(() -> open("plain"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is a registry, not a mirror of memory:");
    store.objects().clear();
    assertThatThrownBy(() -> open("here"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mirrors another bucket");
    assertThat(Files.exists(work.resolve("here/history.jsonl"))).isTrue();
  }
}
