package org.ptuning4j.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.registry.RegistryEvent.Action;

/** Versions, aliases, what is checked, and names that would lead elsewhere. */
class RegistryTest {

  @TempDir private static Path packs;
  private static Path one;
  private static Path two;

  @TempDir private Path work;
  private Path folder;
  private Registry registry;

  @BeforeAll
  static void writePacks() {
    one = SamplePacks.write(packs.resolve("one"), 1);
    two = SamplePacks.write(packs.resolve("two"), 2);
  }

  @BeforeEach
  void create() {
    folder = work.resolve("registry");
    registry = Registry.openOrCreate(folder);
  }

  private PublishedPack publish(Path pack, String name) {
    return registry.publish(pack, name, "", Optional.empty());
  }

  private PublishedPack verified(String reference) {
    return registry.verified(PackReference.parse(reference), Trust.anyone());
  }

  private int length(String reference) {
    return (int) Pack.open(verified(reference).folder()).facts().prompt().get("length");
  }

  @Test
  void versionsAreNumberedAndStayAsTheyWere() {
    assertThat(publish(one, "mood").facts().version()).isEqualTo(1);
    PublishedPack second = registry.publish(two, "mood", "better", Optional.empty());
    assertThat(second.facts().version()).isEqualTo(2);
    assertThat(second.facts().note()).isEqualTo("better");
    assertThat(second.facts().backbone().weightsSha256())
        .isEqualTo(Pack.open(two).facts().backbone().weightsSha256());
    assertThat(length("mood@1")).isEqualTo(1);
    assertThat(length("mood")).isEqualTo(2);
    assertThat(Registry.open(folder).names()).containsExactly("mood");
    assertThat(registry.versions("mood"))
        .extracting(each -> each.facts().version())
        .containsExactly(2, 1);
  }

  @Test
  void aliasesMoveAndMoveBack() {
    publish(one, "mood");
    publish(two, "mood");
    registry.promote(PackReference.parse("mood@1"), "prod");
    assertThat(length("mood@prod")).isEqualTo(1);
    registry.promote(PackReference.parse("mood"), "prod");
    registry.promote(PackReference.parse("mood@2"), "prod"); // which changes nothing
    assertThat(length("mood@prod")).isEqualTo(2);
    assertThat(registry.show(PackReference.parse("mood@2")).aliases()).containsExactly("prod");
    assertThat(registry.rollback("mood", "prod")).isEqualTo(1);
    assertThat(length("mood@prod")).isEqualTo(1);
    assertThatThrownBy(() -> registry.rollback("mood", "prod"))
        .hasMessage("alias: prod of mood pointed nowhere before");
    assertThat(registry.history())
        .extracting(RegistryEvent::action)
        .containsExactly(
            Action.PUBLISH, Action.PUBLISH, Action.PROMOTE, Action.PROMOTE, Action.ROLLBACK);
  }

  @Test
  void whatIsRetiredIsNotFoundAndGoesWhenPurged() {
    publish(one, "mood");
    publish(two, "mood");
    registry.promote(PackReference.parse("mood@2"), "prod");
    assertThatThrownBy(() -> registry.retire(PackReference.parse("mood@prod")))
        .hasMessage("version: mood@2 is what prod points to; promote another first");
    registry.promote(PackReference.parse("mood@1"), "prod");
    registry.retire(PackReference.parse("mood@2"));
    assertThat(length("mood")).isEqualTo(1);
    assertThatThrownBy(() -> verified("mood@2"))
        .hasMessage(
            "pack: mood@2 is version 2, which is retired; mood has the versions 1 and the aliases"
                + " prod");
    assertThatThrownBy(() -> registry.rollback("mood", "prod")).hasMessageContaining("is retired");
    assertThat(registry.search(PackSearch.all())).hasSize(1);
    assertThat(folder.resolve("packs/mood/2/prompt.json")).exists();
    assertThat(registry.purge("mood")).containsExactly(2);
    assertThat(folder.resolve("packs/mood/2")).doesNotExist();
    assertThatThrownBy(() -> verified("mood@2"))
        .hasMessage(
            "pack: mood@2 was retired, and its files are deleted; mood has the versions 1 and the"
                + " aliases prod");
    assertThat(publish(two, "mood").facts().version()).isEqualTo(3); // no number comes twice
  }

  @Test
  void versionsAreFoundByWhatTheyAre() {
    publish(one, "mood");
    PublishedPack found = registry.versions("mood").get(0);
    VersionFacts facts = found.facts();
    assertThat(registry.search(search(facts.task(), facts.method(), "", Map.of()))).hasSize(1);
    assertThat(registry.search(search(facts.kind(), facts.method(), "", Map.of()))).hasSize(1);
    assertThat(registry.search(search("other", facts.method(), "", Map.of()))).isEmpty();
    String hash = facts.backbone().weightsSha256().substring(0, 8);
    assertThat(registry.search(search(facts.task(), facts.method(), hash, Map.of()))).hasSize(1);
    assertThat(registry.search(search(facts.task(), facts.method(), "zz", Map.of()))).isEmpty();
    facts
        .metrics()
        .forEach(
            (metric, value) -> {
              PackSearch equal = search(facts.task(), facts.method(), "", Map.of(metric, value));
              PackSearch more =
                  search(facts.task(), facts.method(), "", Map.of(metric, value + 1e-9));
              assertThat(registry.search(equal)).hasSize(1);
              assertThat(registry.search(more)).isEmpty();
            });
    assertThat(facts.metrics()).isNotEmpty();
    assertThat(registry.search(search(facts.task(), facts.method(), "", Map.of("bleu", 0.0))))
        .isEmpty();
  }

  private static PackSearch search(
      String task, String method, String backbone, Map<String, Double> metrics) {
    return new PackSearch(
        Optional.of(task),
        Optional.of(method),
        backbone.isEmpty() ? Optional.empty() : Optional.of(backbone),
        metrics);
  }

  static Stream<String> namesThatLeadElsewhere() {
    return Stream.of(
        "",
        ".",
        "..",
        "../other",
        "a/b",
        "a\\b",
        "/etc/passwd",
        "C:\\x",
        "%2e%2e",
        "a%2fb",
        "a\0b",
        "mood\n",
        "Mood",
        "møod",
        "mo\u200Bod",
        "\uFF0E\uFF0E",
        "mood ",
        ".hidden",
        "-option",
        "con",
        "nul",
        "com1",
        "lpt9",
        "a.b",
        "a".repeat(65),
        "a".repeat(10_000));
  }

  @ParameterizedTest
  @MethodSource("namesThatLeadElsewhere")
  void aNameIsNoPath(String name) throws IOException {
    assertThatThrownBy(() -> publish(one, name)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> PackReference.parse(name)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> registry.purge(name)).isInstanceOf(InvalidInputException.class);
    publish(one, "mood");
    assertThatThrownBy(() -> registry.promote(PackReference.parse("mood"), name))
        .isInstanceOf(InvalidInputException.class)
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(400));
    try (Stream<Path> files = Files.list(folder.resolve("packs"))) {
      assertThat(files).containsExactly(folder.resolve("packs/mood"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "1", "007"})
  void anAliasIsToldFromAVersion(String alias) {
    publish(one, "mood");
    assertThatThrownBy(() -> registry.promote(PackReference.parse("mood"), alias))
        .hasMessageContaining("stands for a version already");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mood@", "mood@0", "mood@2", "mood@prod", "mood@-1", "mood@1@1", "other"})
  void whatIsNotThereIsNotFound(String reference) {
    publish(one, "mood");
    assertThatThrownBy(() -> verified(reference)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aNameUnderWhichNothingIsPublishedIsSaid() {
    assertThatThrownBy(() -> verified("mood"))
        .hasMessage("pack: nothing is published as 'mood'; the registry is empty");
    publish(one, "mood");
    publish(one, "topic");
    assertThatThrownBy(() -> verified("moood@3"))
        .hasMessage("pack: nothing is published as 'moood'; is it 'mood'?; there are mood, topic");
    assertThatThrownBy(() -> verified("mood@7"))
        .hasMessage(
            "pack: there is no mood@7 in the registry; mood has the versions 1 and the aliases"
                + " (none)");
    assertThatThrownBy(() -> registry.purge("other")).hasMessageContaining("nothing is published");
    assertThatThrownBy(() -> registry.rollback("other", "prod"))
        .hasMessageContaining("nothing is published");
  }

  /** The folder of a publication that was killed goes with the next one; one at work stays. */
  @Test
  void whatAKilledPublicationLeftIsDeleted() throws IOException {
    publish(one, "mood");
    Path mood = folder.resolve("packs/mood");
    Path left =
        Files.createDirectory(mood.resolve(".0a1b2c3d-0000-4000-8000-000000000000-1f-2e.tmp"));
    Files.writeString(left.resolve("lock"), "");
    Files.writeString(left.resolve("prompt.json"), "half");
    Path older = Files.createDirectory(mood.resolve(".0a1b2c3d-0000-4000-8000-000000000001.tmp"));
    Path other = Files.createDirectory(mood.resolve(".not-ours.tmp"));
    try (Publication atWork = Publication.begin(mood)) {
      publish(one, "topic");
      assertThat(atWork.folder().folder()).exists();
    }
    assertThat(left).doesNotExist();
    assertThat(older).doesNotExist();
    assertThat(other).exists();
    assertThat(length("mood@1")).isEqualTo(1);
  }

  @Test
  void changedFilesAreFound() throws IOException {
    publish(one, "mood");
    Path version = folder.resolve("packs/mood/1");
    Path tensors = version.resolve("prompt.safetensors");
    byte[] before = Files.readAllBytes(tensors);
    byte[] changed = before.clone();
    changed[changed.length - 1] ^= 1;
    Files.write(tensors, changed);
    assertThatThrownBy(() -> verified("mood"))
        .hasMessageContaining("prompt.safetensors is damaged");
    Files.write(tensors, before);
    verified("mood");
    Files.writeString(version.resolve("more.txt"), "x");
    assertThatThrownBy(() -> verified("mood")).hasMessageContaining("more.txt was not published");
    Files.delete(version.resolve("more.txt"));
    Files.writeString(
        version.resolve("version.json"),
        Files.readString(version.resolve("version.json"))
            .replace("\"version\" : 1", "\"version\" : 1 "));
    assertThatThrownBy(() -> verified("mood")).hasMessageContaining("version.json is damaged");
    assertThat(registry.names()).containsExactly("mood");
  }

  /** A version's folder under another number is not that version. */
  @Test
  void versionsCannotBeExchanged() throws IOException {
    publish(one, "mood");
    publish(two, "mood");
    Path versions = folder.resolve("packs/mood");
    Files.move(versions.resolve("1"), versions.resolve("x"));
    Files.move(versions.resolve("2"), versions.resolve("1"));
    assertThatThrownBy(() -> verified("mood@1")).hasMessageContaining("is damaged");
  }

  @Test
  void symbolicLinksAreNotFollowed() throws IOException {
    publish(one, "mood");
    Path tensors = folder.resolve("packs/mood/1/prompt.safetensors");
    Files.move(tensors, work.resolve("elsewhere"));
    Files.createSymbolicLink(tensors, work.resolve("elsewhere"));
    assertThatThrownBy(() -> verified("mood")).hasMessageContaining("is no plain file");
    Path linked = Files.createDirectory(work.resolve("linked"));
    Files.copy(one.resolve("prompt.json"), linked.resolve("prompt.json"));
    Files.createSymbolicLink(
        linked.resolve("prompt.safetensors"), one.resolve("prompt.safetensors"));
    assertThatThrownBy(() -> publish(linked, "linked")).hasMessageContaining("is no plain file");
    assertThat(registry.names()).containsExactly("mood");
  }

  @Test
  void aLineThatWasNotFinishedDidNotHappen() throws IOException {
    publish(one, "mood");
    Files.writeString(
        folder.resolve("history.jsonl"), "{\"sequence\":2,\"at\":\"20", StandardOpenOption.APPEND);
    assertThat(registry.history()).hasSize(1);
    assertThat(publish(two, "mood").facts().version()).isEqualTo(2);
    assertThat(registry.history()).hasSize(2);
    assertThat(Files.readString(folder.resolve("history.jsonl"))).doesNotContain("\"20{");
  }

  /** Killed after the line was written and before anything else was. */
  @Test
  void aLineThatWasFinishedDidHappen() throws IOException {
    publish(one, "mood");
    publish(two, "mood");
    byte[] state = Files.readAllBytes(folder.resolve("packs/mood/state.json"));
    registry.promote(PackReference.parse("mood@1"), "prod");
    Files.write(folder.resolve("packs/mood/state.json"), state);
    registry.promote(PackReference.parse("mood@2"), "test");
    assertThat(length("mood@prod")).isEqualTo(1);
    assertThat(length("mood@test")).isEqualTo(2);
  }

  /** Killed after the folder took its name and before the line was written. */
  @Test
  void aFolderWithoutALineIsNotPublished() throws IOException {
    publish(one, "mood");
    Path left = Files.createDirectory(folder.resolve("packs/mood/2"));
    Files.writeString(left.resolve("prompt.json"), "half");
    assertThat(registry.versions("mood")).hasSize(1);
    assertThat(publish(two, "mood").facts().version()).isEqualTo(2);
    assertThat(length("mood@2")).isEqualTo(2);
  }

  @Test
  void linesTakenOutOfTheLogAreNoticed() throws IOException {
    publish(one, "mood");
    publish(two, "mood");
    Path log = folder.resolve("history.jsonl");
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    Files.writeString(log, lines.get(1) + "\n");
    assertThatThrownBy(() -> registry.history())
        .hasMessageContaining("line 1 has the sequence number 2");
  }

  @Test
  void anotherFolderIsNoRegistry() throws IOException {
    assertThatThrownBy(() -> Registry.open(one)).hasMessageContaining("is no registry");
    assertThatThrownBy(() -> Registry.openOrCreate(one)).hasMessageContaining("holds other files");
    Files.writeString(folder.resolve("registry.json"), "{\"format\":\"ptuning4j-registry/2\"}");
    assertThatThrownBy(() -> Registry.open(folder))
        .hasMessageContaining("format is 'ptuning4j-registry/2'");
  }

  @Test
  void aDamagedPackIsNotPublished() throws IOException {
    Path damaged = Files.createDirectory(work.resolve("damaged"));
    Files.copy(one.resolve("prompt.json"), damaged.resolve("prompt.json"));
    Files.copy(two.resolve("prompt.safetensors"), damaged.resolve("prompt.safetensors"));
    assertThatThrownBy(() -> publish(damaged, "mood")).hasMessageContaining("is damaged");
    assertThat(registry.names()).isEmpty();
    assertThat(registry.history()).isEmpty();
  }

  @Test
  void signedVersionsAreToldFromOthers() throws IOException {
    Path file = work.resolve("key");
    TrustedKey trusted = SigningKey.generate(file);
    SigningKey.generate(work.resolve("other"));
    SigningKey key = SigningKey.read(file);
    publish(one, "plain");
    PublishedPack signed = registry.publish(two, "signed", "", Optional.of(key));
    assertThat(signed.key()).contains(trusted.id());
    Trust trust = Trust.signedBy(List.of(TrustedKey.read(work.resolve("key.pub"))));
    registry.verified(PackReference.parse("signed"), trust);
    assertThatThrownBy(() -> registry.verified(PackReference.parse("plain"), trust))
        .hasMessageContaining("is not signed");
    Trust others = Trust.signedBy(List.of(TrustedKey.read(work.resolve("other.pub"))));
    assertThatThrownBy(() -> registry.verified(PackReference.parse("signed"), others))
        .hasMessageContaining("is signed by the key " + trusted.id());
    // a signature of another version
    PublishedPack second = registry.publish(one, "signed", "", Optional.of(key));
    Files.copy(
        signed.folder().resolve("signature.json"),
        second.folder().resolve("signature.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> registry.verified(PackReference.parse("signed@2"), trust))
        .hasMessageContaining("is signed by the key");
  }

  @Test
  void keysAreForTheirOwnerAndBelongTogether() throws IOException {
    Path file = work.resolve("key");
    SigningKey.generate(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> SigningKey.generate(file)).hasMessageContaining("cannot be written");
    SigningKey.generate(work.resolve("other"));
    Files.copy(
        work.resolve("other.pub"),
        work.resolve("key.pub"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> SigningKey.read(file)).hasMessageContaining("do not belong together");
    assertThatThrownBy(() -> TrustedKey.read(file)).hasMessageContaining("holds no public key");
  }
}
