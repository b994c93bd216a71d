package org.ptuning4j.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.PackSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packs of a registry as tasks of a predictor. A task is called by its name in the registry and
 * means what an alias points to; {@code NAME@3} and {@code NAME@ALIAS} are tasks of their own.
 */
public final class RegistryPacks implements PackSource {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryPacks.class);

  private final OpenedRegistry place;
  private final Optional<String> alias;
  private final Trust trust;
  private final AtomicReference<List<String>> listed = new AtomicReference<>(List.of());

  /**
   * The packs of a registry.
   *
   * @param folder the registry's, which may be away for a while
   * @param alias what a name without a version means, such as {@code prod}; empty for the newest
   *     version
   * @param trust which versions may be used
   */
  public RegistryPacks(Path folder, Optional<String> alias, Trust trust) {
    this(OpenedRegistry.of(folder), alias, trust);
  }

  /**
   * The packs of a registry wherever it is.
   *
   * @param place which the caller closes
   * @param alias what a name without a version means, such as {@code prod}; empty for the newest
   *     version
   * @param trust which versions may be used
   */
  public RegistryPacks(OpenedRegistry place, Optional<String> alias, Trust trust) {
    this.place = Objects.requireNonNull(place, "place");
    this.alias = Objects.requireNonNull(alias, "alias");
    this.trust = Objects.requireNonNull(trust, "trust");
    alias.ifPresent(RegistryName::ofAlias);
  }

  /** The registry's folder on this machine. */
  public Path folder() {
    return place.folder();
  }

  /**
   * The registry as it is now.
   *
   * @throws InvalidInputException if it is away
   */
  Registry registry() {
    return place.registry();
  }

  /** Which versions may be used. */
  public Trust trust() {
    return trust;
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
    return reference(name).flatMap(each -> registry().findVerified(each, trust));
  }

  @Override
  public Optional<Path> folder(String name) {
    return find(name).map(PublishedPack::folder);
  }

  /** Those of now; while the registry cannot be reached, those that were listed last. */
  @Override
  public List<String> names() {
    try {
      Registry registry = registry();
      listed.set(
          registry.names().stream()
              .filter(name -> registry.find(reference(name).orElseThrow()).isPresent())
              .toList());
    } catch (InvalidInputException e) {
      LOG.warn("The registry cannot be listed; tasks are as before: {}", e.getMessage());
    }
    return listed.get();
  }
}
