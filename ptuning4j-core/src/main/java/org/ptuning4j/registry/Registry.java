package org.ptuning4j.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * A folder of published packs. A version never changes; aliases such as {@code prod} point to
 * versions and can be moved and moved back. Whatever changes is first a line of the audit log, in
 * one write that is forced to the disk: a process that is killed at any moment leaves the change
 * done or not begun, and several processes may publish at the same time.
 *
 * <pre>
 * registry.json  lock  history.jsonl
 * packs/NAME/state.json
 * packs/NAME/3/version.json  signature.json  prompt.json  prompt.safetensors
 * </pre>
 */
public final class Registry {

  private static final String FACTS = "prompt.json";

  private final RegistryFiles files;
  private final PublishedPacks published;
  private final Clock clock;
  private final Upstream upstream;

  private Registry(RegistryFiles files, Clock clock, Upstream upstream) {
    this.files = files;
    this.published = new PublishedPacks(files);
    this.clock = clock;
    this.upstream = upstream;
  }

  /**
   * Opens a registry.
   *
   * @throws InvalidInputException if the folder is none
   */
  public static Registry open(Path folder) {
    RegistryFiles files = new RegistryFiles(folder);
    new RegistryMarks(files).require();
    return new Registry(files, Clock.systemUTC(), Upstream.NONE);
  }

  /**
   * Opens a registry, or makes a new one.
   *
   * @throws InvalidInputException if the folder holds something else
   */
  public static Registry openOrCreate(Path folder) {
    new RegistryMarks(new RegistryFiles(folder)).createIfMissing();
    return open(folder);
  }

  /** Its folder. */
  public Path folder() {
    return files.root();
  }

  /**
   * Publishes a pack as the next version of a name.
   *
   * @param pack the pack's folder
   * @param name what to publish it as
   * @param note what to say of it; may be empty
   * @param key whose signature it gets, if any
   * @throws InvalidInputException if the folder is no whole pack, or the name is none
   * @throws UncheckedIOException if a file cannot be written; nothing is published then
   */
  public PublishedPack publish(Path pack, String name, String note, Optional<SigningKey> key) {
    RegistryName.ofPack(name);
    Pack opened = Pack.open(pack);
    List<String> names = new ArrayList<>(List.of(FACTS));
    names.addAll(opened.facts().tensors().keySet());
    RegistryFiles.makeFolder(files.pack(name));
    try (Publication publication = changed(() -> begin(name))) {
      VersionFolder temporary = publication.folder();
      Map<String, VersionFacts.FileFacts> copied = temporary.copy(pack, names);
      Pack whole = Pack.open(temporary.folder()); // what was copied is what is published
      int version =
          changed(
              () -> {
                publication.complete();
                return commit(name, note, key, whole, copied, temporary);
              });
      return show(PackReference.of(name, version));
    }
  }

  /** What publications left that were killed is deleted first. */
  private Publication begin(String name) {
    files.names().forEach(each -> Publication.deleteAbandoned(files.pack(each)));
    return Publication.begin(files.pack(name));
  }

  private int commit(
      String name,
      String note,
      Optional<SigningKey> key,
      Pack pack,
      Map<String, VersionFacts.FileFacts> copied,
      VersionFolder temporary) {
    int version = files.stateOf(name).last() + 1;
    VersionFacts facts =
        VersionFacts.of(
            name,
            version,
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            user(),
            note,
            pack.facts(),
            copied);
    String digest = temporary.describe(facts, key);
    AtomicFile.forceFolder(temporary.folder());
    Path target = files.version(name, version);
    new VersionFolder(target).delete(); // left by a process that was killed before it was published
    move(temporary.folder(), target);
    String keyId = key.map(signing -> signing.open().id()).orElse(null);
    try {
      record(RegistryEvent.Action.PUBLISH, name, version, null, digest, keyId);
    } catch (UncheckedIOException e) {
      new VersionFolder(target).delete();
      throw e;
    } catch (Upstream.Overtaken e) {
      move(target, temporary.folder()); // it gets another number
      throw e;
    }
    return version;
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot publish " + to + ": " + FailureReason.of(e), e);
    }
    AtomicFile.forceFolder(to.getParent());
  }

  /**
   * Points an alias to a version.
   *
   * @throws InvalidInputException if there is no such version, it is retired, or its files are not
   *     as they were published
   */
  public void promote(PackReference reference, String alias) {
    RegistryName.ofAlias(alias);
    changed(
        () -> {
          NameState state = published.known(reference.name());
          int version = state.resolve(reference);
          verified(PackReference.of(reference.name(), version), Trust.anyone());
          if (state.alias(alias).orElse(0) != version) {
            record(RegistryEvent.Action.PROMOTE, reference.name(), version, alias, null, null);
          }
          return version;
        });
  }

  /**
   * Points an alias to where it pointed before.
   *
   * @return the version to which it points now
   * @throws InvalidInputException if it pointed nowhere before, or that version is gone
   */
  public int rollback(String name, String alias) {
    RegistryName.ofPack(name);
    RegistryName.ofAlias(alias);
    return changed(
        () -> {
          NameState state = published.known(name);
          int version =
              state
                  .before(alias)
                  .orElseThrow(
                      () ->
                          InvalidInputException.of(
                              "alias: %s of %s pointed nowhere before", alias, name));
          state.resolve(PackReference.of(name, version));
          record(RegistryEvent.Action.ROLLBACK, name, version, alias, null, null);
          return version;
        });
  }

  /**
   * Marks a version as one that is not to be used any more; its files stay.
   *
   * @throws InvalidInputException if there is no such version, or an alias points to it
   */
  public void retire(PackReference reference) {
    changed(
        () -> {
          NameState state = published.known(reference.name());
          int version = state.resolve(reference);
          List<String> aliases = state.aliasesOf(version);
          if (!aliases.isEmpty()) {
            throw InvalidInputException.of(
                "version: %s@%d is what %s points to; promote another first",
                reference.name(), version, String.join(", ", aliases));
          }
          record(RegistryEvent.Action.RETIRE, reference.name(), version, null, null, null);
          return version;
        });
  }

  /**
   * Deletes the files of all retired versions of a name.
   *
   * @return their numbers, which are not given again
   */
  public List<Integer> purge(String name) {
    RegistryName.ofPack(name);
    return changed(
        () -> {
          List<Integer> retired =
              published.known(name).versions().entrySet().stream()
                  .filter(version -> version.getValue().retired())
                  .map(Map.Entry::getKey)
                  .toList();
          for (int version : retired) {
            record(RegistryEvent.Action.PURGE, name, version, null, null, null);
            new VersionFolder(files.version(name, version)).delete();
          }
          return retired;
        });
  }

  /** Changes something as the only one who does, after what a killed process left is completed. */
  private <T> T changed(Supplier<T> change) {
    if (upstream == Upstream.NONE) {
      new RegistryMarks(files).requireDecidedHere();
    }
    return RegistryLock.whileHeld(
        files.lock(),
        () -> {
          while (true) {
            refreshed();
            try {
              return change.get();
            } catch (Upstream.Overtaken e) {
              // Again, over what was changed meanwhile.
            }
          }
        });
  }

  private void refreshed() {
    files.history().last().ifPresent(this::apply);
    upstream.refresh(this);
  }

  /**
   * The same registry, whose changes something else decides.
   *
   * @param place what that is, in words; the folder keeps it, and is changed in no other way then
   */
  Registry decidedBy(String place, Upstream other) {
    return RegistryLock.whileHeld(
        files.lock(),
        () -> {
          new RegistryMarks(files).mirror(place);
          return new Registry(files, clock, other);
        });
  }

  /** Brings the folder up to what has happened elsewhere. */
  void refresh() {
    RegistryLock.whileHeld(
        files.lock(),
        () -> {
          refreshed();
          return files.root();
        });
  }

  /** Writes down what has happened elsewhere; the caller has the lock. */
  void follow(RegistryEvent event) {
    RegistryFiles.makeFolder(files.pack(event.name()));
    files.history().append(event);
    apply(event);
    if (event.action() == RegistryEvent.Action.PURGE) {
      new VersionFolder(files.version(event.name(), event.version())).delete();
    }
  }

  /** Where the files of a version are. */
  Path place(String name, int version) {
    return files.version(name, version);
  }

  private void record(
      RegistryEvent.Action action,
      String name,
      int version,
      String alias,
      String digest,
      String key) {
    long sequence = files.history().last().map(RegistryEvent::sequence).orElse(0L) + 1;
    RegistryEvent event =
        new RegistryEvent(
            sequence,
            clock.instant().truncatedTo(ChronoUnit.MILLIS).toString(),
            user(),
            action,
            name,
            version,
            alias,
            digest,
            key);
    upstream.commit(this, event);
    long before = files.history().append(event);
    try {
      apply(event);
    } catch (UncheckedIOException e) {
      files.history().takeBack(before); // such as on a full disk; nobody has seen it
      throw e;
    }
  }

  /** Brings what is published under a name up to the audit log. */
  private void apply(RegistryEvent event) {
    NameState state = files.stateOf(event.name());
    NameState after = state.after(event);
    if (after.sequence() > state.sequence()) {
      byte[] page = RegistryJson.page(after);
      AtomicFile.write(files.state(event.name()), out -> out.write(page));
    }
  }

  private static String user() {
    return System.getProperty("user.name", "");
  }

  /** The names under which packs are published, sorted. */
  public List<String> names() {
    return published.names();
  }

  /** All versions of a name that are there, the newest first. */
  public List<PublishedPack> versions(String name) {
    return published.versions(name);
  }

  /** The versions that are looked for, retired ones apart. */
  public List<PublishedPack> search(PackSearch search) {
    return published.search(search);
  }

  /**
   * What the registry says of a version; its files are not looked at.
   *
   * @throws InvalidInputException if there is no such version, or it is retired
   */
  public PublishedPack show(PackReference reference) {
    return published.show(reference);
  }

  /** The same; empty if there is no such version, or it is retired. */
  public Optional<PublishedPack> find(PackReference reference) {
    return published.find(reference);
  }

  /**
   * A version whose every file was read and is the one that was published.
   *
   * @throws InvalidInputException if there is no such version, it is retired, a file is damaged, or
   *     it is not trusted
   */
  public PublishedPack verified(PackReference reference, Trust trust) {
    return published.verified(reference, trust);
  }

  /** {@link #verified} of a version; empty if there is none, or it is retired. */
  public Optional<PublishedPack> findVerified(PackReference reference, Trust trust) {
    return published.findVerified(reference, trust);
  }

  /**
   * Copies a version's pack out of the registry.
   *
   * @param target a new folder
   * @throws InvalidInputException as {@link #verified}, or if there is something at the target
   */
  public PublishedPack pull(PackReference reference, Trust trust, Path target) {
    return published.pull(reference, trust, target);
  }

  /** The audit log. */
  public List<RegistryEvent> history() {
    return files.history().events();
  }
}
