package org.ptuning4j.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.ChildJvm;
import org.ptuning4j.pack.Pack;

/** Several processes publish at the same time, and processes are killed while they publish. */
class RegistryProcessesTest {

  private static final Pattern SAID = Pattern.compile("(published|promoted) (\\d+)");

  @TempDir private Path work;
  private Path folder;
  private Path pack;

  @BeforeEach
  void writePack() {
    folder = work.resolve("registry");
    pack = SamplePacks.write(work.resolve("pack"), 3);
  }

  private ChildJvm publisher(String log, int times) {
    return ChildJvm.start(
        work.resolve(log),
        PublishProcess.class,
        List.of(folder.toString(), pack.toString(), "mood", String.valueOf(times)));
  }

  @Test
  void nothingOfSeveralPublishersIsLost() {
    List<ChildJvm> publishers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      publishers.add(publisher("log" + i, 8));
    }
    List<Integer> numbers = new ArrayList<>();
    for (ChildJvm each : publishers) {
      assertThat(each.exitCode()).as(each.output()).isZero();
      numbers.addAll(said("published", each));
    }
    assertThat(numbers).containsExactlyInAnyOrderElementsOf(upTo(24));
    Registry registry = Registry.open(folder);
    assertThat(registry.versions("mood")).hasSize(24);
    assertThat(registry.history()).hasSizeGreaterThanOrEqualTo(48);
    assertWhole(registry);
  }

  @Test
  void killedTenTimes() {
    killed(10);
  }

  @Test
  @Tag("long")
  void killedTwoHundredTimes() {
    killed(200);
  }

  /** What a process said is there, what is there is whole, and the next one publishes as ever. */
  private void killed(int times) {
    Random random = new Random(7);
    int published = 0;
    int promoted = 0;
    for (int i = 0; i < times; i++) {
      try (ChildJvm child = publisher("log" + i, 10_000)) {
        assertThat(child.await(() -> !said("published", child).isEmpty()))
            .as(child.output())
            .isTrue();
        // the next number, or the one after it where the last process came as far as the log
        assertThat(said("published", child).get(0)).isBetween(published + 1, published + 2);
        pause(random.nextInt(40_000_000));
        child.kill();
        published = Math.max(published, last("published", child));
        promoted = Math.max(promoted, last("promoted", child));
      }
      Registry registry = Registry.open(folder);
      List<Integer> there =
          registry.versions("mood").stream().map(each -> each.facts().version()).sorted().toList();
      // the last one may be published although the process did not come to say so
      assertThat(there.size()).isBetween(published, published + 1);
      assertThat(there).isEqualTo(upTo(there.size()));
      int prod =
          registry
              .find(PackReference.parse("mood@prod"))
              .map(each -> each.facts().version())
              .orElse(0); // the first process may not have come so far
      assertThat(prod).isBetween(promoted, there.size());
      if (i % 10 == 9) {
        assertWhole(registry);
      }
      published = there.size();
    }
    int last = published;
    try (ChildJvm child = publisher("last", 1)) {
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertThat(said("published", child))
          .singleElement()
          .satisfies(next -> assertThat(next).isBetween(last + 1, last + 2));
    }
    assertWhole(Registry.open(folder));
    assertThat(folder.resolve("packs/mood").toFile().list())
        .noneMatch(name -> name.endsWith(".tmp"));
  }

  private static void pause(long nanoseconds) {
    java.util.concurrent.locks.LockSupport.parkNanos(nanoseconds);
  }

  private void assertWhole(Registry registry) {
    List<RegistryEvent> history = registry.history(); // whose numbers have no gap
    for (PublishedPack each : registry.versions("mood")) {
      PublishedPack verified = registry.verified(each.facts().reference(), Trust.anyone());
      assertThat(Pack.open(verified.folder()).facts().prompt()).containsEntry("length", 3);
      assertThat(history)
          .filteredOn(event -> event.action() == RegistryEvent.Action.PUBLISH)
          .filteredOn(event -> event.version() == each.facts().version())
          .singleElement()
          .satisfies(event -> assertThat(event.digest()).isEqualTo(each.digest()));
    }
    assertThat(Files.exists(folder.resolve("history.jsonl"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  private static List<Integer> said(String what, ChildJvm child) {
    List<Integer> numbers = new ArrayList<>();
    String output = child.output();
    for (String line : output.substring(0, output.lastIndexOf('\n') + 1).lines().toList()) {
      Matcher matcher = SAID.matcher(line);
      if (matcher.matches() && matcher.group(1).equals(what)) {
        numbers.add(Integer.parseInt(matcher.group(2)));
      }
    }
    return numbers;
  }

  private static int last(String what, ChildJvm child) {
    return said(what, child).stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }
}
