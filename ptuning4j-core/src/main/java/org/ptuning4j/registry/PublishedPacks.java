package org.ptuning4j.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.tensor.file.AtomicFolder;

/**
 * What a registry's folder holds: names, their versions, and whether files are those that were
 * published. Nothing here changes anything.
 *
 * @param files of the folder
 */
record PublishedPacks(RegistryFiles files) {

  /** So many names are listed in a message at most. */
  private static final int LISTED = 20;

  /**
   * What is published under a name.
   *
   * @throws InvalidInputException if nothing is
   */
  NameState known(String name) {
    NameState state = files.stateOf(name);
    if (state.last() == 0) {
      List<String> names = names();
      throw InvalidInputException.of(
          "pack: nothing is published as '%s'%s; %s",
          name,
          Spelling.closest(name, names).map(near -> "; is it '%s'?".formatted(near)).orElse(""),
          names.isEmpty()
              ? "the registry is empty"
              : names.size() > LISTED
                  ? "there are " + names.size() + " names"
                  : "there are " + String.join(", ", names));
    }
    return state;
  }

  /** The names under which packs are published, sorted. */
  List<String> names() {
    return files.names().stream().filter(name -> files.stateOf(name).last() > 0).toList();
  }

  /** All versions of a name that are there, the newest first. */
  List<PublishedPack> versions(String name) {
    NameState state = known(name);
    return state.versions().descendingKeySet().stream()
        .map(version -> published(name, version, state))
        .toList();
  }

  /** The versions that are looked for, retired ones apart. */
  List<PublishedPack> search(PackSearch search) {
    return names().stream()
        .flatMap(name -> versions(name).stream())
        .filter(version -> !version.retired() && search.matches(version.facts()))
        .toList();
  }

  /**
   * What the registry says of a version; its files are not looked at.
   *
   * @throws InvalidInputException if there is no such version, or it is retired
   */
  PublishedPack show(PackReference reference) {
    NameState state = known(reference.name());
    return published(reference.name(), state.resolve(reference), state);
  }

  /** The same; empty if there is no such version, or it is retired. */
  Optional<PublishedPack> find(PackReference reference) {
    NameState state = files.stateOf(reference.name());
    OptionalInt version = state.find(reference);
    return version.isPresent()
        ? Optional.of(published(reference.name(), version.getAsInt(), state))
        : Optional.empty();
  }

  private PublishedPack published(String name, int version, NameState state) {
    NameState.VersionState known = state.versions().get(version);
    VersionFolder folder = new VersionFolder(files.version(name, version));
    VersionFacts facts = folder.facts(known.digest());
    if (!facts.name().equals(name) || facts.version() != version) {
      throw InvalidInputException.of(
          "registry: %s is %s, not version %d of %s",
          folder.folder(), facts.reference(), version, name);
    }
    return new PublishedPack(
        facts,
        known.digest(),
        folder.folder(),
        state.aliasesOf(version),
        known.retired(),
        folder.signature().map(Signature::key));
  }

  /**
   * A version whose every file was read and is the one that was published.
   *
   * @throws InvalidInputException if there is no such version, it is retired, a file is damaged, or
   *     it is not trusted
   */
  PublishedPack verified(PackReference reference, Trust trust) {
    return verified(show(reference), trust);
  }

  private static PublishedPack verified(PublishedPack found, Trust trust) {
    VersionFolder folder = new VersionFolder(found.folder());
    if (trust.signedOnly()) {
      folder.requireSigned(trust.keys());
    }
    folder.requireWhole(found.facts());
    return found;
  }

  /** {@link #verified} of a version; empty if there is none, or it is retired. */
  Optional<PublishedPack> findVerified(PackReference reference, Trust trust) {
    return find(reference).map(found -> verified(found, trust));
  }

  /**
   * Copies a version's pack out of the registry.
   *
   * @param target a new folder
   * @throws InvalidInputException as {@link #verified}, or if there is something at the target
   */
  PublishedPack pull(PackReference reference, Trust trust, Path target) {
    PublishedPack found = verified(reference, trust);
    AtomicFolder.write(
        target,
        "out",
        inside -> {
          List<String> names = List.copyOf(found.facts().files().keySet());
          if (!new VersionFolder(inside)
              .copy(found.folder(), names)
              .equals(found.facts().files())) {
            throw InvalidInputException.of(
                "registry: %s was changed while it was copied", found.folder());
          }
        });
    return found;
  }
}
