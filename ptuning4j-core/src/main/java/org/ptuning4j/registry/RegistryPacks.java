package org.ptuning4j.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.PackSource;

/**
 * The packs of a registry as tasks of a predictor. A task is called by its name in the registry and
 * means what an alias points to; {@code NAME@3} and {@code NAME@ALIAS} are tasks of their own.
 *
 * @param folder the registry's, which may be away for a while
 * @param alias what a name without a version means, such as {@code prod}; empty for the newest
 *     version
 * @param trust which versions may be used
 */
public record RegistryPacks(Path folder, Optional<String> alias, Trust trust)
    implements PackSource {

  /** Checks the alias. */
  public RegistryPacks {
    alias.ifPresent(RegistryName::ofAlias);
  }

  /**
   * The reference that a task's name is; empty for a name that no pack can have.
   *
   * @param name of any form
   */
  public Optional<PackReference> reference(String name) {
    try {
      return Optional.of(
          name.indexOf('@') < 0
              ? new PackReference(name, OptionalInt.empty(), alias)
              : PackReference.parse(name));
    } catch (InvalidInputException e) {
      return Optional.empty(); // a name that cannot be published is that of no task
    }
  }

  /** The version that a task's name means now, its files checked. */
  public Optional<PublishedPack> find(String name) {
    return reference(name).flatMap(each -> Registry.open(folder).findVerified(each, trust));
  }

  @Override
  public Optional<Path> folder(String name) {
    return find(name).map(PublishedPack::folder);
  }

  @Override
  public List<String> names() {
    Registry registry = Registry.open(folder);
    return registry.names().stream()
        .filter(name -> registry.find(reference(name).orElseThrow()).isPresent())
        .toList();
  }
}
