package org.ptuning4j.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A version as it is in a registry.
 *
 * @param facts what the registry says of it
 * @param digest the SHA-256 of its {@code version.json}
 * @param folder the pack's folder; nothing in it may be changed
 * @param aliases what points to it
 * @param retired whether it is not to be used any more
 * @param key the id of the key that signed it, by its own word
 */
public record PublishedPack(
    VersionFacts facts,
    String digest,
    Path folder,
    List<String> aliases,
    boolean retired,
    Optional<String> key) {

  /** Copies the list. */
  public PublishedPack {
    aliases = List.copyOf(aliases);
  }
}
